"""Tesseract 5 through its C interface, in this process: no program is started and nothing is written.

The library and its language data come from the system (Debian: tesseract-ocr, tesseract-ocr-chi-sim,
tesseract-ocr-chi-tra). It reads one script at a time and finds no turns in Chinese text, so both are told first, by
a band of the page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from ingest.ocr.engine import Found, Image, Reading
from ingest.ocr.seals import bleached, seal_areas
from ingest.ocr.straighten import content, to_gray

SIMPLIFIED, TRADITIONAL = "chi_sim", "chi_tra"
_ONE_BLOCK, _LINE, _WORD = 6, 2, 3
_LSTM = 1
_SURE = 0.80
"""Mean confidence from which a page is taken to be read in its own script, and the right way up."""
_GAP = 0.9
"""A gap wider than this share of the line's height separates two pieces of text, as between cells of a table."""
_LEAST_LINE = 50
"""Pixels at 200 dpi; longer straight strokes are rulings, which Tesseract takes for letters."""
_USUAL_DPI = 200


class TesseractEngine:
    """Text recognition by the system's Tesseract. ImportError on the first page: it or its data is not there."""

    @cached_property
    def _library(self) -> Any:
        return _load()

    @cached_property
    def _readers(self) -> dict[str, _Reader]:
        return {}

    def read(self, page: Image, dpi: int | None = None) -> Reading:
        """See `Engine.read`: turns are told by how surely a page reads, sideways first when its lines stand."""
        gray = _without_lines(_pale(page), dpi or _USUAL_DPI)
        if content(gray) is None:
            return Reading(0, ())
        turned, language = self._way_up(gray, dpi)
        found = self._reader(language).read(np.ascontiguousarray(np.rot90(gray, turned // 90)), dpi)
        return Reading(turned if found else 0, found)

    def _way_up(self, gray: Image, dpi: int | None) -> tuple[int, str]:
        """How far the page is turned and which script it is in: as a band across it reads surest."""
        best = (0.0, 0, SIMPLIFIED)
        for turned in _likely_turns(gray):
            band = _band(np.ascontiguousarray(np.rot90(gray, turned // 90)))
            for language in (SIMPLIFIED, TRADITIONAL):
                found = self._reader(language).read(band, dpi)
                best = max(best, (_certainty(found), turned, language), key=lambda b: b[0])
            if best[0] >= _SURE:
                break
        return best[1:]

    def _reader(self, language: str) -> _Reader:
        if language not in self._readers:
            self._readers[language] = _Reader(self._library, language)
        return self._readers[language]


def _certainty(found: Sequence[Found]) -> float:
    """Mean confidence by character; strokes read as single letters weigh little."""
    letters = sum(len(f.text) for f in found)
    return sum(f.confidence * len(f.text) for f in found) / letters if letters else 0.0


def _pale(page: Image) -> Image:
    return to_gray(bleached(page, seal_areas(page)) if page.ndim == 3 else page)


def _band(gray: Image) -> Image:
    """The fifth of a page's height that holds most ink."""
    height = len(gray)
    part = max(1, height // 5)
    inked = np.concatenate(([0], np.cumsum((gray < 128).sum(axis=1))))
    top = int(np.argmax(inked[part:] - inked[:-part]))
    return gray[top : top + part]


def _without_lines(gray: Image, dpi: int) -> Image:
    """The page with the rulings of its tables gone."""
    marks = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    least = max(20, round(_LEAST_LINE * dpi / _USUAL_DPI))
    lines = np.zeros_like(marks)
    for shape in ((least, 1), (1, least)):
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, shape)
        lines |= cv2.morphologyEx(marks, cv2.MORPH_OPEN, kernel).astype(np.uint8)
    cleaned = gray.copy()
    cleaned[cv2.dilate(lines, np.ones((3, 3), np.uint8)) > 0] = 255
    return cleaned


def _likely_turns(gray: Image) -> tuple[int, ...]:
    """Quarters to try in turn: lines of text leave white stripes across the direction in which they run."""
    ink = (gray < 128).astype(np.float64)
    across, down = (float(np.square(np.diff(ink.sum(axis=axis))).sum()) for axis in (1, 0))
    across, down = across / max(1, gray.shape[1]), down / max(1, gray.shape[0])
    return (0, 180, 90, 270) if across >= down else (90, 270, 0, 180)


class _Reader:
    """One language, loaded once."""

    def __init__(self, library: Any, language: str) -> None:
        self.library = library
        self.handle = library.TessBaseAPICreate()
        if library.TessBaseAPIInit2(self.handle, None, language.encode(), _LSTM) != 0:
            library.TessBaseAPIDelete(self.handle)
            package = f"tesseract-ocr-{language.replace('_', '-')}"
            raise ImportError(f"no data for {language}: install {package}", name=package)
        library.TessBaseAPISetPageSegMode(self.handle, _ONE_BLOCK)
        library.TessBaseAPISetVariable(self.handle, b"debug_file", b"/dev/null")

    def read(self, gray: Image, dpi: int | None) -> list[Found]:
        height, width = gray.shape
        pixels = np.ascontiguousarray(gray)
        api, handle = self.library, self.handle
        api.TessBaseAPISetImage(handle, pixels.ctypes.data, width, height, 1, width)
        api.TessBaseAPISetSourceResolution(handle, dpi or _USUAL_DPI)
        try:
            if api.TessBaseAPIRecognize(handle, None) != 0:
                return []
            return [piece for words in _lines(api, handle) for piece in _pieces(words)]
        finally:
            api.TessBaseAPIClear(handle)


def _lines(api: Any, handle: Any) -> Iterator[list[Found]]:
    """The words of each line."""
    results = api.TessBaseAPIGetIterator(handle)
    if not results:
        return
    try:
        place = api.TessResultIteratorGetPageIterator(results)
        words: list[Found] = []
        while True:
            if words and api.TessPageIteratorIsAtBeginningOf(place, _LINE):
                yield words
                words = []
            word = _word(api, results, place)
            words += [word] if word else []
            if not api.TessResultIteratorNext(results, _WORD):
                break
        if words:
            yield words
    finally:
        api.TessResultIteratorDelete(results)


def _word(api: Any, results: Any, place: Any) -> Found | None:
    sides = [ctypes.c_int() for _ in range(4)]
    if not api.TessPageIteratorBoundingBox(place, _WORD, *map(ctypes.byref, sides)):
        return None
    raw = api.TessResultIteratorGetUTF8Text(results, _WORD)
    if not raw:
        return None
    text = (ctypes.cast(raw, ctypes.c_char_p).value or b"").decode("utf-8", "replace").strip()
    api.TessDeleteText(raw)
    sure = min(1.0, max(0.0, api.TessResultIteratorConfidence(results, _WORD) / 100))
    x0, y0, x1, y1 = (float(side.value) for side in sides)
    return Found(text, x0, y0, x1, y1, sure) if text else None


def _pieces(words: Sequence[Found]) -> Iterator[Found]:
    """Words that stand close as one piece: Tesseract takes each few Chinese characters for a word."""
    height = float(np.median([w.y1 - w.y0 for w in words]))
    cuts = [i for i, (a, b) in enumerate(pairwise(words), 1) if b.x0 - a.x1 > _GAP * height or b.x0 < a.x0]
    for start, end in pairwise([0, *cuts, len(words)]):
        part = words[start:end]
        text = part[0].text
        for a, b in pairwise(part):
            text += (
                " " if _latin(a.text[-1]) and _latin(b.text[0]) and b.x0 - a.x1 > 0.2 * height else ""
            ) + b.text
        letters = sum(len(w.text) for w in part)
        yield Found(
            text,
            min(w.x0 for w in part),
            min(w.y0 for w in part),
            max(w.x1 for w in part),
            max(w.y1 for w in part),
            sum(w.confidence * len(w.text) for w in part) / letters,
        )


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _load() -> Any:
    """The library with the types of the calls that we use. ImportError: it is not installed."""
    names = ("libtesseract.so.5", "libtesseract.so.4", "libtesseract.dylib")
    for name in names:
        try:
            library = ctypes.CDLL(name)
            break
        except OSError:
            continue
    else:
        raise ImportError("no library: install tesseract-ocr", name="tesseract-ocr")
    handle, text, number, flag = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_bool
    sides = [ctypes.POINTER(number)] * 4
    calls: dict[str, tuple[Any, list[Any]]] = {
        "TessBaseAPICreate": (handle, []),
        "TessBaseAPIDelete": (None, [handle]),
        "TessBaseAPIInit2": (number, [handle, text, text, number]),
        "TessBaseAPISetPageSegMode": (None, [handle, number]),
        "TessBaseAPISetVariable": (flag, [handle, text, text]),
        "TessBaseAPISetImage": (None, [handle, handle, number, number, number, number]),
        "TessBaseAPISetSourceResolution": (None, [handle, number]),
        "TessBaseAPIRecognize": (number, [handle, handle]),
        "TessBaseAPIClear": (None, [handle]),
        "TessBaseAPIGetIterator": (handle, [handle]),
        "TessResultIteratorGetPageIterator": (handle, [handle]),
        "TessResultIteratorDelete": (None, [handle]),
        "TessResultIteratorNext": (flag, [handle, number]),
        "TessResultIteratorGetUTF8Text": (handle, [handle, number]),
        "TessResultIteratorConfidence": (ctypes.c_float, [handle, number]),
        "TessPageIteratorBoundingBox": (flag, [handle, number, *sides]),
        "TessPageIteratorIsAtBeginningOf": (flag, [handle, number]),
        "TessDeleteText": (None, [handle]),
    }
    for name, (answer, arguments) in calls.items():
        call = getattr(library, name)
        call.restype, call.argtypes = answer, arguments
    return library
