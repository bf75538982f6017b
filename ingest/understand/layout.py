"""A page as pieces of text with places, row by row: what all rules of understanding look at.

Coordinates are page widths (x from 0 to 1, y from 0 to height/width), so distances mean the same in both
directions. A born-digital page without boxes gets a layout from its rows and tab-separated cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from statistics import median

from ingest.facts import Box, Page
from ingest.ocr.order import rows
from schemas.text import fold

_A4 = 297 / 210


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text on a page; `row` and `place` are its row and its position there, both from 0."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float
    row: int = 0
    place: int = 0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Sheet:
    """A page ready to be searched for titles and labels."""

    page: Page
    rows: tuple[tuple[Piece, ...], ...]
    placed: bool
    """Whether places were measured; without boxes they only follow the order of the text."""
    aspect: float

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """All pieces in reading order."""
        return tuple(piece for row in self.rows for piece in row)

    @cached_property
    def em(self) -> float:
        """The usual height of a line in page widths."""
        return median([p.height for p in self.pieces]) if self.pieces else 0.02

    @cached_property
    def pitch(self) -> float:
        """The usual width of a Chinese character in page widths."""
        wide = [(p.x1 - p.x0) / units(p.text) for p in self.pieces if units(p.text) >= 3]
        return median(wide) if wide else 0.75 * self.em

    @cached_property
    def text(self) -> str:
        return "\n".join("\t".join(p.text for p in row) for row in self.rows)

    def box(self, pieces: Iterable[Piece]) -> Box | None:
        """The rectangle around pieces as fractions of the page; None when nothing was measured."""
        found = list(pieces)
        if not self.placed or not found:
            return None
        return Box(
            self.page.number,
            round(min(p.x0 for p in found), 5),
            round(min(p.y0 for p in found) / self.aspect, 5),
            round(max(p.x1 for p in found), 5),
            round(max(p.y1 for p in found) / self.aspect, 5),
        )


def sheet_of(page: Page) -> Sheet:
    """The layout of a page."""
    boxes = [line.box for line in page.lines]
    if page.lines and all(box is not None for box in boxes):
        aspect = page.height / page.width if page.width and page.height else _A4
        pieces = [
            Piece(line.text, box.x0, box.y0 * aspect, box.x1, box.y1 * aspect, line.confidence)
            for line, box in zip(page.lines, boxes, strict=True)
            if box is not None and line.text.strip()
        ]
        return Sheet(page, _numbered(rows(pieces)), True, aspect)
    texts = [line.text for line in page.lines] or page.text.split("\n")
    return Sheet(page, _numbered(_unplaced(texts)), False, _A4)


def _unplaced(texts: Sequence[str]) -> list[list[Piece]]:
    laid = []
    for number, text in enumerate(t for t in texts if t.strip()):
        cells = text.split("\t")
        y = 0.02 * number
        laid.append(
            [
                Piece(cell.strip(), 0.1 * i, y, 0.1 * i + 0.09, y + 0.015, 1.0)
                for i, cell in enumerate(cells)
                if cell.strip()
            ]
        )
    return laid


def _numbered(laid: Sequence[Sequence[Piece]]) -> tuple[tuple[Piece, ...], ...]:
    return tuple(
        tuple(replace(piece, row=r, place=i) for i, piece in enumerate(row)) for r, row in enumerate(laid)
    )


@lru_cache(maxsize=4096)
def compact(text: str) -> tuple[str, tuple[int, ...]]:
    """The text folded and without white space, with the offset in `text` of each character kept."""
    kept = [(character, i) for i, character in enumerate(fold(text)) if not character.isspace()]
    return "".join(c for c, _ in kept), tuple(i for _, i in kept)


def units(text: str) -> float:
    """The width of a text in Chinese characters; figures and Latin letters take half of one."""
    return sum(1.0 if ord(c) > 0x2E80 else 0.5 for c in text)
