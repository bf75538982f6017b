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


def test_the_first_bad_entry_is_named(log: Engine) -> None:
    verdict = try_on(
        log, lambda c: c.execute(text("UPDATE audit_entries SET actor = 'x' WHERE number = 777"))
    )
    assert verdict.first_bad == 777
    verdict = try_on(log, lambda c: c.execute(text("DELETE FROM audit_entries WHERE number >= 5000")))
    assert (verdict.first_bad, verdict.size) == (5000, 5000)
    log.dispose()
