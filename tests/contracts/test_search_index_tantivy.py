from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.search_index import SearchIndexContract


class TestTantivy(SearchIndexContract):
    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return f"tantivy://{tmp_path}/index"
