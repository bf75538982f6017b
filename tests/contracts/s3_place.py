"""A place of its own, a fresh prefix, in the bucket of a real S3 server."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from archive.adapters.store import from_url, ocfl
from archive.adapters.store.s3 import S3Store
from archive.adapters.store.s3_calls import Bucket
from tests.servers.base import Server


class S3Place:
    def __init__(self, server: Server) -> None:
        self.url = f"{server.url}&prefix=试 {secrets.token_hex(4)}/"

    def open(self) -> S3Store:
        store = from_url(self.url)
        assert isinstance(store, S3Store)
        return store

    def raw(self, object_id: str) -> Mapping[str, bytes]:
        bucket, folder = self.bucket(), self._folder(object_id)
        return {e.key.removeprefix(folder): bucket.get(e.key)[0] for e in bucket.entries(folder)}

    def damage(self, object_id: str, name: str, data: bytes | None) -> None:
        key = self._folder(object_id) + name
        if data is None:
            self.bucket().erase_key(key)
        else:
            self.bucket().put(key, data)

    def download(self, target: Path) -> Path:
        bucket = self.bucket()
        for entry in bucket.entries("ocfl/"):
            path = target / entry.key.removeprefix("ocfl/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bucket.get(entry.key)[0])
        return target

    def bucket(self) -> Bucket:
        return self.open()._ready()

    def _folder(self, object_id: str) -> str:
        return f"ocfl/{ocfl.object_path(object_id)}/"
