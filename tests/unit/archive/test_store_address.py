"""DANGAN_STORE_URL: what it may say and how it says no."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.adapters.store import from_url
from archive.adapters.store.folder import FolderStore
from archive.adapters.store.s3 import S3Store


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    store = from_url(f"folder://{tmp_path}/%E6%A1%A3%E6%A1%88")
    assert isinstance(store, FolderStore)
    assert (tmp_path / "档案" / "ocfl" / "0=ocfl_1.1").read_bytes() == b"ocfl_1.1\n"


@pytest.mark.parametrize(
    "url",
    [
        "s3://key:s%2Fcret@store.example:9000/bucket?secure=0&prefix=a/",
        "s3://[::1]:9000/bucket",
        "s3://store.example/bucket?region=cn-north-1",
    ],
)
def test_an_s3_store_is_not_asked_before_its_first_use(url: str) -> None:
    assert isinstance(from_url(url, key="k", secret="s"), S3Store)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/var/lib/store",
        "folder:",
        "folder://host/path",
        "http://key:secret@host/bucket",
        "s3://key:secret@host",
        "s3://key:secret@host/",
        "s3://key:secret@host/bucket/more",
        "s3://key:secret@host/bucket?sceure=0",
        "s3://host/bucket",
        "folder:///var/lib/a?b",
        "folder:///var/lib/a#b",
        "folder:relative",
    ],
)
def test_a_wrong_address_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(
        ValueError, match=r"folder:///path or s3://|needs a key and a secret|%23 and %3F"
    ) as caught:
        from_url(url)
    assert ":secret@" not in str(caught.value).replace("key:secret@host:port", "")
