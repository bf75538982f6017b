"""One session fixture per engine: started at first use, stopped at the end of the run."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from tests.servers.base import ENGINES, EngineMissing, Server, missing

_gone: dict[str, str] = {}


def _running(name: str) -> Iterator[Server]:
    if name in _gone:
        missing(name, _gone[name])
    try:
        server: Server = importlib.import_module(ENGINES[name]).start()
    except EngineMissing as why:
        _gone[name] = str(why)
        missing(name, str(why))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def minio() -> Iterator[Server]:
    """A MinIO server; url is a DANGAN_STORE_URL."""
    yield from _running("minio")


@pytest.fixture(scope="session")
def versitygw() -> Iterator[Server]:
    """A versitygw server, the second S3; url is a DANGAN_STORE_URL."""
    yield from _running("versitygw")


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[Server]:
    """An Elasticsearch 9 node; url is a DANGAN_SEARCH_URL."""
    yield from _running("elasticsearch")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server; url is a DANGAN_DATABASE_URL."""
    yield from _running("postgres")


@pytest.fixture(scope="session")
def clamd() -> Iterator[Server]:
    """A clamd that knows one signature of our own; url is a DANGAN_CLAMD."""
    yield from _running("clamd")


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Server]:
    """A Redis server; url is a DANGAN_BROKER_URL."""
    yield from _running("redis_server")
