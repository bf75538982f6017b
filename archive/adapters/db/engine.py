"""Engines: SQLite in WAL mode or PostgreSQL by psycopg 3. Made by a call, one per process, never at
import."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Pool, create_engine, event, exc
from sqlalchemy.engine import URL, make_url

from archive.ports.unit_of_work import Conflict, DatabaseUnavailable

BUSY_SECONDS = 30
"""How long a writer waits for its turn."""

_POOL = {"pool_size": 5, "max_overflow": 45, "pool_timeout": BUSY_SECONDS}
"""A connection for each thread that a web server may have at work, kept open only for a few."""

WRITE = "dangan_write"
"""Execution option of a connection: its transactions take the write lock when they begin."""

_inherited: list[Pool] = []
"""Pools of a parent process. Closing their connections in a child would disturb the parent's locks (SQLite)
and conversations (PostgreSQL), so a child keeps them untouched."""


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://user@host/name`. Raises ValueError for anything
    else."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise ValueError("the database must be sqlite:///path or postgresql://user@host/name") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        engine = _sqlite(parsed)
    elif backend == "postgresql":
        engine = _postgresql(parsed)
    else:
        raise ValueError(f"the database must be sqlite:///path or postgresql://…, not {backend}")
    _renew_after_fork(engine)
    return engine


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: sqlite:///path")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    options = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url.set(drivername="sqlite"), connect_args=options, **_POOL)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; sqlite3 would begin too late
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-8000")
        connection.execute("PRAGMA temp_store=MEMORY")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            "application_name": "dangan",
            "options": f"-c lock_timeout={BUSY_SECONDS * 1000}",
        },
        **_POOL,
    )


def _renew_after_fork(engine: Engine) -> None:
    reference = weakref.ref(engine)

    def in_child() -> None:
        mine = reference()
        if mine is not None:
            _inherited.append(mine.pool)
            mine.dispose(close=False)

    os.register_at_fork(after_in_child=in_child)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into the port's: Conflict, DatabaseUnavailable, and ValueError for a value that
    cannot be stored (which would be no better on another try)."""
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict(_sentence(error)) from error
    except exc.DBAPIError as error:
        if isinstance(error, exc.DataError) or getattr(error.orig, "sqlstate", None) in _VALUE_STATES:
            raise ValueError(f"a value cannot be stored: {_sentence(error)}") from error
        raise DatabaseUnavailable(f"the database does not answer: {_sentence(error)}") from error
    except exc.StatementError as error:
        if isinstance(error.orig, (ValueError, TypeError)):
            raise error.orig from None
        raise
    except exc.TimeoutError as error:
        raise DatabaseUnavailable("the database has no free connection") from error
    except OverflowError as error:
        raise ValueError(f"a value cannot be stored: {error}") from error


_VALUE_STATES = {"54000"}
"""PostgreSQL's program_limit_exceeded: a value too long for an index."""


def _sentence(error: exc.StatementError) -> str:
    """The driver's own words without the statement and its parameters, which may be secret."""
    return str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
