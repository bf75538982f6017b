"""What both engines store of a record and ask for: overlapping pairs of characters, separated by blanks.

Either engine cuts at white space only, with its own `whitespace` analyser, so both see exactly these tokens;
a phrase of consecutive pairs is then a substring of the normal form, nothing more and nothing less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from operator import add
from typing import TypeVar

from archive.domain.normal_form import BREAK, START, normal
from archive.domain.query import haystack
from archive.ports.search import IndexEntry, InHouse, Phrase, Word

T = TypeVar("T")

Written = tuple[str, int, IndexEntry | None]
"""A change to write: record id, change number, and the entry or None for a removed record."""


def pairs(text: str) -> str:
    """Each two neighbouring characters of `text`, separated by blanks; a single character gives nothing."""
    return " ".join(map(add, text, text[1:]))


def body(entry: IndexEntry) -> tuple[str, str]:
    """Title, text and numbers of `entry` as pairs, and the single characters that occur in them."""
    hay = haystack(entry)
    return pairs(hay), _singles(hay)


def title(entry: IndexEntry) -> tuple[str, str]:
    """The title of `entry` as pairs, and the single characters that occur in it."""
    text = normal(entry.title)
    return pairs(text), _singles(text)


def _singles(text: str) -> str:
    return " ".join(set(text) - {START, BREAK})


def order(day: date | None, record: str) -> str:
    """Sorts by plain comparison: newest day first, records without day last, then by id."""
    return f"{99999999 - number(day):08d}{record}" if day else f"99999999{record}"


def number(day: date) -> int:
    """A day as the number yyyymmdd."""
    return day.year * 10000 + day.month * 100 + day.day


def needles(terms: Sequence[Phrase | Word | InHouse]) -> list[str]:
    """The normal forms of the words and phrases among `terms`; "" for one that is in no record."""
    return [normal(term.text) for term in terms if not isinstance(term, InHouse)]


def newest(entries: Iterable[IndexEntry], removed: Iterable[tuple[str, int]]) -> list[Written]:
    """One change per record: the highest, of equal ones the last; what was removed counts as later."""
    chosen: dict[str, Written] = {}
    changes = [(e.record, e.change, e) for e in entries]
    for change in [*changes, *((record, change, None) for record, change in removed)]:
        known = chosen.get(change[0])
        if known is None or known[1] <= change[1]:
            chosen[change[0]] = change
    return list(chosen.values())


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """`values` in lists of `size`, the last one shorter."""
    source = iter(values)
    while batch := list(islice(source, size)):
        yield batch
