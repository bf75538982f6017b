"""What a person typed → what is looked for, and the rule by which a record is found.

`matches` is the definition that every search engine has to equal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from archive.domain.normal_form import BREAK, UNSEGMENTED, WORD_CHARACTER, flat, normal
from schemas.houses import find_houses, parse_house

MAX_QUERY = 500
"""Characters that a query may have."""


class QueryError(ValueError):
    """A query that can't be asked. `code` is "query_empty" or "query_too_long"; `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Phrase:
    """These characters, contiguous, in the title, the text or one of the numbers of a record.

    White space does not count, neither here nor there. Letters and digits at the beginning of the phrase
    begin a word or number, at its end they may go on: "3栋" is not in "13栋", "第1" is in "第12号".
    """

    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A Latin word or a number; matches words and numbers that begin with it, in title, text or numbers."""

    text: str


@dataclass(frozen=True, slots=True)
class InHouse:
    """Records that are filed to this house, by its canonical key.

    A house that a text only mentions does not count: looking for a house tells nothing of any text."""

    key: str


Term = Phrase | Word | InHouse


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What the index knows of one record. `title`, `text` and `numbers` are raw; matching folds them.

    `change` is the record's change number: an entry never replaces one with a higher change.
    `house` is the canonical key or ""; `houses` are those of a register's entries; `numbers` are archival code,
    document number, phones and IDs.
    """

    record: str
    change: int
    type: str
    title: str
    text: str
    access_class: str
    house: str = ""
    dossier: str = ""
    date: date | None = None
    numbers: tuple[str, ...] = ()
    houses: tuple[str, ...] = ()


def haystack(entry: IndexEntry) -> str:
    """Everything of `entry` that words are looked for in, in normal form, the parts kept apart by BREAK."""
    return BREAK.join(normal(part) for part in (entry.title, entry.text, *entry.numbers)) + BREAK


def matches(terms: Sequence[Term], entry: IndexEntry) -> bool:
    """Whether `entry` has all `terms`; a term of nothing that can be searched for is in no record."""
    hay = haystack(entry)
    return all(
        term.key in (entry.house, *entry.houses) if isinstance(term, InHouse) else _within(term.text, hay)
        for term in terms
    )


def relevance(terms: Sequence[Term], entry: IndexEntry) -> int:
    """How many of the words and phrases are in the title; more come first when sorted by relevance."""
    title = normal(entry.title)
    return sum(not isinstance(term, InHouse) and _within(term.text, title) for term in terms)


def _within(text: str, hay: str) -> bool:
    needle = normal(text)
    return needle != "" and needle in hay


def parse_query(text: str) -> tuple[Term, ...]:
    """The terms of a typed query, in order, each once; all of them must match. Blank text has none.

    Raises QueryError when something was typed and nothing in it can be searched for, or when it is too long.

    - a house in any strict spelling, or 3-2-1203 between blanks: InHouse;
    - "quoted", “quoted” or 「quoted」: one Phrase with everything in it;
    - else each piece between blanks and punctuation: a Word when it is letters and digits only, a Phrase
      when Chinese characters are in it (回访记录, 第3号). Signs that join letters or digits, as in DG-KF-12,
      A/0 or 3.5, don't separate.
    """
    if len(text) > MAX_QUERY:
        raise QueryError("query_too_long", f"more than {MAX_QUERY} characters", "search for fewer words")
    if not text.strip():
        return ()
    terms: dict[Term, None] = {}
    for part, quoted in _quotes(text):
        found = _quoted(part) if quoted else _typed(part)
        terms.update(dict.fromkeys(found))
    if not terms:
        raise QueryError("query_empty", "no word to search for", "type a word, a number or a house")
    return tuple(terms)


_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|「([^」]*)」|＂([^＂]*)＂')
_PIECE = re.compile(r"[^ \x00]+")
_BARE_HOUSE = re.compile(r"[0-9A-Za-z]{1,4}(?:-[0-9A-Za-z]{1,2}-[0-9A-Za-z]{1,5}|-[0-9]{3,5}[A-Za-z]?)")
_WORD_ONLY = re.compile(rf"{WORD_CHARACTER}+")
_CHINESE = re.compile(rf"[{UNSEGMENTED}]")
_JOINING = frozenset("-_/.·:@#+&'~*%=\\")


def _quotes(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of `text` in order, each with whether it stood in quotation marks."""
    end = 0
    for match in _QUOTED.finditer(text):
        yield text[end : match.start()], False
        yield next(group for group in match.groups() if group is not None), True
        end = match.end()
    yield text[end:], False


def _quoted(part: str) -> Iterator[Term]:
    content = flat(part).replace("\x00", "").strip()
    if any(_is_content(character) for character in content):
        yield Word(content) if _WORD_ONLY.fullmatch(content) else Phrase(content)


def _typed(part: str) -> Iterator[Term]:
    end = 0
    for house in find_houses(part):
        yield from _pieces(part[end : house.start])
        yield InHouse(house.key)
        end = house.end
    yield from _pieces(part[end:])


def _pieces(part: str) -> Iterator[Term]:
    for piece in flat(part).replace("\x00", "").split():
        if _BARE_HOUSE.fullmatch(piece) and (key := parse_house(piece, field=True)):
            yield InHouse(key)
            continue
        for run in _runs(piece):
            yield Word(run) if _WORD_ONLY.fullmatch(run) else Phrase(run)


def _runs(piece: str) -> Iterator[str]:
    """The parts of a piece without blanks, cut at signs that do not join."""
    run = ""
    for before, character, after in zip(" " + piece[:-1], piece, piece[1:] + " ", strict=True):
        if _is_content(character) or (character in _JOINING and _joins(before, after)):
            run += character
        elif run:
            yield run
            run = ""
    if run:
        yield run


def _joins(before: str, after: str) -> bool:
    sides = before + after
    return all(_is_content(side) for side in sides) and any(_WORD_ONLY.fullmatch(side) for side in sides)


def _is_content(character: str) -> bool:
    """Letters, digits, Chinese characters and pictures are looked for; punctuation only inside quotes."""
    if character == " ":
        return False
    category = unicodedata.category(character)
    return category[0] not in "PZCMS" or category in ("So", "Co", "Cn")
