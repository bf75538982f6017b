"""Codes on paper: what a scanner's picture carries as QR code. What ours say is read by `ingest.slips`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from ingest.slips import Slip, slip_of, slip_text

__all__ = ["Code", "Slip", "read_codes", "slip_of", "slip_text"]


@dataclass(frozen=True, slots=True)
class Code:
    """A code on a page: its text and its middle in pixels of the picture."""

    text: str
    x: float
    y: float


def read_codes(image: NDArray[np.uint8]) -> tuple[Code, ...]:
    """All QR codes on a page (H×W×3 RGB or H×W gray), however it lies; empty when there is none.

    A page on which none is found is looked at again smoothed and in other sizes: grain, JPEG's blocks and the
    steps of a bilevel scan hide a code at one size and not at another. Bar codes are left out: looking for every
    kind costs ten times as much, and none of ours is one.
    """
    if 0 in image.shape[:2]:
        return ()
    for picture, factor in _tries(image):
        found = zxingcpp.read_barcodes(
            np.ascontiguousarray(picture), formats=zxingcpp.BarcodeFormat.QRCode, try_invert=False
        )
        codes = tuple(
            Code(
                code.text,
                (code.position.top_left.x + code.position.bottom_right.x) / 2 / factor,
                (code.position.top_left.y + code.position.bottom_right.y) / 2 / factor,
            )
            for code in found
            if code.text
        )
        if codes:
            return codes
    return ()


def _tries(image: NDArray[np.uint8]) -> Iterator[tuple[NDArray[np.uint8], float]]:
    """The picture as it is, then altered, each with its size by that of the original."""
    yield image, 1.0
    gray = image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    yield np.asarray(cv2.GaussianBlur(gray, (3, 3), 0), dtype=np.uint8), 1.0
    for factor in (1.5, 0.6):
        if max(gray.shape) * factor <= _LARGEST:
            scaled = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            yield np.asarray(scaled, dtype=np.uint8), factor


_LARGEST = 5300
"""Pixels of the longer side up to which a picture is looked at enlarged: A4 at 300 dpi by 1.5."""
