"""Redis goes away in the middle and comes back empty: nothing is lost, nothing waits for a person."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from archive.ports.jobs import BrokerUnavailable
from tests.contracts.jobs import open_house
from tests.servers import redis
from tests.servers.base import EngineMissing, missing

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_jobs_go_on_when_the_broker_is_back(tmp_path: Path) -> None:
    try:
        server = redis.start()
    except EngineMissing as why:
        missing("redis_server", str(why))
    with open_house(server.url, tmp_path) as house:
        house.worker(1)
        house.start("scheduler")
        house.ask()
        house.wait_done()
        server.stop()
        with pytest.raises(BrokerUnavailable):
            house.archive.jobs.ping()
        started = time.monotonic()
        ids = house.ask(count=3)
        assert time.monotonic() - started < 6
        server = redis.start(int(server.details["port"]))
        try:
            house.wait_done(90)
            assert house.times(ids) == dict.fromkeys(ids, 1)
        finally:
            server.stop()
