"""Which of several printed choices is ticked: □一般 ☑重大."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.understand.layout import Piece
from ingest.understand.picture import Picture
from schemas.text import fold

_EMPTY = "□口☐囗○〇◯"
_TICKED = "☑☒■√✓✔●◆✕×vV"
_BOXES = _EMPTY + "☑☒■√✓✔"
_WORD = re.compile(rf"[^\s、,，{_BOXES}]+")
Option = tuple[str, Piece, int]
"""A choice, the piece that prints it, and its offset there."""


def ticked(
    choices: Sequence[str], pieces: Sequence[Piece], picture: Picture | None
) -> tuple[str, float] | None:
    """The one choice that is ticked, with confidence; None when none or several may be.

    A tick that is read as such decides; else the only choice without an empty box before it, provided that
    the boxes of all others are seen to be empty, in the text or in the picture.
    """
    options = _options(choices, pieces)
    if len(options) < 2:
        return None
    marked = [option for option in options if _beside(option, _TICKED, options)]
    if len(marked) == 1:
        return marked[0][0], 0.97
    open_ = [option for option in options if not _is_empty(option, options, picture)]
    return (open_[0][0], 0.9 if picture else 0.75) if len(open_) == 1 and not marked else None


def ticked_words(pieces: Sequence[Piece], picture: Picture | None) -> str | None:
    """The ticked ones of choices that no list names, joined by 、; None when no box was read or none is ticked."""
    boxed = [any(c in _BOXES for c in piece.text) for piece in pieces]
    if not any(boxed) or (picture is None and not all(boxed)):
        return None
    words = ((match, piece) for piece in pieces for match in _WORD.finditer(piece.text))
    options = [(m[0], piece, m.start()) for m, piece in words if any(map(str.isalnum, m[0]))]
    if len(options) < 2:
        return None
    open_ = [word for option in options if not _is_empty(option, options, picture) for word in option[:1]]
    return "、".join(open_) if 0 < len(open_) < len(options) else None


def _options(choices: Sequence[str], pieces: Sequence[Piece]) -> list[Option]:
    """Each choice where it is printed; a choice inside a longer one does not count."""
    found: list[Option] = []
    for piece in pieces:
        text = fold(piece.text)
        taken = [False] * len(text)
        for choice in sorted(choices, key=len, reverse=True):
            at = text.find(fold(choice))
            while at >= 0 and any(taken[at : at + len(choice)]):
                at = text.find(fold(choice), at + 1)
            if at >= 0:
                taken[at : at + len(choice)] = [True] * len(choice)
                found.append((choice, piece, at))
    return sorted(found, key=lambda o: (o[1].row, o[1].place, o[2]))


def _beside(option: Option, signs: str, options: Sequence[Option]) -> bool:
    """Whether one of `signs` stands right before the choice, or right after it with no box after that."""
    _, piece, at = option
    before = piece.text[:at].rstrip()
    return bool(before) and before[-1] in signs


def _is_empty(option: Option, options: Sequence[Option], picture: Picture | None) -> bool:
    if _beside(option, _EMPTY, options):
        return True
    if picture is None:
        return False
    piece = option[1]
    em = piece.height * 0.8
    x = _left_edge(option, options)
    middle = piece.middle
    return any(
        x - 2.1 * em < (a + c) / 2 < x + 0.5 * em
        and abs((b + d) / 2 - middle) < 0.6 * em
        and 0.3 * em < d - b < 1.2 * em
        for a, b, c, d in picture.seen.holes
    )


def _left_edge(option: Option, options: Sequence[Option]) -> float:
    """Where a choice begins, in page widths: characters take their usual widths, and a box of one character
    stands before each choice even where it was not read."""
    _, piece, at = option
    missing = [o[2] for o in options if o[1] is piece and not _beside(o, _EMPTY + _TICKED, options)]
    units = [_width(c) for c in piece.text]
    whole = sum(units) + len(missing)
    before = sum(units[:at]) + sum(1 for m in missing if m <= at)
    return piece.x0 + (piece.x1 - piece.x0) * before / max(whole, 1.0)


def _width(character: str) -> float:
    return 1.0 if ord(character) > 0x2E80 or character in _EMPTY + _TICKED else 0.5
