"""Printed labels on a page and the values that belong to them, by geometry: beside, in the same line, or
below."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from ingest.understand.cells import Cell, Grid
from ingest.understand.layout import Piece, Sheet, compact
from ingest.understand.roles import role_label, role_of
from ingest.understand.vocabulary import Vocabulary, clean_label

_COLON = re.compile(r"\s*[)）\]】]?\s*(?:[(（][^()（）]{1,12}[)）])?\s*[:：]")
_BRACKET = re.compile(r"\s*[(（][^()（）:：]{1,12}[)）]\s*$")
_OPENERS = " \t_＿:：,，;；。、()（）[]【】|/．."
_ROLE = re.compile(
    r"(?:签[字名章收发]|[主经签]管|经理|代表|负责人|[经承]办人|审[核批]人?|批准人?|检查人|复查人|验收人|记录人|[填制]表人?|领取人"
    r"|[簽籤][字名章收發]|經理|代錶|負責人|經辦人|審[核批]人?|記錄人)\s*[)）]?\s*[:：]"
)
_HEAD = re.compile(r"\s*([^:：]{3,12}?)\s*[:：]")
_PRINTING = ("打印", "印刷", "生效", "版本", "修订", "制定", "发布", "实施")
"""Words before 时间 or 日期 that speak of the sheet of paper."""
_STRIP = " \t_＿:：,，;；。、|·"


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: its cleaned name, the piece it is in, and where its text and its value begin in it.

    `sure` says that the label stands alone or is followed by a colon, so that it is no word of a sentence.
    """

    name: str
    piece: Piece
    start: int
    end: int
    sure: bool
    colon: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What stands written for a label."""

    text: str
    pieces: tuple[Piece, ...]
    below: bool = False


class LabelledSheet:
    """A sheet with its labels found."""

    def __init__(self, sheet: Sheet, vocabulary: Vocabulary, grid: Callable[[], Grid] | None = None) -> None:
        self.sheet = sheet
        self._vocabulary = vocabulary
        self._grid = grid

    def ruled(self, grid: Callable[[], Grid]) -> LabelledSheet:
        """The same sheet with the cells of its tables, which are looked for when they are first asked for."""
        return LabelledSheet(self.sheet, self._vocabulary, grid)

    @cached_property
    def grid(self) -> Grid:
        """The cells of the page's tables; none where no picture is at hand."""
        return self._grid() if self._grid else Grid()

    @property
    def signs(self) -> frozenset[str]:
        """Labels beside which somebody signs."""
        return self._vocabulary.signs

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """All labels in reading order."""
        return tuple(label for piece in self.sheet.pieces for label in self._in_piece(piece))

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Label, ...]]:
        found: dict[str, tuple[Label, ...]] = {}
        for label in self.labels:
            found[label.name] = (*found.get(label.name, ()), label)
        return found

    @cached_property
    def headers(self) -> frozenset[int]:
        """Rows that head a table: lone labels side by side, and below them a row in the same columns
        without."""
        found = set()
        for number, row in enumerate(self.sheet.rows[:-1]):
            below = self.sheet.rows[number + 1]
            lone = [self._alone(p) for p in row]
            if len(row) < 3 or sum(lone) < 2 or self._pairs(lone) or any(map(self._alone, below)):
                continue
            if any(sum(c.isdigit() for c in p.text) >= 3 for p in row) or self._above_values(number):
                continue
            if sum(any(_same_column(p, q) for p in row) for q in below) >= max(2, 0.6 * len(below)):
                found.add(number)
        return frozenset(found)

    def _above_values(self, number: int) -> bool:
        """Whether a row's labels stand over single values: in one cell with them, or in rows that take turns."""
        row, below = self.sheet.rows[number], self.sheet.rows[number + 1]
        cells = [cell for p in row if (cell := self.grid.at((p.x0 + p.x1) / 2, p.middle)) is not None]
        if any(cell.holds((q.x0 + q.x1) / 2, q.middle) for cell in cells for q in below):
            return True
        after = self.sheet.rows[number + 2] if number + 2 < len(self.sheet.rows) else ()
        return any(self._alone(p) and not p.text.rstrip().endswith((":", "：")) for p in after)

    def _alone(self, piece: Piece) -> bool:
        return any(
            label.sure and label.start == 0 and label.end >= len(piece.text)
            for label in self._in_piece(piece)
        )

    def _pairs(self, alone: Sequence[bool]) -> bool:
        """Whether labels and values alternate, as in a form's head rather than a table's."""
        return alone[0] and not any(alone[1::2]) and len(alone) <= 6

    @cached_property
    def signing_rows(self) -> frozenset[int]:
        """Rows where somebody signs: a date there, or right below, is the day of signing."""
        labelled = {x.piece.row for x in self.labels if x.sure and x.colon and x.name in self.signs}
        roles = {row[0].row for row in self.sheet.rows for p in row if _ROLE.search(p.text)}
        return frozenset(labelled | roles)

    def _in_piece(self, piece: Piece) -> list[Label]:
        whole = clean_label(piece.text)
        if whole in self._vocabulary.names and len(whole) >= 4:
            colon = piece.text.rstrip().endswith((":", "："))
            return [Label(whole, piece, 0, len(piece.text), True, colon)]
        text, offsets = compact(piece.text)
        found: list[Label] = []
        i = 0
        while i < len(text):
            apart = not i or not text[i - 1].isalnum() or _gap(piece.text, offsets, i)
            label = self._at(piece, text, offsets, i)
            if label is None or not (apart or label.sure) or text[:i].endswith(_PRINTING):
                i += 1
                continue
            found.append(label)
            i = next((k for k, offset in enumerate(offsets) if offset >= label.end), len(text))
        return found if any(label.sure for label in found) else self._misread(piece) or found

    def _misread(self, piece: Piece) -> list[Label]:
        """A label with one character misread, or of a plain role: all of a piece, or all before its colon."""
        head = _HEAD.match(piece.text)
        text = clean_label(head[1] if head else piece.text)
        role = role_of(text)
        name = self._vocabulary.misread(text) if head or len(text) >= 4 or self._heads_cell(piece) else None
        if role is not None:
            name = role_label(role)
        if name is None:
            return []
        return [Label(name, piece, 0, head.end() if head else len(piece.text), True, head is not None)]

    def _heads_cell(self, piece: Piece) -> bool:
        """Whether a piece is alone in a cell that has another one beside it."""
        cell = self.grid.at((piece.x0 + piece.x1) / 2, piece.middle)
        return (
            cell is not None
            and len(self.inside(cell)) == 1
            and self.grid.right_of(cell, piece.middle) is not None
        )

    def _at(self, piece: Piece, text: str, offsets: tuple[int, ...], i: int) -> Label | None:
        for length in self._vocabulary.lengths.get(text[i : i + 2], ()):
            name = text[i : i + length]
            if len(name) < length or name not in self._vocabulary.names:
                continue
            end = offsets[i + length - 1] + 1
            rest = piece.text[end:]
            colon = _COLON.match(rest)
            if colon:
                return Label(name, piece, offsets[i], end + colon.end(), True, True)
            if not rest.strip(_STRIP) or _BRACKET.fullmatch(rest):
                return Label(name, piece, offsets[i], len(piece.text), i == 0)
            if i == 0 or _gap(piece.text, offsets, i):
                return Label(name, piece, offsets[i], end, False)
        return None

    def written(self, label: Label, sure_only: bool = True) -> Written | None:
        """What is written for a label: after it in its piece, then in its row up to the next label, else
        below."""
        if sure_only and not label.sure:
            return None
        own = self._after(label)
        cell = self.grid.at(_centre(label), label.piece.middle) if self.grid.cells else None
        if cell is not None and label.sure:
            return self._in_cells(label, own, cell)
        pieces = [label.piece] if own else []
        parts = [own] if own else []
        ends = self._next_in_piece(label)
        if ends is None:
            for piece in self.sheet.rows[label.piece.row][label.piece.place + 1 :]:
                following = [
                    x
                    for x in self._in_piece(piece)
                    if x.sure or (x.start == 0 and (len(x.name) >= 3 or parts))
                ]
                text = piece.text[: following[0].start] if following else piece.text
                if text.strip(_STRIP):
                    parts.append(text.strip(_STRIP))
                    pieces.append(piece)
                if following:
                    break
        if parts:
            return Written(" ".join(parts), tuple(pieces))
        return self._lifted(label) or self._below(label)

    def _lifted(self, label: Label) -> Written | None:
        """What is written after a colon, but stands so high or low that it fell into the next row."""
        own = label.piece
        if not label.colon or self._next_in_piece(label) is not None:
            return None
        ends = [x.piece.x0 for x in self.labels if x.sure and x.piece.row == own.row and x.piece.x0 > own.x1]
        end = min(ends, default=1.0)
        near = [
            p
            for row in self.sheet.rows[max(0, own.row - 1) : own.row + 2]
            for p in row
            if p.row != own.row
            and own.x1 - 0.01 <= p.x0 < end
            and min(p.y1, own.y1) - max(p.y0, own.y0) > 0.25 * min(p.height, own.height)
        ]
        near = list(takewhile(lambda p: not self._in_piece(p), sorted(near, key=lambda p: p.x0)))
        return self._joined(near[:2]) if near and near[0].x0 - own.x1 < 0.15 else None

    def _in_cells(self, label: Label, own: str, cell: Cell) -> Written | None:
        """In a ruled table: what stands in the label's own cell, else in the next one, else in the one below."""
        if own:
            text_from = label.piece.x0 + (label.piece.x1 - label.piece.x0) * min(
                1.0, (label.end + 1) / len(label.piece.text)
            )
            cell = self.grid.at(max(text_from, cell.x0), label.piece.middle) or cell
            if self._next_in_piece(label) is not None:
                return Written(own, (label.piece,))
            return self._joined([label.piece, *self._following(label, cell)], own)
        if rest := self._following(label, cell):
            return self._joined(rest)
        beside = self.grid.right_of(cell, label.piece.middle)
        inside = self.inside(beside) if beside else []
        if inside and not self._starts_with_label(inside):
            return self._joined(self._unlabelled(inside))
        if beside is not None and not inside:
            return None
        under = self.grid.below(cell)
        lower = self.inside(under) if under else []
        if not lower or self._starts_with_label(lower):
            return None
        found = self._joined(self._unlabelled(lower))
        return Written(found.text, found.pieces, below=True)

    def inside(self, cell: Cell) -> list[Piece]:
        """The pieces in a cell, in reading order."""
        return [p for p in self.sheet.pieces if cell.holds((p.x0 + p.x1) / 2, p.middle)]

    def _following(self, label: Label, cell: Cell) -> list[Piece]:
        """What stands in the label's cell after it, up to the next label."""
        own = (label.piece.row, label.piece.place)
        return self._unlabelled([p for p in self.inside(cell) if (p.row, p.place) > own])

    def _unlabelled(self, pieces: Sequence[Piece]) -> list[Piece]:
        return list(takewhile(lambda p: not self._starts_with_label([p]), pieces))

    def _starts_with_label(self, pieces: Sequence[Piece]) -> bool:
        return any(x.start == 0 and x.sure for x in self._in_piece(pieces[0]))

    @staticmethod
    def _joined(pieces: Sequence[Piece], own: str = "") -> Written:
        """Pieces of one line with a space between, lines without."""
        text = ""
        for number, piece in enumerate(pieces):
            part = own if own and number == 0 else piece.text.strip()
            apart = number and pieces[number - 1].row == piece.row
            text += (" " if apart else "") + part
        return Written(text.strip(_STRIP), tuple(pieces))

    def _next_in_piece(self, label: Label) -> Label | None:
        return next((x for x in self._in_piece(label.piece) if x.start >= label.end and x.sure), None)

    def _after(self, label: Label) -> str:
        following = self._next_in_piece(label)
        return label.piece.text[label.end : following.start if following else None].strip(_STRIP)

    def _below(self, label: Label) -> Written | None:
        above = label.piece
        for row in self.sheet.rows[above.row + 1 : above.row + 3]:
            for piece in row:
                shared = min(piece.x1, above.x1) - max(piece.x0, above.x0)
                if shared <= 0.3 * min(piece.x1 - piece.x0, above.x1 - above.x0):
                    continue
                if piece.y0 - above.y1 > 3 * self.sheet.em or any(
                    x.start == 0 and x.sure for x in self._in_piece(piece)
                ):
                    return None
                return Written(piece.text.strip(_STRIP), (piece,), below=True)
        return None


def _centre(label: Label) -> float:
    """Where the middle of a label's own print lies."""
    piece = label.piece
    return piece.x0 + (piece.x1 - piece.x0) * (label.start + label.end) / 2 / max(1, len(piece.text))


def _same_column(head: Piece, cell: Piece) -> bool:
    shared = min(head.x1, cell.x1) - max(head.x0, cell.x0)
    return shared > 0.3 * min(head.x1 - head.x0, cell.x1 - cell.x0)


def _gap(text: str, offsets: tuple[int, ...], i: int) -> bool:
    """Whether white space, an underline or punctuation stands before the i-th kept character."""
    before = text[: offsets[i]]
    return not before or before[-1] in _OPENERS
