"""A plain A4 layout for texts that have none: where each line of a Word or text file stands when it is shown.

Reading and rendering share it, so page numbers in the facts are those of the page images. Lengths are points
(1/72 inch), measured from the page's left top; widths go by a grid (full width 1, half width 0.58 of the
size).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.facts import Line, Page
from ingest.read.content import Block
from ingest.read.runs import PAGE_BREAK

WIDTH, HEIGHT = 595.0, 842.0
LEFT, TOP, BOTTOM = 57.0, 62.0, 62.0
SIZE = 10.5
LEADING = 1.6
HALF = 0.58
_SIZES = {1: 15.0, 2: 12.5, 3: 11.5}
_CELL = 4.0


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text with its left end on baseline box top `y`."""

    x: float
    y: float
    text: str
    size: float


@dataclass(slots=True)
class Sheet:
    """One laid-out page: runs of text, rules (x0, y0, x1, y1) of tables, and the source lines that begin on
    it."""

    runs: list[Run] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def pages_of(blocks: Sequence[Block]) -> tuple[Page, ...]:
    """Pages of born-digital text; a line belongs to the page on which it begins."""
    return tuple(
        Page(
            number=number,
            lines=tuple(Line(text, None) for text in sheet.lines),
            text="\n".join(sheet.lines),
            width=int(WIDTH),
            height=int(HEIGHT),
            blank=not sheet.runs,
        )
        for number, sheet in enumerate(lay_out(blocks), 1)
    )


def lay_out(blocks: Sequence[Block]) -> list[Sheet]:
    """At least one sheet; explicit page breaks are kept."""
    setter = _Setter()
    for block in blocks:
        if block.rows:
            setter.table(block)
        else:
            setter.paragraph(block)
    return setter.sheets


def width_of(text: str, size: float) -> float:
    """Width of a text on the grid."""
    wide = sum(1 for c in text if c > "\u2e7f" or c in "“”‘’—…℃㎡①②③④⑤⑥⑦⑧⑨⑩☐☑☒□■※")
    return (wide + (len(text) - wide) * HALF) * size


def wrap(text: str, width: float, size: float) -> list[str]:
    """The text cut into pieces that fit `width`; at least one piece."""
    text = text.replace("\t", "    ")
    if width_of(text, size) <= width:
        return [text]
    pieces, start, used = [], 0, 0.0
    for index, char in enumerate(text):
        step = size if char > "\u2e7f" else width_of(char, size)
        if used + step > width and index > start:
            pieces.append(text[start:index])
            start, used = index, 0.0
        used += step
    pieces.append(text[start:])
    return pieces


class _Setter:
    def __init__(self) -> None:
        self.sheets = [Sheet()]
        self.y = TOP

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    def room(self, height: float) -> None:
        """Starts a new sheet when `height` does not fit on this one any more."""
        if self.y + height > HEIGHT - BOTTOM and self.y > TOP:
            self.break_page()

    def break_page(self) -> None:
        self.sheets.append(Sheet())
        self.y = TOP

    def paragraph(self, block: Block) -> None:
        size = _SIZES.get(block.level, SIZE)
        for number, part in enumerate(block.text.split(PAGE_BREAK)):
            if number and (self.sheet.runs or self.sheet.lines):
                self.break_page()
            for line in part.split("\n"):
                self.line(line, size)

    def line(self, text: str, size: float) -> None:
        pieces = wrap(text, WIDTH - 2 * LEFT, size) if text.strip() else []
        step = size * LEADING
        if pieces and len(pieces) <= 20:
            self.room(step * len(pieces))
        if text.strip():
            self.sheet.lines.append(text)
        for piece in pieces:
            self.room(step)
            self.sheet.runs.append(Run(LEFT, self.y, piece, size))
            self.y += step
        self.y += 0 if pieces else min(step / 2, max(0.0, HEIGHT - BOTTOM - self.y))

    def table(self, block: Block) -> None:
        widths = _columns(block.rows)
        for row in block.rows:
            cells = [
                [piece for line in text.split("\n") for piece in wrap(line, width - 2 * _CELL, SIZE)]
                for text, width in zip(row, widths, strict=False)
            ]
            self.row(row, cells, widths)
        self.y += SIZE / 2

    def row(self, row: tuple[str, ...], cells: list[list[str]], widths: list[float]) -> None:
        step = SIZE * 1.35
        height = step * max((len(cell) for cell in cells), default=1) + 2 * _CELL
        self.room(min(height, HEIGHT - TOP - BOTTOM))
        if any(text.strip() for text in row):
            self.sheet.lines.append("\t".join(text.replace("\n", " ") for text in row).rstrip("\t"))
        for first in range(0, max((len(cell) for cell in cells), default=1), _FIT):
            if first:
                self.break_page()
            self._strip(cells, widths, first, step)

    def _strip(self, cells: list[list[str]], widths: list[float], first: int, step: float) -> None:
        shown = [cell[first : first + _FIT] for cell in cells]
        height = step * max((len(cell) for cell in shown), default=1) + 2 * _CELL
        x = LEFT
        for cell, width in zip(shown, widths, strict=False):
            for number, piece in enumerate(cell):
                if piece.strip():
                    self.sheet.runs.append(Run(x + _CELL, self.y + _CELL + number * step, piece, SIZE))
            self.sheet.rules += [(x, self.y, x, self.y + height), (x, self.y, x + width, self.y)]
            self.sheet.rules += [(x, self.y + height, x + width, self.y + height)]
            x += width
        self.sheet.rules.append((x, self.y, x, self.y + height))
        self.y += height


_FIT = int((HEIGHT - TOP - BOTTOM - 2 * _CELL) / (SIZE * 1.35))
"""Lines of a table row that one sheet holds."""


def _columns(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Column widths: by the longest line of each, none under three characters, together the text width."""
    count = max(len(row) for row in rows)
    need = [3 * SIZE + 2 * _CELL] * count
    for row in rows:
        for index, text in enumerate(row):
            longest = max((width_of(line, SIZE) for line in text.split("\n")), default=0.0)
            need[index] = max(need[index], min(longest, 220.0) + 2 * _CELL)
    scale = (WIDTH - 2 * LEFT) / sum(need)
    return [width * min(scale, 1.6) for width in need]
