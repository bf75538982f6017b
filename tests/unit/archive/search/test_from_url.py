from __future__ import annotations

from pathlib import Path

import pytest

from archive.adapters.search import from_url
from archive.adapters.search.elastic_index import ElasticIndex
from archive.adapters.search.tantivy_index import TantivyIndex


def test_each_kind_of_url_names_its_engine(tmp_path: Path) -> None:
    assert isinstance(from_url(f"tantivy://{tmp_path}/the%20index"), TantivyIndex)
    for url in (
        "http://127.0.0.1:9200/?index=dangan",
        "https://elastic:s%40cret@search.example:9200/?index=a-b&ca=/etc/ca.pem",
        "http://[::1]:9200",
    ):
        assert isinstance(from_url(url), ElasticIndex)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "dangan",
        "tantivy://relative/folder",
        "tantivy:///",
        "tantivy:///folder#1/index",
        "tantivy:///folder?1/index",
        "ftp://host/",
        "http:///?index=a",
        "http://user:secret@host/?index=../_all",
        "http://user:secret@host/?index=*",
        "http://user:secret@host/?colour=red",
        "http://user:secret@host:port/",
    ],
)
def test_a_wrong_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="search URL: ") as raised:
        from_url(url)
    assert "secret" not in str(raised.value)
