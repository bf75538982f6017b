"""The unit of work over SQLAlchemy Core (contract: archive.ports.unit_of_work)."""

from __future__ import annotations

import builtins
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from archive.adapters.db.audit_log import AuditLog
from archive.adapters.db.codec import Mapped, mapped
from archive.adapters.db.conditions import conditions, field, ordering
from archive.adapters.db.engine import WRITE, translated
from archive.adapters.db.tables.counters import CHANGE, COUNTERS
from archive.domain.audit import StoredEntry
from archive.domain.audit_model import AuditEntry, Event
from archive.domain.jobs import LEASE, MAX_ATTEMPTS, Job, JobState
from archive.domain.merkle import Frontier
from archive.ports.unit_of_work import Conflict, UnitOfWorkFactory

T = TypeVar("T")
OnNewJobs = Callable[[Sequence[str]], None]
_LOG = logging.getLogger(__name__)

_WRITE_LOCK = 0x64616E67616E
"""The key of PostgreSQL's advisory lock that makes one writer of many, as SQLite has it by nature."""


def make_factory(engine: Engine, on_new_jobs: OnNewJobs) -> UnitOfWorkFactory:
    """Units of work on this engine. `on_new_jobs` gets the ids of jobs that a commit made and that may run
    now; what it raises is logged: the rows wait, and the scheduler sends them again."""

    def open_unit(*, write: bool = False) -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, on_new_jobs, write=write)

    return open_unit


class SqlUnitOfWork:
    """One transaction. Writing needs `write=True`; after commit() nothing more can be asked of it."""

    def __init__(self, engine: Engine, on_new_jobs: OnNewJobs, *, write: bool) -> None:
        self._engine = engine
        self._on_new_jobs = on_new_jobs
        self._write = write
        self._open: Connection | None = None
        self._log: AuditLog | None = None
        self._new_jobs: list[str] = []
        self._change: int | None = None

    def __enter__(self) -> Self:
        with translated():
            connection = self._engine.connect()
            try:
                self._begin(connection)
            except BaseException:
                connection.close()
                raise
        self._open = connection
        self._log = AuditLog(connection)
        return self

    def _begin(self, connection: Connection) -> None:
        if self._engine.dialect.name == "sqlite":
            connection.execution_options(**{WRITE: self._write}).begin()
        elif self._write:
            connection.begin()
            connection.execute(select(func.pg_advisory_xact_lock(_WRITE_LOCK)))
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True).begin()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._open, self._log = self._open, None, None
        if connection is not None:
            with translated():
                connection.close()

    @property
    def _connection(self) -> Connection:
        if self._open is None:
            raise RuntimeError("the unit of work is closed: it was committed, or its block was left")
        return self._open

    @property
    def _audit(self) -> AuditLog:
        assert self._connection is not None
        assert self._log is not None
        return self._log

    def _writing(self) -> Connection:
        if not self._write:
            raise RuntimeError("this unit of work only reads; open it with write=True")
        return self._connection

    def commit(self) -> None:
        connection = self._connection
        with translated():
            if self._write:
                self._audit.flush()
                if self._change is not None:
                    connection.execute(
                        update(COUNTERS).where(COUNTERS.c.name == CHANGE).values(value=self._change)
                    )
            try:
                connection.commit()
            except BaseException:
                connection.invalidate()  # a refused COMMIT leaves SQLite inside its transaction
                raise
        self.__exit__(None, None, None)
        if self._new_jobs:
            try:
                self._on_new_jobs(tuple(self._new_jobs))
            except Exception as error:
                _LOG.warning("%d new jobs wait for the scheduler: %s", len(self._new_jobs), error)

    # Values

    def get(self, kind: type[T], id: str) -> T | None:
        target = self._readable(kind)
        query = select(*target.table.c).where(target.table.c[target.key] == id)
        with translated():
            row = self._connection.execute(query).one_or_none()
        return None if row is None else target.from_row(row)

    def add(self, *values: Any) -> None:
        connection = self._writing()
        for kind, same in groupby(values, type):
            target: Mapped[Any] = _writable(kind)
            with translated():
                connection.execute(insert(target.table), [target.to_row(value) for value in same])

    def put(self, *values: Any) -> None:
        connection = self._writing()
        for kind, same in groupby(values, type):
            target: Mapped[Any] = _writable(kind)
            rows = [{f"new_{name}": value for name, value in target.to_row(v).items()} for v in same]
            names: builtins.list[str] = target.table.c.keys()
            changed: dict[str, Any] = {n: bindparam(f"new_{n}") for n in names if n != target.key}
            key = target.table.c[target.key]
            statement = update(target.table).where(key == bindparam(f"new_{target.key}")).values(changed)
            with translated():
                done = connection.execute(statement, rows).rowcount
            if done != len(rows):
                raise Conflict(
                    f"{len(rows) - done} of {len(rows)} {kind.__name__} rows to replace are not there"
                )

    def remove(self, kind: type[Any], id: str) -> None:
        connection = self._writing()
        target = mapped(kind)
        if not target.removable:
            raise TypeError(f"{kind.__name__} rows are never deleted")
        with translated():
            connection.execute(delete(target.table).where(target.table.c[target.key] == id))

    def list(
        self,
        kind: type[T],
        /,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        **where: Any,
    ) -> builtins.list[T]:
        target = self._readable(kind)
        query = select(*target.table.c).where(*conditions(target, where)).order_by(*ordering(target, order))
        if limit is not None:
            query = query.limit(limit)
        if offset:
            query = query.offset(offset)
        with translated():
            return [target.from_row(row) for row in self._connection.execute(query)]

    def count(self, kind: type[Any], /, **where: Any) -> int:
        target = self._readable(kind)
        query = select(func.count()).select_from(target.table).where(*conditions(target, where))
        with translated():
            return int(self._connection.execute(query).scalar_one())

    def count_by(self, kind: type[Any], column: str, /, **where: Any) -> Mapping[Any, int]:
        target = self._readable(kind)
        by = field(target, column)
        query = select(by, func.count()).where(*conditions(target, where)).group_by(by)
        with translated():
            return {value: int(number) for value, number in self._connection.execute(query)}

    def stream(self, kind: type[T], /, *, batch: int = 500, **where: Any) -> Iterator[T]:
        target = self._readable(kind)
        key = target.table.c[target.key]
        query = select(*target.table.c).where(*conditions(target, where)).order_by(key).limit(batch)
        following = query
        while True:
            with translated():
                rows = self._connection.execute(following).all()
            yield from map(target.from_row, rows)
            if len(rows) < batch:
                return
            following = query.where(key > rows[-1]._mapping[key])

    def _readable(self, kind: type[T]) -> Mapped[T]:
        if kind is AuditEntry and self._write:
            with translated():
                self._audit.flush()
        return mapped(kind)

    # Changes and jobs

    def next_change(self) -> int:
        connection = self._writing()
        if self._change is None:
            query = select(COUNTERS.c.value).where(COUNTERS.c.name == CHANGE)
            with translated():
                self._change = int(connection.execute(query).scalar_one())
        self._change += 1
        return self._change

    def claim_job(self, job_id: str, worker: str, now: datetime) -> Job | None:
        self._writing()
        job = self.get(Job, job_id)
        if job is None:
            return None
        lapsed = job.state is JobState.RUNNING and (job.lease_until is None or job.lease_until <= now)
        if lapsed and job.attempts >= MAX_ATTEMPTS:
            why = f"{job.attempts} workers died while they did this"
            self.put(replace(job, state=JobState.QUARANTINED, error=why, finished_at=now, lease_until=None))
            return None
        if not lapsed and not (job.state is JobState.WAITING and job.run_after <= now):
            return None
        claimed = replace(
            job, state=JobState.RUNNING, attempts=job.attempts + 1, worker=worker, lease_until=now + LEASE
        )
        self.put(claimed)
        return claimed

    def enqueue(self, job: Job) -> Job:
        self._writing()
        if job.key:
            unfinished = (JobState.WAITING, JobState.RUNNING)
            found = self.list(Job, kind=job.kind, key=job.key, state=unfinished, limit=1)
            if found:
                return found[0]
        self.add(job)
        if job.run_after <= job.created_at:
            self._new_jobs.append(job.id)
        return job

    # Audit

    def audit(self, event: Event, /, *, actor: str, subject: str, at: datetime, **detail: Any) -> AuditEntry:
        self._writing()
        with translated():
            return self._audit.append(event, actor, subject, at, detail)

    def audit_entries(self, start: int = 0, end: int | None = None, **where: Any) -> Iterator[AuditEntry]:
        with translated():
            yield from self._audit.entries(start, end, where)

    def audit_newest(
        self,
        *,
        about: Sequence[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
        **where: Any,
    ) -> builtins.list[AuditEntry]:
        with translated():
            return self._audit.newest(where, about, since, until, before, limit)

    def audit_size(self) -> int:
        return self.audit_frontier().size

    def audit_frontier(self) -> Frontier:
        with translated():
            return self._audit.frontier()

    def audit_stored(self, start: int = 0, end: int | None = None) -> Iterator[StoredEntry]:
        with translated():
            yield from self._audit.raw(start, end)

    def audit_tiles(self, start: int = 0, end: int | None = None) -> Sequence[str]:
        with translated():
            return self._audit.tiles(start, end)

    def audit_leaves(self, start: int, end: int) -> Sequence[bytes]:
        with translated():
            return self._audit.leaves(start, end)


def _writable(kind: type[T]) -> Mapped[T]:
    target = mapped(kind)
    if not target.writable:
        raise TypeError(f"{kind.__name__} rows are written by the unit of work alone")
    return target
