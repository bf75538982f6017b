"""S3Store: the same OCFL 1.1 storage root as keys of a bucket.

    ocfl/…      the storage root; downloaded, it is one for every OCFL tool
    received/…  bytes taken in, named by their SHA-256
    pieces/…    parts of files under way, below the id of each
    staging/…   which objects a writer has under way; old ones are put right when a store is opened
    canary/…    locked keys that prove the object lock

A version is visible when the object's own inventory.json names it. That key is written last and only over the one it
was made from (If-Match, If-None-Match), so of two writers one wins. Content keys carry their digest, so writers never
write different bytes to one of them; after the inventory the object is listed and compared with what was sent.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from tempfile import NamedTemporaryFile, SpooledTemporaryFile
from typing import IO, BinaryIO, TypeVar, cast

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.retention import Retention

from archive.adapters.store import ocfl
from archive.adapters.store.check import damages
from archive.adapters.store.ocfl import INVENTORY, Inventory
from archive.adapters.store.pieces import hex_name
from archive.adapters.store.s3_calls import Bucket, Precondition
from archive.adapters.store.s3_settle import compare, folder_of, load, settle, settle_abandoned
from archive.adapters.store.s3_write import Draft, draft
from archive.ports.store import (
    Altered,
    Damage,
    NewVersion,
    NotStored,
    Piece,
    Received,
    StoredVersion,
    StoreUnavailable,
)

CHUNK = 1 << 20
IN_MEMORY = 8 << 20
"""Bytes up to which an opened file stays in memory."""
ROUNDS = 20
"""How often a put starts again because others write the same objects."""
AT_ONCE = 8
"""Requests under way at once in one call."""
ABANDONED = timedelta(hours=1)
"""After this time a writer's mark is one of a writer that is gone."""
T = TypeVar("T")
R = TypeVar("R")


class S3Store:
    """BlobStore in a bucket of any S3 server with conditional writes. Safe for threads; one per process."""

    def __init__(self, client: Minio, bucket: str, prefix: str = "") -> None:
        """`prefix` begins every key. The server is asked at first use."""
        self._bucket = Bucket(client, bucket, prefix)
        self._opening = threading.Lock()
        self._opened = False

    @classmethod
    def connect(
        cls,
        endpoint: str,
        bucket: str,
        *,
        key: str,
        secret: str,
        secure: bool = True,
        prefix: str = "",
        region: str | None = None,
    ) -> S3Store:
        """A store at host:port, with time limits and retries for a server that comes back soon."""
        retries = urllib3.Retry(total=3, backoff_factor=0.3, status_forcelist=(500, 502, 503, 504))
        timeout = urllib3.Timeout(connect=3, read=60)
        pool = urllib3.PoolManager(maxsize=2 * AT_ONCE, timeout=timeout, retries=retries)
        client = Minio(
            endpoint, access_key=key, secret_key=secret, secure=secure, region=region, http_client=pool
        )
        return cls(client, bucket, prefix)

    def receive(self, source: BinaryIO, *, max_size: int) -> Received:
        with _spool(source, max_size) as (spool, sha256, sha512, size):
            key = f"received/{sha256}"
            self._ready().upload(key, spool, size, {"sha512": sha512})
        if self._bucket.metadata(key)[0] != size:
            raise StoreUnavailable("the S3 store did not keep what was sent")
        return Received(sha256, size)

    def keep_piece(self, upload: str, source: BinaryIO, *, max_size: int) -> Piece:
        key = f"pieces/{hex_name(upload)}/{secrets.token_hex(16)}"
        with _spool(source, max_size) as (spool, sha256, _, size):
            self._ready().upload(key, spool, size)
        if self._bucket.metadata(key)[0] != size:
            raise StoreUnavailable("the S3 store did not keep what was sent")
        return Piece(upload, key.rpartition("/")[2], sha256, size)

    def open_piece(self, piece: Piece) -> BinaryIO:
        self._ready()
        return self._fetch(
            f"pieces/{hex_name(piece.upload)}/{hex_name(piece.name)}", piece.size, "sha256", piece.sha256
        )

    def drop_pieces(self, upload: str) -> None:
        self._ready().erase(f"pieces/{hex_name(upload)}/")

    def list_pieces(self) -> Iterator[tuple[str, datetime]]:
        newest: dict[str, datetime] = {}
        for entry in self._ready().entries("pieces/"):
            upload = entry.key.split("/")[1]
            newest[upload] = max(entry.modified, newest.get(upload, entry.modified))
        yield from newest.items()

    def open_received(self, sha256: str) -> BinaryIO:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise NotStored("received bytes are named by their SHA-256")
        key = f"received/{sha256}"
        return self._fetch(key, self._ready().metadata(key)[0], "sha256", sha256)

    def drop_received(self, sha256: str) -> None:
        if re.fullmatch(r"[0-9a-f]{64}", sha256):
            self._ready().erase(f"received/{sha256}")

    def list_received(self) -> Iterator[tuple[Received, datetime]]:
        for entry in self._ready().entries("received/"):
            yield Received(entry.key.rpartition("/")[2], entry.size), entry.modified

    def put(self, versions: Sequence[NewVersion]) -> None:
        groups: dict[str, list[NewVersion]] = {}
        for new in versions:
            ocfl.check_version(new)
            groups.setdefault(new.object_id, []).append(new)
        waiting: list[Sequence[NewVersion]] = list(groups.values())
        self._ready()
        for _ in range(ROUNDS):
            if not waiting:
                return
            waiting = self._write(waiting)
        raise StoreUnavailable("others keep writing the same objects; try again")

    def read(self, object_id: str, number: int, path: str) -> bytes:
        key, sha512, _ = self._locate(object_id, number, path)
        data, _ = self._bucket.get(key)
        if hashlib.sha512(data).hexdigest() != sha512:
            raise Altered(f"{path} of version {number} of {object_id} is not what was written")
        return data

    def open(self, object_id: str, number: int, path: str) -> BinaryIO:
        key, sha512, name = self._locate(object_id, number, path)
        return self._fetch(key, self._bucket.metadata(key)[0], "sha512", sha512, name)

    def versions(self, object_id: str) -> tuple[StoredVersion, ...]:
        self._ready()
        found = load(self._bucket, object_id)
        if found is None:
            return ()
        folder = folder_of(object_id)
        sizes = {entry.key.removeprefix(folder): entry.size for entry in self._bucket.entries(folder)}
        return ocfl.stored_versions(found[0], {d: sizes.get(p, 0) for d, p in found[0].contents.items()})

    def object_ids(self) -> Iterator[str]:
        for entry in self._ready().entries("ocfl/"):
            parts = entry.key.split("/")
            if len(parts) != 4 or parts[3] != INVENTORY or parts[1] == "extensions":
                continue
            object_id = ocfl.id_of_folder(parts[2])
            if object_id is None:
                object_id = Inventory.parse(self._bucket.get(entry.key)[0]).object_id
            yield object_id

    def destroy(self, object_id: str) -> None:
        try:
            self._ready().erase(folder_of(object_id))
        except NotStored:
            return  # an id that can't be one

    def verify(self, object_id: str) -> tuple[Damage, ...]:
        bucket, folder = self._ready(), folder_of(object_id)
        names = [entry.key.removeprefix(folder) for entry in bucket.entries(folder)]
        return damages(
            object_id, names, lambda n: bucket.get(folder + n)[0], lambda n: self._sha512(folder + n)
        )

    def ping(self) -> None:
        self._ready()
        try:
            self._bucket.metadata("ocfl/0=ocfl_1.1")
        except NotStored as error:
            raise StoreUnavailable(f"the storage root in bucket {self._bucket.name} is gone") from error

    def lock_works(self) -> bool:
        """Whether the server really refuses to delete a locked version: one is written and tried on.

        The canary is locked for a minute; earlier ones are removed on the way."""
        bucket = self._ready()
        with contextlib.suppress(StoreUnavailable):  # one of the last minute is locked still
            bucket.erase("canary/")
        key = f"canary/{secrets.token_hex(8)}"
        until = datetime.now(UTC) + timedelta(minutes=1)
        try:
            version = bucket.put_locked(key, b"canary\n", Retention(COMPLIANCE, until))
        except StoreUnavailable:
            self.ping()
            return False  # it answers, so this is a bucket without object lock
        try:
            bucket.remove_version(key, version)
        except StoreUnavailable:
            return bool(version) and bucket.get(key)[0] == b"canary\n"
        return False

    # Opening

    def _ready(self) -> Bucket:
        """The bucket, made and put right at first use."""
        with self._opening:
            if not self._opened:
                self._bucket.make()
                self._open_root()
                settle_abandoned(self._bucket, ABANDONED)
                self._opened = True
        return self._bucket

    def _open_root(self) -> None:
        for path, data in ocfl.root_files().items():
            try:
                self._bucket.put(f"ocfl/{path}", data, create=True)
            except Precondition:
                if self._bucket.get(f"ocfl/{path}")[0] != data:
                    why = f"is not as in a storage root of ours (OCFL 1.1, {ocfl.LAYOUT})"
                    raise StoreUnavailable(f"ocfl/{path} in bucket {self._bucket.name} {why}") from None

    # Finding

    def _locate(self, object_id: str, number: int, path: str) -> tuple[str, str, str]:
        """Key, SHA-512 and the end of the file's name."""
        self._ready()
        found = load(self._bucket, object_id)
        at = found[0].find(number, path) if found else None
        if at is None:
            raise NotStored(f"{path} of version {number} of {object_id}")
        return folder_of(object_id) + at[0], at[1], at[0].rpartition("/")[2]

    def _fetch(self, key: str, size: int, algorithm: str, expected: str, name: str = "") -> BinaryIO:
        """The whole file, checked, in memory or in a temporary file that is gone when it is closed."""
        suffix = name[name.rfind(".") :] if "." in name else ""
        file: IO[bytes] = io.BytesIO() if size <= IN_MEMORY else NamedTemporaryFile(suffix=suffix)  # noqa: SIM115
        digest = hashlib.new(algorithm)
        try:
            for chunk in self._bucket.chunks(key):
                digest.update(chunk)
                _spooled(file, chunk)
            if digest.hexdigest() != expected:
                raise Altered(f"{key} is not what was written")
            file.flush()
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return cast(BinaryIO, file)

    def _sha512(self, key: str) -> str:
        digest = hashlib.sha512()
        for chunk in self._bucket.chunks(key):
            digest.update(chunk)
        return digest.hexdigest()

    # Writing

    def _write(self, groups: Sequence[Sequence[NewVersion]]) -> list[Sequence[NewVersion]]:
        """Content and descriptions, then inventories, then a comparison. Answers the groups that others were
        quicker with."""
        drafts = _each(
            lambda group: draft(self._bucket, group, load(self._bucket, group[0].object_id)), groups
        )
        fresh = [one for one in drafts if one.uploads]
        if not fresh:
            return []
        mark = f"staging/{secrets.token_hex(8)}.json"
        self._bucket.put(mark, json.dumps([one.object_id for one in fresh]).encode())
        _each(lambda send: send(), [upload for one in fresh for upload in one.uploads])
        late = [one for one, won in zip(fresh, _each(Draft.commit, fresh), strict=True) if not won]
        _each(partial(compare, self._bucket), [one for one in fresh if one not in late])
        _each(lambda one: settle(self._bucket, one.object_id), late)
        self._bucket.erase_key(mark)
        return [one.group for one in late]


@contextlib.contextmanager
def _spool(source: BinaryIO, max_size: int) -> Iterator[tuple[BinaryIO, str, str, int]]:
    """The source's bytes in memory or a temporary file, at their beginning, with SHA-256, SHA-512 and size."""
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > max_size:
                raise ValueError(f"more than {max_size} bytes")
            sha256.update(chunk)
            sha512.update(chunk)
            _spooled(spool, chunk)
        spool.seek(0)
        yield cast(BinaryIO, spool), sha256.hexdigest(), sha512.hexdigest(), size


def _spooled(file: IO[bytes] | SpooledTemporaryFile[bytes], chunk: bytes) -> None:
    try:
        file.write(chunk)
    except OSError as error:
        raise StoreUnavailable(f"no room for a temporary file: {error.strerror}") from error


def _each(do: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """Do it for all, several at once; the first exception comes out when all have ended."""
    todo = list(things)
    if len(todo) < 2:
        return [do(thing) for thing in todo]
    with ThreadPoolExecutor(min(AT_ONCE, len(todo))) as pool:
        return list(pool.map(do, todo))
