"""Seals on a page: round, oval or square, red or blue, and in gray and bilevel scans too, by their shape."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.ocr.engine import Image
from ingest.ocr.seals import red
from ingest.understand.shapes import frames, ovals

Floats = NDArray[np.float64]

_RADIUS = (46, 130)
"""Radius of a round seal at that size: 19 to 54 mm across on A4."""
_STAMP = (90, 330, 26, 130)
"""Least and most width and height of a rectangular stamp at that size."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal's rectangle in pixels of the image it was found in."""

    x0: float
    y0: float
    x1: float
    y1: float
    shape: str
    """"round", "square" or "coloured"."""
    confidence: float


def find_seals(page: Image, marks: Image) -> list[Seal]:
    """The seals of an upright page 1000 pixels across, the surest first; `marks` is its ink."""
    strokes = without_rulings(marks)
    found = _coloured(page) if page.ndim == 3 else []
    shapes = [Seal(*box, "round", sure) for box, sure in ovals(strokes)]
    shapes += [Seal(*box, "square", sure) for box, sure in frames(strokes)]
    for seal in (*_round(strokes), *_frames(marks), *shapes):
        if not any(_overlap(seal, other) for other in found):
            found.append(seal)
    return sorted(found, key=lambda s: -s.confidence)


def without_rulings(marks: Image) -> Image:
    """Ink without the straight lines of tables and underlines, which are longer than any stroke of a
    character."""
    length = max(24, min(marks.shape[:2]) // 14)
    across = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    lines = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_and(marks, cv2.bitwise_not(lines)), dtype=np.uint8)


def _coloured(rgb: Image) -> list[Seal]:
    found: list[Seal] = []
    even = _evenly_lit(rgb)
    for marks in (red(rgb), _blue(rgb), red(even), _blue(even)):
        joined = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for x, y, width, height, _ in stats[1:count]:
            part = marks[y : y + height, x : x + width]
            share = cv2.countNonZero(part) / (width * height)
            big = min(width, height) >= 70 or (width >= 100 and height >= 36 and width < 4.5 * height)
            if big and max(width, height) < 4.5 * min(width, height) and 0.04 < share < 0.6 and _framed(part):
                seal = Seal(x, y, x + width, y + height, "coloured", 0.97)
                if not any(_overlap(seal, other) for other in found):
                    found.append(seal)
    return found


def _evenly_lit(rgb: Image) -> Image:
    """The page without shadows: paper is white everywhere."""
    small = cv2.resize(rgb, None, fx=0.1, fy=0.1, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), (0, 0), 5)
    light = cv2.resize(paper, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(rgb, cv2.max(light, (60, 60, 60, 0)), scale=245), np.uint8)


def _blue(rgb: Image) -> Image:
    r, g, b = (rgb[:, :, i].astype(np.int16) for i in range(3))
    return np.asarray(((b - np.maximum(r, g) > 45) & (b > 120)) * 255, dtype=np.uint8)


def _framed(part: Image) -> bool:
    """Whether ink runs along the edge of its rectangle (a frame) or around in a ring, as on any seal."""
    return _frame_share(part) > 0.55 or _ring_share(part, *_middle(part)) > 0.5


def _middle(part: Image) -> tuple[float, float, float, float]:
    height, width = part.shape
    return width / 2, height / 2, width / 2, height / 2


def _frame_share(part: Image) -> float:
    height, width = part.shape
    reach = max(4, min(height, width) // 7)
    top, bottom = part[:reach].max(axis=0), part[-reach:].max(axis=0)
    left, right = part[:, :reach].max(axis=1), part[:, -reach:].max(axis=1)
    return min(float(np.mean(side > 0)) for side in (top, bottom, left, right))


def _ring_share(marks: Image, cx: float, cy: float, rx: float, ry: float) -> float:
    """The share of directions in which ink lies on the ellipse, within 6 % of its radius."""
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    hit = np.zeros(len(angles), bool)
    for scale in np.arange(0.94, 1.045, 0.02):
        xs = np.clip((cx + scale * rx * np.cos(angles)).astype(int), 0, marks.shape[1] - 1)
        ys = np.clip((cy + scale * ry * np.sin(angles)).astype(int), 0, marks.shape[0] - 1)
        hit |= marks[ys, xs] > 0
    return float(hit.mean())


def _round(marks: Image) -> list[Seal]:
    half = cv2.resize(
        cv2.dilate(marks, np.ones((2, 2), np.uint8)), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA
    )
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(half, (3, 3), 0),
        cv2.HOUGH_GRADIENT,
        dp=1.5,
        minDist=20,
        param1=150,
        param2=26,
        minRadius=_RADIUS[0] // 2,
        maxRadius=_RADIUS[1] // 2,
    )
    found: list[Seal] = []
    for x, y, radius in circles[0][:40] if circles is not None else ():
        seal = _as_seal(marks, 2 * float(x), 2 * float(y), 2 * float(radius))
        if seal is not None and not any(_overlap(seal, other) for other in found):
            found.append(seal)
    return found


def _as_seal(marks: Image, x: float, y: float, radius: float) -> Seal | None:
    """A ring of even width, unbroken nearly all around, with characters inside and hardly anything across
    it."""
    if _ring_share(marks, x, y, radius, radius) < 0.6:
        return None
    best = max(
        (_thin_ring(marks, x + dx, y + dy, radius + dr), x + dx, y + dy, radius + dr)
        for dx in (-3, 0, 3)
        for dy in (-3, 0, 3)
        for dr in (-3, 0, 3)
    )
    share, cx, cy, r = best
    inside = _density(marks, cx, cy, 0.2 * r, 0.88 * r)
    if share < 0.72 or not 0.06 < inside < 0.6:
        return None
    return Seal(cx - r, cy - r, cx + r, cy + r, "round", min(0.95, 0.5 + 0.5 * share))


def _thin_ring(marks: Image, cx: float, cy: float, radius: float) -> float:
    """The share of directions in which ink lies within 3 pixels of the circle."""
    angles = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    hit = np.zeros(len(angles), bool)
    for step in range(-3, 4):
        xs = (cx + (radius + step) * np.cos(angles)).astype(int)
        ys = (cy + (radius + step) * np.sin(angles)).astype(int)
        ok = (xs >= 0) & (ys >= 0) & (xs < marks.shape[1]) & (ys < marks.shape[0])
        hit[ok] |= marks[ys[ok], xs[ok]] > 0
    return float(hit.mean())


def _density(marks: Image, cx: float, cy: float, inner: float, outer: float) -> float:
    y0, y1 = max(0, int(cy - outer)), min(marks.shape[0], int(cy + outer) + 1)
    x0, x1 = max(0, int(cx - outer)), min(marks.shape[1], int(cx + outer) + 1)
    ys, xs = np.mgrid[y0:y1, x0:x1]
    distance = np.hypot(xs - cx, ys - cy)
    area = (distance >= inner) & (distance <= outer)
    return float((marks[y0:y1, x0:x1][area] > 0).mean()) if area.any() else 0.0


def _frames(marks: Image) -> list[Seal]:
    """Small rectangles of their own, no cells of a table, with text inside: stamps such as «same as
    original»."""
    contours, tree = cv2.findContours(marks, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return []
    found = []
    for contour, (_, _, _, parent) in zip(contours, tree[0], strict=True):
        if parent == -1 or len(contour) < 4:
            continue
        rectangle = cv2.minAreaRect(contour)
        w, h = max(rectangle[1]), min(rectangle[1])
        x, y, width, height = cv2.boundingRect(contour)
        sized = _STAMP[0] <= w <= _STAMP[1] and _STAMP[2] <= h <= _STAMP[3] and width > 1.3 * height
        if not sized or cv2.contourArea(contour) < 0.9 * w * h:
            continue
        if _joined_lines(marks, cv2.boxPoints(rectangle)) <= 2 and _inked_inside(marks, contour):
            found.append(Seal(x - 3, y - 3, x + width + 3, y + height + 3, "square", 0.85))
    return found


def _joined_lines(marks: Image, corners: Floats) -> int:
    """How many of a rectangle's sides go on beyond a corner, as those of a table's cell do (0 to 8)."""
    joined = 0
    for i in range(4):
        for neighbour in (corners[i - 1], corners[(i + 1) % 4]):
            away = (corners[i] - neighbour) / max(1.0, float(np.linalg.norm(corners[i] - neighbour)))
            beyond = [corners[i] + away * step for step in range(9, 19, 2)]
            joined += sum(_near(marks, *point) for point in beyond) >= 4
    return joined


def _near(marks: Image, x: float, y: float) -> bool:
    part = marks[max(0, int(y) - 3) : int(y) + 4, max(0, int(x) - 3) : int(x) + 4]
    return bool(part.size and part.max() > 0)


def _inked_inside(marks: Image, contour: NDArray[np.int32]) -> bool:
    x, y, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [contour - np.array([x, y])], 255)
    inner = cv2.erode(mask, np.ones((7, 7), np.uint8)) > 0
    part = marks[y : y + height, x : x + width]
    return bool(inner.any() and 0.05 < float((part[inner] > 0).mean()) < 0.6)


def _overlap(a: Seal, b: Seal) -> bool:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    smaller = min((a.x1 - a.x0) * (a.y1 - a.y0), (b.x1 - b.x0) * (b.y1 - b.y0))
    return width > 0 and height > 0 and width * height > 0.3 * smaller
