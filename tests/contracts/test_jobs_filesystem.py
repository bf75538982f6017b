"""Jobs over the folder broker."""

from __future__ import annotations

import pytest

from tests.contracts.jobs import JobsContract

pytestmark = pytest.mark.slow


class TestFilesystem(JobsContract):
    @pytest.fixture
    def broker_url(self) -> str:
        return "filesystem://"

    @pytest.fixture(scope="class")
    @classmethod
    def shared_url(cls) -> str:
        return "filesystem://"

    @pytest.fixture
    def away_url(self) -> str:
        return "filesystem://"
