"""Jobs over Redis."""

from __future__ import annotations

import pytest
import redis

from tests.contracts.jobs import JobsContract
from tests.servers.base import Server, free_port

pytestmark = pytest.mark.slow


class TestRedis(JobsContract):
    @pytest.fixture
    def broker_url(self, redis_server: Server) -> str:
        with redis.Redis.from_url(redis_server.url) as client:
            client.flushdb()
        return redis_server.url

    @pytest.fixture(scope="class")
    @classmethod
    def shared_url(cls, redis_server: Server) -> str:
        return redis_server.url.removesuffix("/0") + "/1"

    @pytest.fixture
    def away_url(self) -> str:
        return f"redis://127.0.0.1:{free_port()}/0"
