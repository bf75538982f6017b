"""Engines: what a broken database says, and that no connection crosses a fork."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from archive.adapters.db.engine import make_engine
from archive.adapters.db.migrations import upgrade
from archive.adapters.db.unit_of_work import make_factory
from archive.domain.jobs import Setting
from archive.domain.records import Record
from archive.ports.unit_of_work import DatabaseUnavailable
from tests.contracts.domain_values import record
from tests.contracts.unit_of_work import save
from tests.integration.db.conftest import NewUrl
from tests.servers.base import Server, free_port
from tests.servers.postgres import fresh


@pytest.fixture
def engine(new_url: NewUrl) -> Iterator[Engine]:
    engine = make_engine(new_url())
    upgrade(engine)
    yield engine
    engine.dispose()


def test_a_forked_child_has_connections_of_its_own(engine: Engine) -> None:
    units = make_factory(engine, lambda _: None)
    with units(write=True) as parents:
        parents.add(Setting("parent", os.getpid()))
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with units() as unit:
                    code = 0 if unit.count(Setting) == 0 else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        parents.commit()
    with units() as unit:
        assert unit.get(Setting, "parent") == Setting("parent", os.getpid())


def test_many_forked_children_write(engine: Engine) -> None:
    units = make_factory(engine, lambda _: None)
    with units() as unit:
        assert unit.count(Record) == 0
    children = []
    for number in range(4):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for turn in range(10):
                    with units(write=True) as unit:
                        unit.add(record(f"{number}-{turn}", change=unit.next_change()))
                        unit.commit()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    with units() as unit:
        assert sorted(found.change for found in unit.stream(Record)) == list(range(1, 41))


@pytest.mark.parametrize("url", ["mysql://a@b/c", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///path"):
        make_engine(url)


def test_a_server_that_is_not_there() -> None:
    engine = make_engine(f"postgresql://dangan@127.0.0.1:{free_port()}/nothing")
    started = time.monotonic()
    with pytest.raises(DatabaseUnavailable, match="does not answer"):
        upgrade(engine)
    assert time.monotonic() - started < 6


def test_a_password_stays_out_of_messages() -> None:
    engine = make_engine(f"postgresql://dangan:geheim@127.0.0.1:{free_port()}/nothing")
    with pytest.raises(DatabaseUnavailable) as caught:
        upgrade(engine)
    assert "geheim" not in str(caught.value)
    assert "geheim" not in repr(engine)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database" * 100)
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        upgrade(make_engine(f"sqlite:///{tmp_path}/x.db"))


def test_a_full_database_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=300"))
    upgrade(engine)
    units = make_factory(engine, lambda _: None)
    kept = 0

    def fill() -> None:
        nonlocal kept
        while True:
            save(units, *(record(f"{kept:04}-{n}", title="x" * 4000) for n in range(20)))
            kept += 1

    with pytest.raises(DatabaseUnavailable, match="full"):
        fill()
    assert kept > 0
    with units() as unit:
        assert unit.count(Record) == 20 * kept
    engine.dispose()


def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.connect() as connection:
        asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in SETTINGS}
    assert asked == SETTINGS
    engine.dispose()


SETTINGS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_server_that_comes_back_is_used_again(postgres: Server) -> None:
    """Connections that the server has dropped are noticed before they are used."""
    engine = make_engine(fresh(postgres.details["admin"]))
    upgrade(engine)
    units = make_factory(engine, lambda _: None)
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(postgres.details["admin"], autocommit=True) as admin:
        with units(write=True) as unit:
            unit.add(record("r1"))
            unit.commit()
        with units(write=True) as unit:
            unit.add(record("r2"))
            admin.execute(drop, (engine.url.database,))
            with pytest.raises(DatabaseUnavailable):
                unit.commit()
        admin.execute(drop, (engine.url.database,))
    with units() as unit:
        assert [found.id for found in unit.list(Record)] == ["r1"]
    engine.dispose()
