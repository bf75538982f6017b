"""A log in a real database, rewritten by whoever has its file or its server, triggers dropped."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text

from archive.adapters.db.engine import make_engine
from archive.adapters.db.migrations import upgrade
from archive.adapters.db.unit_of_work import make_factory
from archive.domain.audit_model import Event
from archive.domain.audit_verify import Verdict, verify_log
from archive.domain.checkpoints import Checkpoint, checkpoint_detail, sign_checkpoint
from archive.domain.merkle import TILE
from tests.contracts.domain_values import NOON
from tests.integration.db.conftest import NewUrl
from tests.unit.archive.audit.test_verify_log import signer

pytestmark = pytest.mark.slow

ENTRIES = 5 * TILE + 40
"""So many that every table of the log has five rows or more, but for the tree's one."""


def verify(engine: Engine) -> Verdict:
    with make_factory(engine, lambda _: None)() as unit:
        try:
            frontier = unit.audit_frontier()
        except ValueError:
            frontier = None
        return verify_log(
            unit.audit_stored(),
            frontier,
            unit.list(Checkpoint),
            tiles=unit.audit_tiles(),
            verifiers=[signer().verifier],
        )


def write_log(engine: Engine) -> None:
    with make_factory(engine, lambda _: None)(write=True) as unit:
        for number in range(ENTRIES):
            if number % TILE == 500:
                point = sign_checkpoint(unit.audit_frontier(), NOON, signer())
                unit.add(point)
                detail = checkpoint_detail(point)
                unit.audit(Event.CHECKPOINT_SIGNED, actor="system", subject="audit", at=NOON, **detail)
            unit.audit(Event.PAGE_VIEWED, actor=f"p{number % 7}", subject=f"r{number}", at=NOON, page=number)
        unit.commit()


@pytest.fixture
def log(new_url: NewUrl) -> Engine:
    engine = make_engine(new_url())
    upgrade(engine)
    write_log(engine)
    assert verify(engine).ok
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars()
            for name in list(names):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("DROP FUNCTION audit_append_only CASCADE"))
    return engine


def tables(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    found = inspect(engine)
    return {name: found.get_columns(name) for name in found.get_table_names() if "audit" in name}


def try_on(engine: Engine, rewrite: Callable[[Any], None]) -> Verdict:
    """Rewrite, verify, and put everything back."""
    with engine.connect() as connection:
        before = {
            name: connection.execute(text(f"SELECT * FROM {name}")).mappings().all()
            for name in tables(engine)
        }
    with engine.begin() as connection:
        rewrite(connection)
    verdict = verify(engine)
    with engine.begin() as connection:
        for name, rows in before.items():
            connection.execute(text(f"DELETE FROM {name}"))
            names = list(rows[0])
            values = ", ".join(f":{column}" for column in names)
            connection.execute(
                text(f"INSERT INTO {name} ({', '.join(names)}) VALUES ({values})"),
                [dict(row) for row in rows],
            )
    return verdict


def test_every_rewriting_is_found(log: Engine) -> None:
    rng = random.Random(7)
    tried = 0
    for name, columns in tables(log).items():
        key = columns[0]["name"]
        texts = [c["name"] for c in columns if "TEXT" in repr(c["type"]).upper()]
        with log.connect() as connection:
            keys = connection.execute(text(f"SELECT {key} FROM {name} ORDER BY {key}")).scalars().all()
        chosen = rng.sample(list(keys), 1)
        rewrites = [
            f"UPDATE {name} SET {column} = {column} || 'x' WHERE {key} = :a"
            for column in texts
            if column != key or name != "audit_checkpoints"
        ]
        rewrites += [f"DELETE FROM {name} WHERE {key} = :a", f"DELETE FROM {name} WHERE {key} >= :a"]
        for sql, at in itertools.product(rewrites, chosen):
            verdict = try_on(log, lambda c, sql=sql, at=at: c.execute(text(sql), {"a": at}))  # type: ignore[misc]
            tried += 1
            assert not verdict.ok, (sql, at)
        if len(keys) > 1:
            for column in texts:
                first, second = rng.sample(list(keys), 2)
                swap = (
                    f"UPDATE {name} SET {column} = (SELECT o.{column} FROM {name} o WHERE o.{key} = "
                    f"CASE WHEN {name}.{key} = :a THEN :b ELSE :a END) WHERE {key} IN (:a, :b)"
                )
                with log.connect() as connection:
                    both = connection.execute(
                        text(f"SELECT {column} FROM {name} WHERE {key} IN (:a, :b)"),
                        {"a": first, "b": second},
                    ).scalars()
                    same = len(set(both)) < 2
                if same or column == key:
                    continue
                values = {"a": first, "b": second}
                verdict = try_on(log, lambda c, swap=swap, values=values: c.execute(text(swap), values))  # type: ignore[misc]
                tried += 1
                assert not verdict.ok, swap
    assert tried > 20
    assert verify(log).ok
    log.dispose()


COLUMNS = "at, event, actor, subject, detail, leaf"


def insert_at(connection: Any, number: int) -> None:
    """Move all later entries on and put a copy of an honest one between."""
    for step in ("-number - 1 WHERE number >= :a", "-number WHERE number < 0"):
        connection.execute(text(f"UPDATE audit_entries SET number = {step}"), {"a": number})
    copied = f"INSERT INTO audit_entries (number, {COLUMNS}) SELECT :a, {COLUMNS} FROM audit_entries"
    connection.execute(text(f"{copied} WHERE number = 3"), {"a": number})


def exchange(connection: Any, first: int, second: int) -> None:
    """Two entries in each other's place."""
    for old, new in ((first, -1), (second, first), (-1, second)):
        connection.execute(
            text("UPDATE audit_entries SET number = :new WHERE number = :old"), {"new": new, "old": old}
        )


def first_altered(verdict: Verdict) -> int | None:
    return min(
        (p.number for p in verdict.problems if p.code == "altered" and p.number is not None), default=None
    )


def test_an_inserted_entry_and_an_exchange_are_named(log: Engine) -> None:
    """The entry itself is named; what cannot be trusted may begin before it, where the last checkpoint was met."""
    verdict = try_on(log, lambda c: insert_at(c, 2500))
    assert not verdict.ok
    assert first_altered(verdict) == 2500
    assert verdict.first_bad is not None
    assert verdict.first_bad <= 2500
    end = verify(log).size
    verdict = try_on(log, lambda c: insert_at(c, end))
    assert first_altered(verdict) == end
    verdict = try_on(log, lambda c: exchange(c, 1200, 4100))
    assert first_altered(verdict) == 1200
    log.dispose()


def test_the_first_bad_entry_is_named(log: Engine) -> None:
    verdict = try_on(
        log, lambda c: c.execute(text("UPDATE audit_entries SET actor = 'x' WHERE number = 777"))
    )
    assert verdict.first_bad == 777
    verdict = try_on(log, lambda c: c.execute(text("DELETE FROM audit_entries WHERE number >= 5000")))
    assert (verdict.first_bad, verdict.size) == (5000, 5000)
    log.dispose()
