"""The few S3 calls the store leans on, as plain as every server has them, with errors said in the port's words.

The minio client has no parameter for conditional writes and refuses the nanoseconds in versitygw's list of versions;
for these two its request function is called directly.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO
from xml.etree import ElementTree

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error
from minio.retention import Retention

from archive.ports.store import NotStored, StoreUnavailable

PART = 16 << 20
"""Bytes of one part of a large upload; up to three are in memory."""
_ABSENT = {"NoSuchKey", "NoSuchVersion", "NoSuchObject"}


class Precondition(Exception):
    """Someone else wrote this key first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key without the store's prefix; size in bytes, time in UTC."""

    key: str
    size: int
    etag: str
    modified: datetime


@contextlib.contextmanager
def translated(where: str) -> Iterator[None]:
    """NotStored for what is not there, Precondition for a lost race, StoreUnavailable for all else."""
    try:
        yield
    except S3Error as error:
        if error.code in _ABSENT:
            raise NotStored(error.resource or where) from error
        if error.code in {"PreconditionFailed", "ConditionalRequestConflict"}:
            raise Precondition(where) from error
        raise StoreUnavailable(f"the S3 store {where} refuses: {error.code}: {error.message}") from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreUnavailable(f"the S3 store {where} does not answer: {type(error).__name__}") from error


class Bucket:
    """A bucket seen through a key prefix. Every method may raise StoreUnavailable."""

    def __init__(self, client: Minio, name: str, prefix: str) -> None:
        self.client, self.name, self.prefix = client, name, prefix

    def make(self) -> None:
        """Make the bucket where there is none: with object lock (and so versioning) if the server can."""
        with translated(self.name):
            if self.client.bucket_exists(self.name):
                return
            try:
                self.client.make_bucket(self.name, object_lock=True)
            except S3Error as error:
                if error.code in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    return
                if error.code not in {
                    "NotImplemented",
                    "InvalidRequest",
                    "InvalidArgument",
                    "MethodNotAllowed",
                }:
                    raise
                self.client.make_bucket(self.name)

    def put(self, key: str, data: bytes, *, match: str | None = None, create: bool = False) -> str:
        """Write bytes; answers the ETag. With `match` only over that ETag, with `create` only a new key
        (Precondition otherwise)."""
        headers: dict[str, str | list[str] | tuple[str]] = {"Content-Type": "application/octet-stream"}
        if create:
            headers["If-None-Match"] = "*"
        if match is not None:
            headers["If-Match"] = f'"{match}"'
        with translated(self.name):
            return self.client._put_object(self.name, self.prefix + key, data, headers=headers).etag or ""

    def upload(self, key: str, source: BinaryIO, size: int, metadata: Mapping[str, str] | None = None) -> str:
        """Write `size` bytes of a stream, in parts where they are many; answers the ETag."""
        with translated(self.name):
            result = self.client.put_object(
                self.name, self.prefix + key, source, size, part_size=PART, metadata=dict(metadata or {})
            )
            return result.etag or ""

    def put_locked(self, key: str, data: bytes, retention: Retention) -> str:
        """Write bytes that the server keeps until a time; answers the version."""
        with translated(self.name):
            result = self.client.put_object(
                self.name, self.prefix + key, io.BytesIO(data), len(data), retention=retention
            )
            return result.version_id or ""

    def copy(self, source: str, target: str) -> str:
        """Copy on the server; answers the ETag. Raises NotStored."""
        with translated(self.name):
            origin = CopySource(self.name, self.prefix + source)
            return self.client.copy_object(self.name, self.prefix + target, origin).etag or ""

    def get(self, key: str) -> tuple[bytes, str]:
        """Bytes and ETag. Raises NotStored."""
        with translated(self.name):
            response = self.client.get_object(self.name, self.prefix + key)
            try:
                return response.read(), response.headers.get("etag", "").strip('"')
            finally:
                response.close()
                response.release_conn()

    def chunks(self, key: str) -> Iterator[bytes]:
        """The bytes of a key, in pieces. Raises NotStored."""
        with translated(self.name):
            response = self.client.get_object(self.name, self.prefix + key)
            try:
                yield from response.stream(1 << 20)
            finally:
                response.close()
                response.release_conn()

    def metadata(self, key: str) -> tuple[int, str, Mapping[str, str]]:
        """Size, ETag and what `upload` was given. Raises NotStored."""
        with translated(self.name):
            found = self.client.stat_object(self.name, self.prefix + key)
            meant = {k.lower(): v for k, v in (found.metadata or {}).items()}
            mark = "x-amz-meta-"
            return (
                found.size or 0,
                found.etag or "",
                {k[len(mark) :]: v for k, v in meant.items() if k.startswith(mark)},
            )

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Every key below, in order."""
        with translated(self.name):
            for found in self.client.list_objects(self.name, prefix=self.prefix + prefix, recursive=True):
                yield Entry(
                    (found.object_name or "")[len(self.prefix) :],
                    found.size or 0,
                    (found.etag or "").strip('"'),
                    found.last_modified or datetime.now(UTC),
                )

    def remove_version(self, key: str, version: str) -> None:
        """One version of one key. Raises StoreUnavailable when the server refuses."""
        with translated(self.name):
            self.client.remove_object(self.name, self.prefix + key, version_id=version or None)

    def erase(self, prefix: str) -> None:
        """Every version of every key that begins so, and every delete marker; nothing is left on return."""
        while found := self._versions(prefix):
            self._remove(found)

    def erase_key(self, key: str) -> None:
        """Every version of one key."""
        exact = self.prefix + key
        while found := [one for one in self._versions(key) if one[0] == exact]:
            self._remove(found)

    def _remove(self, versions: Sequence[tuple[str, str | None]]) -> None:
        with translated(self.name):
            errors = list(self.client.remove_objects(self.name, [DeleteObject(*one) for one in versions]))
        refused = [error for error in errors if error.code not in _ABSENT]  # someone else removes them too
        if refused:
            raise StoreUnavailable(f"the S3 store refuses to delete {refused[0].name}: {refused[0].code}")

    def _versions(self, prefix: str) -> Sequence[tuple[str, str | None]]:
        """Up to 1,000 (full key, version) below a prefix."""
        query: dict[str, str | list[str] | tuple[str]] = {
            "versions": "",
            "prefix": self.prefix + prefix,
            "max-keys": "1000",
        }
        with translated(self.name):
            answer = self.client._execute("GET", self.name, query_params=query)
        found: list[tuple[str, str | None]] = []
        for element in ElementTree.fromstring(answer.data):
            if element.tag.rpartition("}")[2] in {"Version", "DeleteMarker"}:
                said = {child.tag.rpartition("}")[2]: child.text or "" for child in element}
                found.append((said["Key"], said.get("VersionId") or None))
        return found
