"""The contract of BlobStore on a folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from archive.adapters.store import from_url, ocfl
from archive.ports.store import BlobStore
from tests.contracts.blob_store import BlobStoreContract, Place


class FolderPlace:
    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self) -> BlobStore:
        return from_url(f"folder://{self.root}")

    def raw(self, object_id: str) -> Mapping[str, bytes]:
        folder = self._folder(object_id)
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    def damage(self, object_id: str, name: str, data: bytes | None) -> None:
        path = self._folder(object_id) / name
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)

    def download(self, target: Path) -> Path:
        shutil.copytree(self.root / "ocfl", target)
        return target

    def _folder(self, object_id: str) -> Path:
        return self.root / "ocfl" / ocfl.object_path(object_id)


class TestFolderStore(BlobStoreContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        return FolderPlace(tmp_path / "档案 store")
