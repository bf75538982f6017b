"""Rings and frames of stamps in ink without colour: ovals and crooked rectangles, also with print across them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.ocr.engine import Image

Floats = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_AXES = (80.0, 280.0)
"""Least and most length of an oval's axes, pixels on a page 1000 across."""
_SIDES = (90.0, 330.0, 40.0, 140.0)
"""Least and most length of a frame's longer and shorter side there."""
_NEAR = 3
"""Pixels that ink may lie beside an ideal line."""
_TRIES = 240
"""Ovals tried through points of one shape; with two points in five on the ring, one in a hundred is right."""


def ovals(strokes: Image) -> list[tuple[Rectangle, float]]:
    """Oval rings with print inside, with confidence; `strokes` is ink without rulings, 1000 pixels across."""
    near = _dilated(strokes)
    found = []
    for points in _outlines(strokes):
        best = _best_oval(points, near)
        if best is not None and best[1] >= 0.78:
            (x, y), (w, h), angle = best[0]
            turn = np.deg2rad(angle)
            wide = float(np.hypot(w * np.cos(turn), h * np.sin(turn)))
            high = float(np.hypot(w * np.sin(turn), h * np.cos(turn)))
            box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
            found.append((box, round(0.45 + 0.5 * best[1], 4)))
    return found


def frames(strokes: Image) -> list[tuple[Rectangle, float]]:
    """Crooked rectangles with print inside; level ones are not told from cells here."""
    near = _dilated(strokes)
    found = []
    for points in _outlines(strokes, holes=True):
        rectangle = cv2.minAreaRect(points.astype(np.float32))
        long, short = max(rectangle[1]), min(rectangle[1])
        if not (_SIDES[0] <= long <= _SIDES[1] and _SIDES[2] <= short <= _SIDES[3] and long > 1.3 * short):
            continue
        corners = np.asarray(cv2.boxPoints(rectangle), np.float64)
        sides = [_share(near, a + (b - a) * np.linspace(0.05, 0.95, 60)[:, None]) for a, b in _pairs(corners)]
        if min(sides) >= 0.7 and sum(sides) >= 3.4 and 0.05 < _inside(strokes, corners) < 0.6:
            (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
            found.append(((float(x0), float(y0), float(x1), float(y1)), 0.86))
    return found


def _dilated(strokes: Image) -> Image:
    return np.asarray(cv2.dilate(strokes, np.ones((2 * _NEAR + 1, 2 * _NEAR + 1), np.uint8)), np.uint8)


def _pairs(corners: Floats) -> Iterator[tuple[Floats, Floats]]:
    return zip(corners, np.roll(corners, -1, axis=0), strict=True)


def _outlines(strokes: Image, holes: bool = False) -> list[Floats]:
    """The outlines of shapes big enough for a stamp, small breaks healed; with `holes` their inner ones too."""
    closed = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    mode = cv2.RETR_CCOMP if holes else cv2.RETR_EXTERNAL
    contours, _ = cv2.findContours(closed, mode, cv2.CHAIN_APPROX_NONE)
    found = []
    for contour in contours:
        _, _, width, height = cv2.boundingRect(contour)
        if 80 <= width <= 480 and 40 <= height <= 330:
            found.append(contour[:, 0, :].astype(np.float64))
    return found


def _best_oval(points: Floats, near: Image) -> tuple[cv2.typing.RotatedRect, float] | None:
    """The oval through most of an outline, with the share of its ring that is inked."""
    if len(points) < 150 or min(np.ptp(points[:, 0]), np.ptp(points[:, 1])) < _AXES[0]:
        return None
    random = np.random.default_rng(len(points))
    sample = points[:: max(1, len(points) // 400)]
    best: tuple[cv2.typing.RotatedRect, int] | None = None
    for _ in range(_TRIES):
        chosen = sample[random.choice(len(sample), 6, replace=False)]
        oval = cv2.fitEllipse(chosen.astype(np.float32))
        if not _fits(oval):
            continue
        hits = int((np.abs(_away(sample, oval)) < _NEAR).sum())
        if best is None or hits > best[1]:
            best = (oval, hits)
    if best is None or best[1] < 0.25 * len(sample):
        return None
    inliers = points[np.abs(_away(points, best[0])) < 2 * _NEAR]
    oval = cv2.fitEllipse(inliers.astype(np.float32)) if len(inliers) >= 30 else best[0]
    return (oval, _ring(near, oval)) if _fits(oval) and _printed(near, oval) else None


def _fits(oval: cv2.typing.RotatedRect) -> bool:
    short, long = sorted(oval[1])
    return bool(_AXES[0] <= short and long <= _AXES[1] and short > 0.45 * long)


def _away(points: Sequence[float] | Floats, oval: cv2.typing.RotatedRect) -> Floats:
    """Roughly how many pixels each point lies outside an oval (inside: below 0)."""
    (cx, cy), (w, h), angle = oval
    turn = np.deg2rad(angle)
    x, y = np.asarray(points)[:, 0] - cx, np.asarray(points)[:, 1] - cy
    u = (x * np.cos(turn) + y * np.sin(turn)) / (w / 2)
    v = (-x * np.sin(turn) + y * np.cos(turn)) / (h / 2)
    return np.asarray((np.hypot(u, v) - 1) * min(w, h) / 2, np.float64)


def _around(oval: cv2.typing.RotatedRect, scale: float, count: int) -> Floats:
    (cx, cy), (w, h), angle = oval
    turn, t = np.deg2rad(angle), np.linspace(0, 2 * np.pi, count, endpoint=False)
    u, v = scale * w / 2 * np.cos(t), scale * h / 2 * np.sin(t)
    return np.stack(
        [cx + u * np.cos(turn) - v * np.sin(turn), cy + u * np.sin(turn) + v * np.cos(turn)], axis=1
    )


def _ring(near: Image, oval: cv2.typing.RotatedRect) -> float:
    return _share(near, _around(oval, 1.0, 240))


def _printed(near: Image, oval: cv2.typing.RotatedRect) -> bool:
    """Whether there is print inside, and a gap between ring and print at most places."""
    middle = np.concatenate([_around(oval, scale, 60) for scale in (0.2, 0.4, 0.6)])
    return _share(near, middle) > 0.12 and _share(near, _around(oval, 1.12, 180)) < 0.7


def _share(near: Image, points: Floats) -> float:
    """The share of points that lie on ink."""
    xs, ys = np.rint(points[:, 0]).astype(int), np.rint(points[:, 1]).astype(int)
    ok = (xs >= 0) & (ys >= 0) & (xs < near.shape[1]) & (ys < near.shape[0])
    return float((near[ys[ok], xs[ok]] > 0).sum() / max(1, len(points)))


def _inside(strokes: Image, corners: Floats) -> float:
    """The share of ink inside a frame."""
    middle = corners.mean(axis=0)
    mask = np.zeros(strokes.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(middle + 0.85 * (corners - middle)).astype(np.int32)], (255,))
    return float((strokes[mask > 0] > 0).mean()) if mask.any() else 0.0
