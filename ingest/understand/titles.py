"""The title of a page: which line it is, and which record type's name it prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ingest.understand.layout import Piece, Sheet
from schemas.model import RecordType
from schemas.titles import Titles, clean_title

_TOP = 0.5
"""A title stands in this upper share of the page's height (a copied card may lie lower)."""


@dataclass(frozen=True, slots=True)
class Titled:
    """A line that prints a type's name. `likeness` is 1 for the very name; `prominence` 0…1 is how much
    the line looks like a title (big, centred, high up)."""

    kind: RecordType
    piece: Piece
    likeness: float
    prominence: float

    @property
    def score(self) -> float:
        return self.likeness * (0.7 + 0.3 * self.prominence)


def titled(sheet: Sheet, titles: Titles) -> list[Titled]:
    """The types whose name a line of the sheet prints, the likeliest first, one entry a type."""
    best: dict[str, Titled] = {}
    limit = _TOP * sheet.aspect if sheet.placed else 0.02 * 12
    for piece in _joined(sheet):
        if piece.y0 > limit:
            continue
        for kind, likeness in _named(piece.text, titles):
            found = Titled(kind, piece, likeness, prominence(piece, sheet))
            if kind.code not in best or found.score > best[kind.code].score:
                best[kind.code] = found
    return sorted(best.values(), key=lambda t: -t.score)


def _joined(sheet: Sheet) -> Sequence[Piece]:
    """Single pieces, rows of spaced-out characters of one title, and big titles over two lines."""
    whole = [
        Piece(
            "".join(p.text for p in row),
            row[0].x0,
            row[0].y0,
            row[-1].x1,
            row[0].y1,
            min(p.confidence for p in row),
            row[0].row,
        )
        for row in sheet.rows
        if len(row) > 1 and sum(len(p.text) for p in row) <= 3 * len(row)
    ]
    lone = [row[0] for row in sheet.rows if len(row) == 1]
    folded = [
        Piece(
            a.text + b.text,
            min(a.x0, b.x0),
            a.y0,
            max(a.x1, b.x1),
            a.y1,
            min(a.confidence, b.confidence),
            a.row,
        )
        for a, b in pairwise(lone)
        if b.row == a.row + 1 and sheet.placed and min(a.height, b.height) > 1.25 * sheet.em
    ]
    return [*sheet.pieces, *whole, *folded]


@lru_cache(maxsize=4096)  # a page is asked about alone and again with its group
def _named(text: str, titles: Titles) -> tuple[tuple[RecordType, float], ...]:
    clean = clean_title(text)
    if not 2 <= len(clean) <= 40:
        return ()
    exact = titles.names.get(clean)
    if exact:
        return ((exact, 1.0),)
    found = {}
    for kind, wrong in titles.near(text, wrong=max(1, len(clean) // 6)):
        found[kind.code] = (kind, 1 - wrong / len(clean))
    for kind, name in titles.inside(text):
        share = len(name) / len(clean)
        if share >= 0.5 and share > found.get(kind.code, (kind, 0.0))[1]:
            found[kind.code] = (kind, 0.6 + 0.38 * share if _at_edge(clean, name) else share)
    return tuple(found.values())


def _at_edge(clean: str, name: str) -> bool:
    return clean.startswith(name) or clean.endswith(name)


def prominence(piece: Piece, sheet: Sheet) -> float:
    """How much a line looks like a title, 0…1: higher than other text, centred, alone in its row, high up."""
    if not sheet.placed:
        return 1.0 if piece.row < 3 and len(sheet.rows[piece.row]) == 1 else 0.4
    size = min(1.0, max(0.0, piece.height / sheet.em - 1.0))
    centred = 1.0 if abs((piece.x0 + piece.x1) / 2 - 0.5) < 0.08 else 0.0
    alone = 1.0 if len(sheet.rows[piece.row]) == 1 else 0.0
    high = 1.0 if piece.y0 < 0.25 * sheet.aspect else 0.0
    return 0.4 * size + 0.25 * centred + 0.15 * alone + 0.2 * high


def _could_be_title(text: str) -> bool:
    clean = clean_title(text)
    if re.search(r"[:：]\s*\S{0,8}$|[，。；]", text):
        return False  # a label with its value, or a sentence
    return len(clean) >= 3 and sum(c.isdigit() for c in clean) < 3 and not clean.endswith("号")


def free_title(text: str) -> bool:
    """Whether a headline says what a letter is about instead of naming a form."""
    clean = clean_title(text)
    return clean.startswith("关于") or (len(clean) >= 8 and clean[-1] in "函信") or clean.endswith("决议")


def headline(sheet: Sheet) -> Piece | None:
    """The line that looks like this page's title, whether or not a type has that name; None on a plain page.

    The office's name above a letter's subject looks like a title too: the subject goes first.
    """
    rows = [row[0] for row in sheet.rows if len(row) == 1]
    lines = [p for p in rows if _could_be_title(p.text) and prominence(p, sheet) >= 0.6]
    return max(lines, key=lambda p: (free_title(p.text), prominence(p, sheet), p.height), default=None)
