"""UnitOfWork on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.adapters.db.engine import make_engine
from archive.adapters.db.migrations import upgrade
from archive.adapters.db.unit_of_work import make_factory
from tests.contracts.unit_of_work import Make, UnitOfWorkContract


class TestSqlite(UnitOfWorkContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Iterator[Make]:
        engine = make_engine(f"sqlite:///{tmp_path}/catalogue.db")
        upgrade(engine)
        yield lambda hint: make_factory(engine, hint)
        engine.dispose()
