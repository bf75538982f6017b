"""The port to a text recogniser: pixels of a straight page in, pieces of text with their place out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""H×W×3 RGB, or H×W gray."""


@dataclass(frozen=True, slots=True)
class Found:
    """One run of text that stands together, with its rectangle in pixels and its confidence 0…1."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page says: how far it was turned clockwise (0, 90, 180 or 270 degrees; 0 without text to tell), and
    its text in no particular order, placed in pixels of the page turned upright."""

    turned: int
    found: Sequence[Found]


class Engine(Protocol):
    """A text recogniser. Instances are built per process, on first use, and are not shared between threads."""

    def read(self, page: Image, dpi: int | None = None) -> Reading:
        """The text of a page without skew that may lie turned by quarters. Keeps nothing between pages.

        `dpi` is the scan's resolution where the file tells it; it may be wrong.
        """
        ...
