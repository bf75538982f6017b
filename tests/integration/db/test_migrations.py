"""What the revisions make is what the tables say, on both databases."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text

from archive.adapters.db.engine import make_engine
from archive.adapters.db.migrations import current, head, upgrade
from archive.adapters.db.tables import METADATA
from archive.adapters.db.unit_of_work import make_factory
from archive.domain.audit_model import Event
from archive.ports.unit_of_work import DatabaseUnavailable
from tests.contracts.domain_values import NOON
from tests.integration.db.conftest import NewUrl


def plain(index: Any) -> str:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return repr({**index, "dialect_options": options})


def shape(engine: Engine) -> dict[str, Any]:
    """Everything the database knows of its tables, in comparable form."""
    found = inspect(engine)
    tables = sorted(set(found.get_table_names()) - {"alembic_version"})
    return {
        table: {
            "columns": [
                (c["name"], repr(c["type"]), c["nullable"], str(c["default"]))
                for c in found.get_columns(table)
            ],
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted(map(plain, found.get_indexes(table))),
            "unique": sorted(map(repr, found.get_unique_constraints(table))),
            "references": sorted(map(repr, found.get_foreign_keys(table))),
            "checks": sorted(c["sqltext"] for c in found.get_check_constraints(table)),
        }
        for table in tables
    }


def test_revisions_make_what_the_tables_say(new_url: NewUrl) -> None:
    """When this fails after a field was added: python -m archive.adapters.db.migrations "what changed"."""
    migrated, wanted = make_engine(new_url()), make_engine(new_url())
    upgrade(migrated)
    METADATA.create_all(wanted)
    made, expected = shape(migrated), shape(wanted)
    assert set(made) == set(METADATA.tables)
    for table in made:
        assert made[table] == expected[table], table
    migrated.dispose()
    wanted.dispose()


@pytest.mark.slow
def test_an_up_to_date_database_is_known_at_once_without_alembic(new_url: NewUrl) -> None:
    url = new_url()
    upgrade(make_engine(url))
    code = (
        "import sys, time; from archive.adapters.db import make_engine, upgrade; engine = make_engine(sys.argv[1]);"
        "engine.connect().close(); start = time.perf_counter(); upgrade(engine);"
        "print(time.perf_counter() - start, 'alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    seconds, imported = done.stdout.split()
    assert imported == "False"
    assert float(seconds) < 0.2


def test_starting_at_once_makes_one_database(new_url: NewUrl) -> None:
    url = new_url()
    engines = [make_engine(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, engines))
    with engines[0].connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM counters")).scalar_one() == 1
    assert current(engines[0]) == head()
    for engine in engines:
        engine.dispose()


def test_a_newer_database_is_refused(new_url: NewUrl) -> None:
    engine = make_engine(new_url())
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="newer version"):
        upgrade(engine)
    engine.dispose()


def test_the_log_cannot_be_rewritten_by_sql(new_url: NewUrl) -> None:
    engine = make_engine(new_url())
    upgrade(engine)
    with make_factory(engine, lambda _: None)(write=True) as unit:
        unit.audit(Event.ARCHIVE_CREATED, actor="operator", subject="archive", at=NOON)
        unit.commit()
    attempts = ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries"]
    if engine.dialect.name == "postgresql":
        attempts.append("TRUNCATE audit_entries")
    for attempt in attempts:
        with engine.connect() as connection, pytest.raises(Exception, match="only ever appended to"):
            connection.execute(text(attempt))
    engine.dispose()


def test_upgrading_twice_keeps_what_is_there(new_url: NewUrl) -> None:
    engine = make_engine(new_url())
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE counters SET value = 7"))
    started = time.monotonic()
    upgrade(engine)
    assert time.monotonic() - started < 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM counters")).scalar_one() == 7
    engine.dispose()
