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
    """All `terms` must match. `classes` limits to access classes; `records` to these ids when not None.

    `sort` is "date" (newest first, undated last, then id) or "relevance". `limit` up to 1000."""

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
    """`total` counts all matches exactly; `records` are the ids of the asked page, in order."""

    total: int
    records: tuple[str, ...]
    by_type: dict[str, int] = field(default_factory=dict)


class SearchIndex(Protocol):
    """Contract (tests/contracts/search_index.py): totals and orders are the same in every adapter and equal to a
    brute-force scan over folded title and text."""

    def write(self, entries: Sequence[IndexEntry], removed: Sequence[tuple[str, int]] = ()) -> None:
        """Add or replace entries and remove records (id, change); visible to every process on return.
        Older changes than what is there are ignored. Raises IndexUnavailable."""

    def search(self, query: Query) -> Hits:
        """Raises IndexUnavailable."""

    def count(self) -> int:
        """How many records the index holds."""

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """Build a new index aside from `entries`, then swap; readers see old or new, never half. Returns how many."""

    def ping(self) -> None:
        """Raises IndexUnavailable with one clear sentence."""
