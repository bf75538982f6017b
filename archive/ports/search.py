"""SearchIndex: finds record ids by words, exactly. It is disposable and never asked about permissions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from archive.domain.query import IndexEntry, InHouse, Phrase, Word

__all__ = ["Hits", "InHouse", "IndexEntry", "IndexUnavailable", "Phrase", "Query", "SearchIndex", "Word"]


class IndexUnavailable(Exception):
    """The engine does not answer; searching waits, filing goes on."""


@dataclass(frozen=True, slots=True)
class Query:
    """All `terms` must match, and each filter that is given; an empty one does not limit.

    `classes` limits to access classes, so () finds nothing and None does not limit. With a first or last day
    (both inclusive) undated records are not found. `sort` is "date" (newest first, undated last, then id) or
    "relevance" (how many words and phrases are in the title, then as by date). `limit` up to 1000.
    """

    terms: tuple[Phrase | Word | InHouse, ...] = ()
    types: tuple[str, ...] = ()
    houses: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    classes: tuple[str, ...] | None = None
    dossiers: tuple[str, ...] = ()
    sort: str = "date"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Hits:
    """`total` counts all matches exactly, `by_type` the same by record type; `records` are the ids of the asked
    page, in order."""

    total: int
    records: tuple[str, ...]
    by_type: dict[str, int] = field(default_factory=dict)


class SearchIndex(Protocol):
    """Contract (tests/contracts/search_index.py): totals, counts and orders are the same in every adapter and
    equal to a brute-force scan by archive.domain.query.matches. Safe for threads."""

    def write(self, entries: Sequence[IndexEntry], removed: Sequence[tuple[str, int]] = ()) -> None:
        """Add or replace entries and remove records (id, change); visible to every process on return.
        Older changes than what is there are ignored. Raises IndexUnavailable."""

    def search(self, query: Query) -> Hits:
        """Raises IndexUnavailable."""

    def count(self) -> int:
        """How many records the index holds."""

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """Build a new index aside from `entries`, then swap; readers see old or new, never half. Returns how many
        records the new one holds.

        What is written meanwhile is in the new index too. Give entries that are read from the database after
        the call (a generator), so that what was written before it is among them. What `entries` itself raises
        comes out unchanged and leaves the old index. Raises IndexUnavailable, also while another rebuild runs."""

    def ping(self) -> None:
        """Raises IndexUnavailable with one clear sentence."""
