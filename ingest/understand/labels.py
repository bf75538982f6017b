"""Printed labels on a page and the values that belong to them, by geometry: beside, in the same line, or
below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.understand.layout import Piece, Sheet, compact
from schemas.model import Pack, RecordType
from schemas.text import fold

_COLON = re.compile(r"\s*[)）\]】]?\s*(?:[(（][^()（）]{1,12}[)）])?\s*[:：]")
_BRACKET = re.compile(r"\s*[(（][^()（）:：]{1,12}[)）]\s*$")
_OPENERS = " \t_＿:：,，;；。、()（）[]【】|/．."
_ROLE = re.compile(
    r"(?:签[字名章收发]|[主经签]管|经理|代表|负责人|[经承]办人|审[核批]人?|批准人?|检查人|复查人|验收人|记录人|[填制]表人?|领取人"
    r"|[簽籤][字名章收發]|經理|代錶|負責人|經辦人|審[核批]人?|記錄人)\s*[)）]?\s*[:：]"
)
_HEAD = re.compile(r"\s*([^:：]{3,12}?)\s*[:：]")
_STRIP = " \t_＿:：,，;；。、|·"


def clean_label(text: str) -> str:
    """A label reduced to its letters and figures in the normal form."""
    return "".join(c for c in fold(text) if c.isalnum())


SIGNS = ("签字", "签名", "签章", "签署", "盖章", "签字盖章", "签名盖章")
"""Labels that stand beside a place to sign on any form, whatever the pack says of it."""


class Vocabulary:
    """All labels that a pack's forms print; a value ends where the next label begins."""

    def __init__(self, labels: Iterable[str], signs: Iterable[str] = ()) -> None:
        self.signs = frozenset(clean for label in (*signs, *SIGNS) if (clean := clean_label(label)))
        """Labels beside which somebody signs."""
        self.names = self.signs | {clean for label in (*labels, "日期") if (clean := clean_label(label))}

    @classmethod
    def of_pack(cls, pack: Pack) -> Vocabulary:
        kinds = pack.record_types.values()
        signs = (n for kind in kinds for p in kind.signatures for n in (p.label_zh, p.label_en, *p.aliases))
        return cls((label for kind in kinds for label in labels_of(kind)), signs)

    def misread(self, text: str) -> str | None:
        """The one label of at least three characters that differs from `text` in a single character."""
        if len(text) < 3 or text in self.names:
            return None
        near = {
            name for i in range(len(text)) for name in self._masked.get((i, text[:i] + text[i + 1 :]), ())
        }
        return near.pop() if len(near) == 1 else None

    @cached_property
    def _masked(self) -> Mapping[tuple[int, str], tuple[str, ...]]:
        """Each label without one of its characters, by the place of that character."""
        found: dict[tuple[int, str], tuple[str, ...]] = {}
        for name in self.names:
            if len(name) >= 3 and not name.isascii():
                for i in range(len(name)):
                    key = (i, name[:i] + name[i + 1 :])
                    found[key] = (*found.get(key, ()), name)
        return found

    @cached_property
    def lengths(self) -> Mapping[str, tuple[int, ...]]:
        """First two characters → lengths of the labels that begin so, the longest first."""
        found: dict[str, set[int]] = {}
        for name in self.names:
            found.setdefault(name[:2], set()).add(len(name))
        return {begin: tuple(sorted(all_, reverse=True)) for begin, all_ in found.items() if len(begin) == 2}


def labels_of(kind: RecordType) -> list[str]:
    """Every label of a type's fields and of its places for signatures and seals."""
    fields = [name for spec in kind.fields for name in (spec.label_zh, spec.label_en, *spec.aliases)]
    places = [name for p in (*kind.signatures, *kind.seals) for name in (p.label_zh, p.label_en, *p.aliases)]
    return [name for name in (*fields, *places) if name]


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

    def __init__(self, sheet: Sheet, vocabulary: Vocabulary) -> None:
        self.sheet = sheet
        self._vocabulary = vocabulary

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
            if sum(any(_same_column(p, q) for p in row) for q in below) >= max(2, 0.6 * len(below)):
                found.add(number)
        return frozenset(found)

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
        text, offsets = compact(piece.text)
        found: list[Label] = []
        i = 0
        while i < len(text):
            apart = not i or not text[i - 1].isalnum() or _gap(piece.text, offsets, i)
            label = self._at(piece, text, offsets, i)
            if label is None or not (apart or label.sure):
                i += 1
                continue
            found.append(label)
            i = next((k for k, offset in enumerate(offsets) if offset >= label.end), len(text))
        return found if any(label.sure for label in found) else self._misread(piece) or found

    def _misread(self, piece: Piece) -> list[Label]:
        """A label with one character misread: all of a piece, or all before its colon."""
        head = _HEAD.match(piece.text)
        text = clean_label(head[1] if head else piece.text)
        name = self._vocabulary.misread(text) if head or len(text) >= 4 else None
        if name is None:
            return []
        return [Label(name, piece, 0, head.end() if head else len(piece.text), True, head is not None)]

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
        return self._below(label)

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


def _same_column(head: Piece, cell: Piece) -> bool:
    shared = min(head.x1, cell.x1) - max(head.x0, cell.x0)
    return shared > 0.3 * min(head.x1 - head.x0, cell.x1 - cell.x0)


def _gap(text: str, offsets: tuple[int, ...], i: int) -> bool:
    """Whether white space, an underline or punctuation stands before the i-th kept character."""
    before = text[: offsets[i]]
    return not before or before[-1] in _OPENERS
