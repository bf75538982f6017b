"""Empty databases of both kinds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.base import Server
from tests.servers.postgres import fresh

NewUrl = Callable[[], str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.engine)])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> NewUrl:
    """Each call answers the url of another empty database."""
    if request.param == "sqlite":
        numbers = iter(range(100))
        return lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"
    server: Server = request.getfixturevalue("postgres")
    return lambda: fresh(server.details["admin"])
