"""The form in which text is compared when searching: folded, without layout, with word beginnings marked.

`schemas.text.fold` makes scripts, widths and cases equal. On top of that, searching must not see layout:
scanners and word processors put spaces and line breaks between any two Chinese characters, so white space is
taken out and never breaks a phrase. Between Latin words and numbers it does mean something, so each run of
letters and digits is preceded by a mark. With the mark, one plain rule serves everything: a phrase or word is
found where its normal form is a substring of the text's normal form. "3栋" is then not found in "13栋", and
"dang" is found in "Dangan".

Two characters that no text can contain are used: `START` before each word or number, `BREAK` between parts of
a record (title, text, numbers), so that nothing is found across them.
"""

from __future__ import annotations

import re
import unicodedata

from schemas.text import fold

START = "\x01"
BREAK = "\x02"

UNSEGMENTED = (
    "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
    "\U00016fe0-\U00018cff\U0001b000-\U0001b2ff\U00020000-\U0003ffff"
)
"""Ranges, for a regular expression's class, of scripts without spaces: Chinese characters, kana, hangul."""

WORD_CHARACTER = rf"[^\W_{UNSEGMENTED}]"
"""Regular expression of one letter or digit of a script that has words."""

MAX_TEXT = 1_000_000
"""Characters of a text that are searched (some 1,500 full pages); what follows them is not found.

A bound is needed so that one hostile text can't stop the index: an Elasticsearch node with a heap of 512 MB
refuses a single entry of twice this size again and again.
"""

_WORD = re.compile(rf"{WORD_CHARACTER}+")


class _Flattening(dict[int, str]):
    """Code point → one character: folded, a space for white space, NUL for what only steers or decorates."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        category = unicodedata.category(character)
        if character.isspace() or category[0] == "Z":
            flat = " "
        elif category in ("Cc", "Cf", "Cs") or category[0] == "M":
            flat = "\x00"
        else:
            flat = fold(character)
        self[point] = flat
        return flat


_FLATTENING = _Flattening()


def flat(text: str) -> str:
    """`text` folded, each white space a blank and each control, format or combining character a NUL.

    The same length as `text`, so that offsets stay those of the original."""
    return text.translate(_FLATTENING)


def normal(text: str) -> str:
    """The normal form of `text`; "" when nothing in it can be searched for."""
    bare = flat(text[:MAX_TEXT]).replace("\x00", "")
    return _WORD.sub(rf"{START}\g<0>", bare).replace(" ", "")
