"""UnitOfWork on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.adapters.db.engine import make_engine
from archive.adapters.db.migrations import upgrade
from archive.adapters.db.unit_of_work import make_factory
from tests.contracts.unit_of_work import Make, UnitOfWorkContract
from tests.servers.base import Server
from tests.servers.postgres import fresh


@pytest.fixture(scope="module")
def template(postgres: Server) -> str:
    """The name of a migrated, empty database that others are copied from."""
    url = fresh(postgres.details["admin"])
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    return url.rsplit("/", 1)[1]


class TestPostgres(UnitOfWorkContract):
    @pytest.fixture
    def make(self, postgres: Server, template: str) -> Iterator[Make]:
        engine = make_engine(fresh(postgres.details["admin"], template))
        yield lambda hint: make_factory(engine, hint)
        engine.dispose()
