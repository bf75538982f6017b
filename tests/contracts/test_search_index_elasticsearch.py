from __future__ import annotations

from uuid import uuid4

import pytest

from tests.contracts.search_index import SearchIndexContract
from tests.servers.base import Server


class TestElasticsearch(SearchIndexContract):
    @pytest.fixture
    def address(self, elasticsearch: Server) -> str:
        return f"{elasticsearch.url.partition('?')[0]}?index=t{uuid4().hex}"
