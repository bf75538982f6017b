"""Skew, turns and empty paper: what can be told from a page's pixels before anything is read."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from ingest.ocr.engine import Image

MAX_SKEW = 6.0
"""Degrees; a page that lies more askew than this was not fed but thrown."""

_WHITE = 255
_STRAIGHT = 0.05
"""Degrees below which turning would only blur."""


def to_gray(image: Image) -> Image:
    """The page as H×W gray."""
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def to_rgb(image: Image) -> Image:
    """The page as H×W×3 RGB."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), dtype=np.uint8) if image.ndim == 2 else image


def ink(gray: Image) -> Image:
    """255 where something is printed, written or stamped, 0 on paper. Paper may be gray and unevenly lit."""
    height, width = gray.shape
    quarter = (max(1, width // 4), max(1, height // 4))
    light = cv2.resize(cv2.dilate(gray, np.ones((7, 7), np.uint8)), quarter, interpolation=cv2.INTER_AREA)
    size = max(5, min(height, width) // 96) | 1
    paper = cv2.resize(cv2.medianBlur(light, min(size, 63)), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(
        cv2.threshold(cv2.subtract(paper, gray), 48, _WHITE, cv2.THRESH_BINARY)[1], dtype=np.uint8
    )


def shrunk(image: Image, longest: int) -> tuple[Image, float]:
    """The image with its longer side at most `longest` pixels, and the factor it was shrunk by (≤ 1)."""
    factor = min(1.0, longest / max(image.shape[:2]))
    if factor == 1.0:
        return image, 1.0
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), factor


def character_height(gray: Image) -> float:
    """Pixels that most marks of the size and shape of a character are high; 0.0 where there are hardly any."""
    small, factor = shrunk(gray, 1000)
    stats = cv2.connectedComponentsWithStats(_without_edges(ink(small)), connectivity=8)[2][1:]
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    alike = (heights >= 4) & (heights <= 60) & (widths <= 2.5 * heights) & (heights <= 2.5 * widths)
    return float(np.median(heights[alike])) / factor if int(alike.sum()) >= 20 else 0.0


def skew_of(gray: Image) -> float:
    """Degrees, clockwise positive, that the lines of a page (upright or on its side) are off the horizontal.

    The angle at which rows or columns of ink separate best, by projection, between -MAX_SKEW and MAX_SKEW.
    """
    small, _ = shrunk(gray, 800)
    marks = _without_edges(ink(small))
    if cv2.countNonZero(marks) < 200:
        return 0.0
    rough, _ = shrunk(marks, 400)
    coarse = _best(rough, np.arange(-MAX_SKEW, MAX_SKEW + 0.01, 0.5))
    return float(round(_best(marks, np.arange(coarse - 0.5, coarse + 0.51, 0.1)), 2))


def _without_edges(marks: Image) -> Image:
    """Shadows at the scanner's edge would pull the angle to 0."""
    height, width = marks.shape
    kept = np.zeros_like(marks)
    y, x = height // 40, width // 40
    kept[y : height - y, x : width - x] = marks[y : height - y, x : width - x]
    return kept


def _best(marks: Image, angles: Iterable[float]) -> float:
    return max(angles, key=lambda angle: (_sharpness(marks, angle), -abs(angle)))


def _sharpness(marks: Image, angle: float) -> float:
    turned = _rotated(marks, -angle, 0)
    best = 0.0
    for axis in (0, 1):
        profile = turned.sum(axis=axis, dtype=np.float64) / _WHITE
        best = max(best, float(np.square(np.diff(profile)).sum()) / turned.shape[axis])
    return best


def _rotated(image: Image, clockwise: float, fill: int) -> Image:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -clockwise, 1.0)
    turned = cv2.warpAffine(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(fill, fill, fill)
    )
    return np.asarray(turned, dtype=np.uint8)


def upright(image: Image, turned: int, skew: float) -> Image:
    """The page as it is read: `turned` (0, 90, 180, 270 clockwise) undone, then `skew` degrees undone.

    Boxes in `ingest.facts` are fractions of this image. The edge is drawn out so that no corner is lost.
    """
    straight = np.ascontiguousarray(np.rot90(image, (turned % 360) // 90))
    if abs(skew) < _STRAIGHT:
        return straight
    dx, dy = _margins(straight.shape[1], straight.shape[0], skew)
    padded = cv2.copyMakeBorder(straight, dy, dy, dx, dx, cv2.BORDER_REPLICATE)
    return _rotated(np.asarray(padded, dtype=np.uint8), -skew, _WHITE)


def to_page(x: float, y: float, image: Image, turned: int, skew: float) -> tuple[float, float]:
    """The point of `image` (pixels) that lies at (x, y) pixels of `upright(image, turned, skew)`."""
    stored_height, stored_width = image.shape[:2]
    sideways = turned % 180 == 90
    width, height = (stored_height, stored_width) if sideways else (stored_width, stored_height)
    if abs(skew) >= _STRAIGHT:
        dx, dy = _margins(width, height, skew)
        cx, cy = (width + 2 * dx - 1) / 2, (height + 2 * dy - 1) / 2
        cos, sin = np.cos(np.radians(skew)), np.sin(np.radians(skew))
        x, y = (x - cx) * cos - (y - cy) * sin + cx - dx, (x - cx) * sin + (y - cy) * cos + cy - dy
    match turned % 360:
        case 90:
            return float(stored_width - 1 - y), float(x)
        case 180:
            return float(width - 1 - x), float(height - 1 - y)
        case 270:
            return float(y), float(stored_height - 1 - x)
        case _:
            return float(x), float(y)


def _margins(width: int, height: int, skew: float) -> tuple[int, int]:
    slope = float(np.tan(np.radians(abs(skew))))
    return int(np.ceil(height * slope / 2)), int(np.ceil(width * slope / 2))


def content(gray: Image) -> tuple[int, int, int, int] | None:
    """The rectangle (x0, y0, x1, y1; pixels) around all marks bigger than dust; None on an empty sheet."""
    small, factor = shrunk(gray, 1000)
    marks = _without_edges(ink(small))
    joined = cv2.dilate(marks, np.ones((3, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [
        s
        for s in stats[1:count]
        if s[cv2.CC_STAT_HEIGHT] >= 6 and s[cv2.CC_STAT_WIDTH] >= 12 and s[cv2.CC_STAT_AREA] >= 60
    ]
    if not boxes:
        return None
    x0 = min(s[cv2.CC_STAT_LEFT] for s in boxes)
    y0 = min(s[cv2.CC_STAT_TOP] for s in boxes)
    x1 = max(s[cv2.CC_STAT_LEFT] + s[cv2.CC_STAT_WIDTH] for s in boxes)
    y1 = max(s[cv2.CC_STAT_TOP] + s[cv2.CC_STAT_HEIGHT] for s in boxes)
    margin = 16
    height, width = gray.shape[:2]
    return (
        max(0, int((x0 - margin) / factor)),
        max(0, int((y0 - margin) / factor)),
        min(width, int((x1 + margin) / factor)),
        min(height, int((y1 + margin) / factor)),
    )
