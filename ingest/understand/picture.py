"""The pixels behind a page: where ink is, where empty boxes are, where seals are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ingest.ocr.engine import Image
from ingest.ocr.seals import red
from ingest.ocr.straighten import ink, shrunk, to_gray
from ingest.understand.cells import Grid, grid_of
from ingest.understand.labels import LabelledSheet
from ingest.understand.layout import Piece
from ingest.understand.seals import Seal, find_seals, without_rulings

_WIDTH = 1000
"""Pixels of the page's shorter side at which strokes are looked at."""

_LEAST = 32
"""Pixels; on anything smaller nothing can be made out."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a page's pixels: ink and lines at 1000 pixels across, seals and empty squares in
    widths."""

    marks: Image
    """All ink; 255 on 0."""
    strokes: Image
    """Ink that is neither a ruling nor a red seal; 255 on 0."""
    seals: tuple[Seal, ...]
    holes: tuple[tuple[float, float, float, float], ...]
    """Empty squares closed by ink (unticked boxes, but also parts of characters)."""
    grid: Grid
    """The cells of ruled tables."""


@dataclass(frozen=True)
class Picture:
    """One upright page. `load` gives its pixels; they are looked at once and not kept, for a file may have
    many pages."""

    load: Callable[[], Image]

    @cached_property
    def seen(self) -> Seen:
        pixels = self.load()
        if min(pixels.shape[:2]) < _LEAST:
            nothing = np.zeros((_LEAST, _LEAST), np.uint8)
            return Seen(nothing, nothing, (), (), Grid())
        small, _ = shrunk(pixels, round(_WIDTH * max(pixels.shape[:2]) / min(pixels.shape[:2])))
        marks = ink(to_gray(small))
        wide = small.shape[1]
        seals = (
            Seal(s.x0 / wide, s.y0 / wide, s.x1 / wide, s.y1 / wide, s.shape, s.confidence)
            for s in find_seals(small, marks)
        )
        return Seen(marks, _strokes(small, marks), tuple(seals), _holes(marks), grid_of(marks))

    @property
    def scale(self) -> float:
        """Pixels of `marks` and `strokes` in a page width."""
        return float(self.seen.strokes.shape[1])

    def ink_in(self, x0: float, y0: float, x1: float, y1: float, printed: Iterable[Piece]) -> float:
        """Square page widths of ink in a rectangle (page widths), without what lies in `printed` pieces."""
        left, top, right, bottom = (max(0, round(v * self.scale)) for v in (x0, y0, x1, y1))
        part = self.seen.strokes[top:bottom, left:right].copy()
        if part.size == 0:  # OpenCV would crash the process, not raise
            return 0.0
        for p in printed:
            a, b = max(0, round(p.x0 * self.scale) - left), max(0, round(p.y0 * self.scale) - top)
            part[b : max(0, round(p.y1 * self.scale) - top), a : max(0, round(p.x1 * self.scale) - left)] = 0
        count, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
        return (
            float(sum(s[cv2.CC_STAT_AREA] for s in stats[1:count] if s[cv2.CC_STAT_AREA] >= 6))
            / self.scale**2
        )


def _strokes(small: Image, marks: Image) -> Image:
    strokes = without_rulings(marks)
    if small.ndim == 3:
        sealed = cv2.dilate(red(small), np.ones((3, 3), np.uint8))
        strokes = np.asarray(cv2.bitwise_and(strokes, cv2.bitwise_not(sealed)), dtype=np.uint8)
    return strokes


def _holes(marks: Image) -> tuple[tuple[float, float, float, float], ...]:
    contours, tree = cv2.findContours(marks, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    wide = marks.shape[1]
    for contour, (_, _, _, parent) in zip(contours, tree[0] if tree is not None else (), strict=True):
        x, y, width, height = cv2.boundingRect(contour)
        square = 0.7 < width / height < 1.4 and cv2.contourArea(contour) > 0.75 * (width - 1) * (height - 1)
        if parent != -1 and square and 0.004 < height / wide < 0.03:
            found.append((x / wide, y / wide, (x + width) / wide, (y + height) / wide))
    return tuple(found)


@dataclass(frozen=True)
class Signed:
    """A sheet of a record with its picture, where there is one."""

    sheet: LabelledSheet
    picture: Picture | None
