"""The cells of ruled tables: which part of a page belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ingest.ocr.engine import Image

_ACROSS, _DOWN = 40, 26
"""Pixels, on a page 1000 across, from which a level or an upright stroke is a ruling."""
_GAP = 13
"""Pixels of a ruling that may be missing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle enclosed by rulings, in page widths."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


@dataclass(frozen=True, slots=True)
class Grid:
    """All cells of a page, the smallest first."""

    cells: tuple[Cell, ...] = ()

    def at(self, x: float, y: float) -> Cell | None:
        """The smallest cell around a point."""
        return next((cell for cell in self.cells if cell.holds(x, y)), None)

    def right_of(self, cell: Cell, y: float) -> Cell | None:
        """The cell beyond a cell's right edge at height `y`."""
        found = self.at(cell.x1 + 0.012, y)
        return found if found is not None and found.x0 > cell.x0 + 0.005 else None

    def below(self, cell: Cell) -> Cell | None:
        """The cell under a cell, if both are one column."""
        found = self.at((cell.x0 + cell.x1) / 2, cell.y1 + 0.012)
        if found is None or found.y0 <= cell.y0 + 0.005:
            return None
        same = abs(found.x0 - cell.x0) < 0.02 and abs(found.x1 - cell.x1) < 0.02
        return found if same else None


def grid_of(marks: Image) -> Grid:
    """The cells that rulings enclose; `marks` is a page's ink at 1000 pixels across (255 on 0)."""
    across = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((1, _ACROSS), np.uint8))
    down = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((_DOWN, 1), np.uint8))
    if not across.any() or not down.any():
        return Grid()
    rulings = cv2.bitwise_or(
        cv2.dilate(across, np.ones((3, _GAP), np.uint8)), cv2.dilate(down, np.ones((_GAP, 3), np.uint8))
    )
    free = np.asarray(cv2.bitwise_not(rulings), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4)
    return Grid(tuple(_cells(stats[1:].tolist(), marks.shape)))


def _cells(stats: Sequence[Sequence[int]], shape: tuple[int, ...]) -> list[Cell]:
    high, wide = shape[:2]
    found = []
    for x, y, w, h, area in stats:
        inside = x > 1 and y > 1 and x + w < wide - 1 and y + h < high - 1
        if inside and w >= 24 and 14 <= h < 0.7 * high and area > 0.72 * w * h:
            found.append(
                (w * h, Cell((x - 2) / wide, (y - 2) / wide, (x + w + 2) / wide, (y + h + 2) / wide))
            )
    return [cell for _, cell in sorted(found, key=lambda f: f[0])]
