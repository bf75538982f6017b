"""BlobStore: where the bytes are. An OCFL 1.1 storage root plus a receiving area beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol


class StoreUnavailable(Exception):
    """The store does not answer or has no room: nothing was acknowledged, try again later."""


class NotStored(Exception):
    """No such object, version or file."""


class Altered(NotStored):
    """The bytes there are not the ones that were written; `verify` names every such file."""


class VersionConflict(Exception):
    """This version exists already with other content, or its predecessor does not exist."""


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes taken in and durable, named by their SHA-256 (hex); `size` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file under way: durable bytes under a name of the store's own. `upload` is 32 hex digits."""

    upload: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class NewVersion:
    """One OCFL version to write: logical path → bytes, or a file on disk, or the SHA-256 of received bytes.

    `number` counts from 1; `created` carries its time zone. Files equal to ones of an earlier version of the
    object are not stored twice. A file named by a Path is copied.
    """

    object_id: str
    number: int
    files: Mapping[str, bytes | Path | Received]
    created: datetime
    message: str
    person: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    path: str
    sha512: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredVersion:
    number: int
    created: datetime
    message: str
    person: str
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, slots=True)
class Damage:
    """Something wrong in the store. `code`: missing, altered, invalid, orphan."""

    object_id: str
    code: str
    message: str


class BlobStore(Protocol):
    """Contract (tests/contracts/blob_store.py): what returns without an exception is durable and verified;
    object ids and logical paths never become file-system paths outside the root; a version once written never
    changes; writing the same version twice with the same content does nothing."""

    def receive(self, source: BinaryIO, *, max_size: int) -> Received:
        """Take bytes into the receiving area, hashing while writing; durable on return. Equal bytes are there once.

        Raises ValueError when more than `max_size` bytes come, StoreUnavailable when there is no room; what the
        source itself raises comes out as it is."""

    def open_received(self, sha256: str) -> BinaryIO:
        """Raises NotStored."""

    def drop_received(self, sha256: str) -> None:
        """Forget received bytes; no error when they are gone already."""

    def list_received(self) -> Iterator[tuple[Received, datetime]]:
        """What lies in the receiving area, with the time (UTC) it came last."""

    def keep_piece(self, upload: str, source: BinaryIO, *, max_size: int) -> Piece:
        """Take a part of a file in beside the received ones, under a name that no other call gets; durable on return.

        Raises as `receive` does, and ValueError for an upload that is not 32 hex digits."""

    def open_piece(self, piece: Piece) -> BinaryIO:
        """Raises NotStored, Altered where the store notices it."""

    def drop_pieces(self, upload: str) -> None:
        """Forget all pieces of an upload; no error when they are gone already."""

    def list_pieces(self) -> Iterator[tuple[str, datetime]]:
        """Every upload that has pieces, with the time (UTC) the newest came."""

    def put(self, versions: Sequence[NewVersion]) -> None:
        """Write versions, those of one object together and in order; durable on return. An object is written whole
        or not at all; when an exception comes, some objects of the call may be there, and the same call may be
        made again. Versions of several objects in one call are much quicker than one by one.

        Raises ValueError for an id, time or logical path that can't be, NotStored when received bytes are gone,
        VersionConflict, StoreUnavailable."""

    def read(self, object_id: str, number: int, path: str) -> bytes:
        """The bytes, checked against their digest. Raises NotStored, Altered."""

    def open(self, object_id: str, number: int, path: str) -> BinaryIO:
        """A seekable stream of one file; the caller closes it. Raises NotStored."""

    def versions(self, object_id: str) -> tuple[StoredVersion, ...]:
        """All versions, oldest first; empty when there is no such object. Raises Altered."""

    def object_ids(self) -> Iterator[str]:
        """Every object in the root, in no order."""

    def destroy(self, object_id: str) -> None:
        """Remove an object with all versions; on return every part of it is gone. No error when there is none.
        Only the disposal service calls this. Raises StoreUnavailable, also when the server refuses (object
        lock)."""

    def verify(self, object_id: str) -> tuple[Damage, ...]:
        """Read every byte of an object again and compare with its inventory."""

    def ping(self) -> None:
        """Raises StoreUnavailable with one clear sentence."""
