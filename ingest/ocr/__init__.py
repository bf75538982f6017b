"""Text of scanned pages: turned upright, straightened, read, with a place and a confidence for each line."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ingest.barcode import read_codes
from ingest.facts import Page
from ingest.ocr.engine import Engine, Found, Image, Reading
from ingest.ocr.order import lines
from ingest.ocr.rapid import RapidEngine
from ingest.ocr.straighten import content, skew_of, to_gray, upright
from ingest.ocr.tesseract import TesseractEngine

__all__ = ["ENGINES", "Engine", "Found", "Image", "Reading", "engine_named", "recognise", "upright"]

ENGINES: dict[str, Callable[[], Engine]] = {"rapid": RapidEngine, "tesseract": TesseractEngine}
"""The engines by the name that DANGAN_OCR gives them; the first is the default."""

_LEAST = 16
"""Pixels; nothing smaller can be read."""


@cache
def engine_named(name: str = "") -> Engine:
    """The engine of that name ("": the default), one a process, built on first use: compiled networks must not
    cross a fork. KeyError: there is none of that name."""
    return ENGINES[name or next(iter(ENGINES))]()


def recognise(image: Image, dpi: int | None = None, *, number: int = 1, engine: Engine | None = None) -> Page:
    """Read one page from its pixels (H×W×3 RGB or H×W gray, uint8).

    The page may lie turned by 90, 180 or 270 degrees and up to 6 degrees askew; both are undone first and
    reported in `turned` and `skew` (degrees clockwise). Boxes are fractions of the upright page, which is
    `upright(image, turned, skew)` and `width`×`height` pixels big. An empty sheet comes back without lines
    and with `blank` set. `dpi` is the scan's resolution where known. `number` is the page's number in its
    file, from 1. ValueError when the array is no image; ImportError when the engine is not installed.
    """
    if image.dtype != "uint8" or image.ndim not in (2, 3) or 0 in image.shape[:2]:
        raise ValueError(f"not a page image: shape {image.shape}, {image.dtype}")
    reader = engine or engine_named()
    gray = to_gray(image)
    if min(gray.shape) < _LEAST or content(gray) is None:
        return Page(number, (), "", image.shape[1], image.shape[0], blank=True, origin="ocr")
    codes = tuple(code.text for code in read_codes(image))
    skew = skew_of(gray)
    straight = upright(image, 0, skew)
    reading = reader.read(straight, dpi)
    height, width = straight.shape[:2] if reading.turned % 180 == 0 else straight.shape[1::-1]
    placed, text = lines(reading.found, number, width, height)
    return Page(
        number, placed, text, width, height, reading.turned, skew, not (placed or codes), "ocr", codes
    )
