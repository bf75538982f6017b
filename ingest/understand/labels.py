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
_STRIP = " \t_＿:：,，;；。、|·"


def clean_label(text: str) -> str:
    """A label reduced to its letters and figures in the normal form."""
    return "".join(c for c in fold(text) if c.isalnum())


SIGNS = ("签字", "签名", "签章", "签署", "盖章", "签字盖章", "签名盖章", "日期")
"""Labels that stand beside a place to sign on any form, whatever the pack says of it."""


class Vocabulary:
    """All labels that a pack's forms print; a value ends where the next label begins."""

    def __init__(self, labels: Iterable[str]) -> None:
        self.names = frozenset(clean for label in labels if (clean := clean_label(label)))

    @classmethod
    def of_pack(cls, pack: Pack) -> Vocabulary:
        known = (label for kind in pack.record_types.values() for label in labels_of(kind))
        return cls((*known, *SIGNS))

    @cached_property
    def longest(self) -> int:
        return max((len(name) for name in self.names), default=0)


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
        """Rows that head a table: three or more lone labels side by side, no value between, rows below."""
        rows = set()
        for number, row in enumerate(self.sheet.rows):
            lone = sum(1 for p in row if self._alone(p))
            if len(row) >= 3 and lone >= max(2, len(row) * 0.6) and not self._pairs(row):
                rows.add(number)
        return frozenset(rows)

    def _alone(self, piece: Piece) -> bool:
        return any(
            label.sure and label.start == 0 and label.end >= len(piece.text)
            for label in self._in_piece(piece)
        )

    def _pairs(self, row: Sequence[Piece]) -> bool:
        """Whether labels and values alternate, as in a form's head rather than a table's."""
        alone = [self._alone(p) for p in row]
        return alone[0] and not any(alone[1::2]) and sum(alone) <= (len(row) + 1) // 2

    def _in_piece(self, piece: Piece) -> list[Label]:
        text, offsets = compact(piece.text)
        found: list[Label] = []
        i = 0
        while i < len(text):
            apart = not i or not text[i - 1].isalnum() or _gap(piece.text, offsets, i)
            label = self._at(piece, text, offsets, i)
            if label is None or not (apart or (label.sure and _stands_out(label, text[i - 1]))):
                i += 1
                continue
            found.append(label)
            i = next((k for k, offset in enumerate(offsets) if offset >= label.end), len(text))
        return found

    def _at(self, piece: Piece, text: str, offsets: tuple[int, ...], i: int) -> Label | None:
        for length in range(min(self._vocabulary.longest, len(text) - i), 1, -1):
            name = text[i : i + length]
            if name not in self._vocabulary.names:
                continue
            end = offsets[i + length - 1] + 1
            rest = piece.text[end:]
            colon = _COLON.match(rest)
            if colon:
                return Label(name, piece, offsets[i], end + colon.end(), True)
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


def _stands_out(label: Label, before: str) -> bool:
    """Whether a label with a colon is one even though other text runs up to it."""
    return len(label.name) >= 3 or before.isdigit() or before in "日号"


def _gap(text: str, offsets: tuple[int, ...], i: int) -> bool:
    """Whether white space, an underline or punctuation stands before the i-th kept character."""
    before = text[: offsets[i]]
    return not before or before[-1] in _OPENERS
