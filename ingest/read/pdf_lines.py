"""Lines of a PDF page with their places, cut into cells where a line runs over the cells of a table."""

from __future__ import annotations

import ctypes
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from ingest.facts import Box, Line

_GAP = 0.9
"""A gap wider than this share of the line's height separates cells of a table."""

Rect = tuple[float, float, float, float]
"""left, bottom, right, top in points"""


class Frame:
    """Turns a page's own coordinates (points, origin left bottom, before rotation) into fractions upright."""

    def __init__(self, page: Any) -> None:
        self.left, self.bottom, self.right, self.top = page.get_cropbox()
        self.turn = page.get_rotation() % 360

    def box(self, number: int, left: float, bottom: float, right: float, top: float) -> Box:
        wide, tall = (self.right - self.left) or 1.0, (self.top - self.bottom) or 1.0
        x0, x1 = (left - self.left) / wide, (right - self.left) / wide
        y0, y1 = (self.top - top) / tall, (self.top - bottom) / tall
        if self.turn == 90:
            x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
        elif self.turn == 180:
            x0, y0, x1, y1 = 1 - x1, 1 - y1, 1 - x0, 1 - y0
        elif self.turn == 270:
            x0, y0, x1, y1 = y0, 1 - x1, y1, 1 - x0
        clamp = [round(min(1.0, max(0.0, v)), 5) for v in (x0, y0, x1, y1)]
        return Box(number, *clamp)


def lines_of(textpage: Any, text: str, frame: Frame, number: int) -> tuple[Line, ...]:
    """Lines in the order of the text, one per cell where a line runs over table cells."""
    raw = textpage.raw
    lines: list[Line] = []
    start = 0
    for piece in text.split("\n"):
        count = len(piece)
        if piece.strip():
            first = pdfium.FPDFText_GetCharIndexFromTextIndex(raw, start)
            rects = _rects(raw, first if first >= 0 else start, len(piece.rstrip()))
            for words, rect in _cells(raw, first if first >= 0 else start, piece, rects):
                lines.append(Line(words, frame.box(number, *rect) if rect else None))
        start += count + 1
    return tuple(lines)


def _rects(raw: Any, first: int, count: int) -> list[Rect]:
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    found = []
    for index in range(pdfium.FPDFText_CountRects(raw, first, count)):
        if pdfium.FPDFText_GetRect(raw, index, left, top, right, bottom):
            found.append((left.value, bottom.value, right.value, top.value))
    return found


def _cells(raw: Any, first: int, piece: str, rects: list[Rect]) -> list[tuple[str, Rect | None]]:
    """The line's pieces of text with their places, cut where the gap between two of them is wide."""
    if not rects:
        return [(piece.strip(), None)]
    rects = [r for r in rects if r[2] > r[0]] or rects
    height = max(r[3] - r[1] for r in rects)
    gaps = any(b[0] - a[2] > _GAP * height for a, b in pairwise(rects))
    if not gaps:
        return [(piece.strip(), _union(rects))]
    cells: list[tuple[list[str], list[Rect]]] = [([], [])]
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for offset, char in enumerate(piece):
        if char.isspace():
            cells[-1][0].append(char)
            continue
        pdfium.FPDFText_GetCharBox(raw, first + offset, left, right, bottom, top)
        rect = (left.value, bottom.value, right.value, top.value)
        if cells[-1][1] and rect[0] - cells[-1][1][-1][2] > _GAP * height:
            cells.append(([], []))
        cells[-1][0].append(char)
        cells[-1][1].append(rect)
    return [("".join(chars).strip(), _union(boxes)) for chars, boxes in cells if boxes]


def _union(rects: list[Rect]) -> Rect:
    return (
        min(r[0] for r in rects),
        min(r[1] for r in rects),
        max(r[2] for r in rects),
        max(r[3] for r in rects),
    )
