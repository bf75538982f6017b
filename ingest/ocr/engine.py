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


class Engine(Protocol):
    """A text recogniser. Instances are built per process, on first use, and are not shared between threads.

    Both methods take a page without skew. Neither keeps state between pages nor uses the network.
    """

    def turn(self, page: Image) -> int:
        """How far the page was turned clockwise: 0, 90, 180 or 270 degrees; 0 without text to tell."""
        ...

    def read(self, page: Image) -> Sequence[Found]:
        """The text of an upright page, in no particular order; empty when there is none."""
        ...
