"""UnitOfWork: one transaction over the working truth. Leaving the block without commit() leaves nothing
behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from archive.domain.audit import StoredEntry
from archive.domain.audit_model import AuditEntry, Event
from archive.domain.jobs import Job
from archive.domain.merkle import Frontier

T = TypeVar("T")


class DatabaseUnavailable(Exception):
    """The database does not answer; nothing was changed."""


class Unstorable(ValueError):
    """A text that no database can hold or look for (it has a NUL); whoever sent it is told so."""


class Conflict(Exception):
    """A row with this key exists already, or was changed by someone else meanwhile."""


@dataclass(frozen=True, slots=True)
class AtMost:
    """Condition: the column is at most this."""

    value: Any


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Condition: the column is at least this."""

    value: Any


@dataclass(frozen=True, slots=True)
class After:
    """Condition: the column is greater than this (paging by key)."""

    value: Any


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Condition: the text column begins with this."""

    value: str


@dataclass(frozen=True, slots=True)
class Contains:
    """Condition: the text column holds this text, letter for letter. No index helps; for small tables."""

    value: str


NOT_NULL = object()
"""Condition: the column has a value."""


class UnitOfWork(Protocol):
    """Contract (tests/contracts/unit_of_work.py). Domain values go in and come out as the frozen dataclasses
    of archive.domain; every class there that has an `id` and a table can be used. Conditions are by field
    name: a plain value means equal, None means empty, a tuple means one of, and
    AtMost/AtLeast/After/StartsWith/Contains/NOT_NULL. A tuple holds at most 10,000 values.

    Values that no database can keep (NUL or a lone surrogate in text, a whole number beyond 64 bits, a datetime
    without a zone) raise ValueError.

    A unit of work is for one thread. One opened with `write=True` holds the write lock from its start
    (SQLite: BEGIN IMMEDIATE), so what it reads is still true when it commits.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None:
        """Make everything durable, then tell the jobs port about new jobs. Raises Conflict."""

    def get(self, kind: type[T], id: str) -> T | None: ...

    def add(self, *values: Any) -> None:
        """Insert. Raises Conflict when the id (or a unique column) is taken."""

    def put(self, *values: Any) -> None:
        """Replace the rows with these ids. Raises Conflict when one is missing."""

    def remove(self, kind: type[Any], id: str) -> None:
        """Delete one row of a kind that may be deleted (sessions, worker beats); never records or audit."""

    def list(
        self,
        kind: type[T],
        /,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        **where: Any,
    ) -> list[T]:
        """Rows that meet all conditions. `order` names fields, "-field" for descending; the id breaks
        ties."""

    def count(self, kind: type[Any], /, **where: Any) -> int: ...

    def count_by(self, kind: type[Any], column: str, /, **where: Any) -> Mapping[Any, int]:
        """Rows per value of `column`."""

    def stream(self, kind: type[T], /, *, batch: int = 500, **where: Any) -> Iterator[T]:
        """All rows in id order without loading them at once."""

    def next_change(self) -> int:
        """The next change number of records: strictly rising in the order of commits."""

    def claim_job(self, job_id: str, worker: str, now: datetime) -> Job | None:
        """Take a waiting job, or a running one whose lease ran out, for `worker`: state running, attempts +
        1, lease set. None when someone else has it, it is done, not due yet, or it became quarantined by
        this claim."""

    def enqueue(self, job: Job) -> Job:
        """Insert a waiting job; when an unfinished job of the same kind and non-empty key waits, that one."""

    def audit(self, event: Event, /, *, actor: str, subject: str, at: datetime, **detail: Any) -> AuditEntry:
        """Append an entry to the audit log in this transaction."""

    def audit_entries(self, start: int = 0, end: int | None = None, **where: Any) -> Iterator[AuditEntry]:
        """Entries by number, start inclusive, end exclusive. Raises ValueError where an entry is damaged."""

    def audit_newest(
        self,
        *,
        about: Sequence[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
        **where: Any,
    ) -> Sequence[AuditEntry]:
        """The newest entries that fit, newest first: numbers below `before`, times from `since` to before `until`.

        `about`: only those whose actor or subject is one of these names, or whose detail names one. Fast in a log of
        a million entries. Raises ValueError where an entry is damaged."""

    def audit_size(self) -> int: ...

    def audit_frontier(self) -> Frontier:
        """Size and subtree hashes of the log's Merkle tree, as kept beside the entries.

        Raises ValueError where they are damaged."""

    def audit_stored(self, start: int = 0, end: int | None = None) -> Iterator[StoredEntry]:
        """Entries exactly as they lie in the database, damage included: what `audit.verify_log` reads."""

    def audit_tiles(self, start: int = 0, end: int | None = None) -> Sequence[str]:
        """The kept hashes (hex) over each complete run of `merkle.TILE` entries, as they lie there."""

    def audit_leaves(self, start: int, end: int) -> Sequence[bytes]:
        """The leaf hashes of these entries."""


class UnitOfWorkFactory(Protocol):
    def __call__(self, *, write: bool = False) -> UnitOfWork: ...
