"""FolderStore: an OCFL storage root in a folder, with a receiving area beside it.

    ocfl/       the storage root: nothing but whole objects, at every moment
    received/   bytes taken in, named by their SHA-256
    pieces/     parts of files under way, a folder for each
    staging/    what is being written; swept when a store is opened
    trash/      what is being destroyed
    lock        held while folders are renamed

A version becomes visible by one rename (a new object) or one exchange of two folders (a further version), after all
its bytes are on the disk. So a crash leaves the old state or the new one.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive.adapters.store import disk, ocfl, trees
from archive.adapters.store.check import damages
from archive.adapters.store.ocfl import Inventory
from archive.adapters.store.pieces import hex_name
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

ROUNDS = 20
"""How often a put starts again because others wrote the same objects meanwhile."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True)
class _Staged:
    """Versions of one object, written aside. `folder` holds the new object at its whole path; None when all of
    them are stored already. `base` is the inventory that was found, None for a new object."""

    versions: Sequence[NewVersion]
    path: str
    base: bytes | None
    folder: Path | None


class FolderStore:
    """BlobStore in a folder of a Linux file system (ext4, xfs, btrfs, tmpfs). Safe for threads and processes.

    Raises StoreUnavailable when `root` can't be used."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._objects = root / "ocfl"
        self._received = root / "received"
        self._pieces = root / "pieces"
        self._trash = root / "trash"
        with _available(root):
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._received.mkdir(exist_ok=True)
            self._pieces.mkdir(exist_ok=True)
            self._trash.mkdir(exist_ok=True)
            self._staging = disk.Staging(root / "staging")
            self._empty_trash()
            self._open_root()

    def receive(self, source: BinaryIO, *, max_size: int) -> Received:
        with self._written(source, max_size) as (written, sha256, size), _available(self.root):
            # Also over an equal file: its time becomes now, so that a sweep of old ones leaves it.
            disk.rename(written, self._received / sha256)
            disk.fsync(self._received)
        return Received(sha256, size)

    def keep_piece(self, upload: str, source: BinaryIO, *, max_size: int) -> Piece:
        folder, name = self._pieces / hex_name(upload), secrets.token_hex(16)
        with self._written(source, max_size) as (written, sha256, size), _available(self.root):
            folder.mkdir(exist_ok=True)
            disk.rename(written, folder / name)
            disk.fsync(folder)
            disk.fsync(self._pieces)
        return Piece(upload, name, sha256, size)

    def open_piece(self, piece: Piece) -> BinaryIO:
        with _available(self.root):
            return (self._pieces / hex_name(piece.upload) / hex_name(piece.name)).open("rb")

    def drop_pieces(self, upload: str) -> None:
        with _available(self.root):
            disk.remove_tree(self._pieces / hex_name(upload))

    def list_pieces(self) -> Iterator[tuple[str, datetime]]:
        with _available(self.root), os.scandir(self._pieces) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    yield entry.name, datetime.fromtimestamp(entry.stat().st_mtime, UTC)

    @contextlib.contextmanager
    def _written(self, source: BinaryIO, max_size: int) -> Iterator[tuple[Path, str, int]]:
        """The source's bytes in a synced file of the staging area, with SHA-256 and size."""
        digest, size = hashlib.sha256(), 0
        with contextlib.ExitStack() as stack:
            with _available(self.root):
                written = stack.enter_context(self._staging.work()) / "received"
                fd = disk.create(written)
                stack.callback(os.close, fd)
            while chunk := source.read(trees.CHUNK):  # an error of the source is not one of the store
                size += len(chunk)
                if size > max_size:
                    raise ValueError(f"more than {max_size} bytes")
                digest.update(chunk)
                with _available(self.root):
                    disk.write(fd, chunk)
            with _available(self.root):
                disk.fsync_fd(fd)
            yield written, digest.hexdigest(), size

    def open_received(self, sha256: str) -> BinaryIO:
        with _available(self.root):
            return self._received_path(sha256).open("rb")

    def drop_received(self, sha256: str) -> None:
        with contextlib.suppress(NotStored), _available(self.root):
            self._received_path(sha256).unlink()

    def list_received(self) -> Iterator[tuple[Received, datetime]]:
        with _available(self.root), os.scandir(self._received) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    stat = entry.stat()
                    yield Received(entry.name, stat.st_size), datetime.fromtimestamp(stat.st_mtime, UTC)

    def put(self, versions: Sequence[NewVersion]) -> None:
        groups: dict[str, list[NewVersion]] = {}
        for new in versions:
            ocfl.check_version(new)
            groups.setdefault(new.object_id, []).append(new)
        waiting: list[Sequence[NewVersion]] = list(groups.values())
        with _available(self.root):
            for _ in range(ROUNDS):
                if not waiting:
                    return
                with self._staging.work() as work:
                    waiting = self._write(waiting, work)
        raise StoreUnavailable("others keep writing the same objects; try again")

    def read(self, object_id: str, number: int, path: str) -> bytes:
        with _available(self.root):
            content, sha512 = self._locate(object_id, number, path)
            data = content.read_bytes()
        if hashlib.sha512(data).hexdigest() != sha512:
            raise Altered(f"{path} of version {number} of {object_id} is not what was written")
        return data

    def open(self, object_id: str, number: int, path: str) -> BinaryIO:
        with _available(self.root):
            return self._locate(object_id, number, path)[0].open("rb")

    def versions(self, object_id: str) -> tuple[StoredVersion, ...]:
        with _available(self.root):
            inventory, folder = self._inventory(object_id), self._folder(object_id)
            if inventory is None:
                return ()
            sizes = {sha512: trees.size(folder / path) for sha512, path in inventory.contents.items()}
        return ocfl.stored_versions(inventory, sizes)

    def object_ids(self) -> Iterator[str]:
        with _available(self.root):
            for folder in trees.folders(self._objects, 2):
                object_id = ocfl.id_of_folder(folder.name)
                if object_id is None:
                    with contextlib.suppress(FileNotFoundError, Altered):
                        object_id = Inventory.parse((folder / ocfl.INVENTORY).read_bytes()).object_id
                if object_id is not None:
                    yield object_id

    def destroy(self, object_id: str) -> None:
        with _available(self.root):
            with disk.locked(self.root / "lock"):
                folder = self._folder(object_id)
                if folder.exists():
                    # A folder left empty would make the root invalid, so it goes in the same step.
                    while folder.parent != self._objects and len(os.listdir(folder.parent)) == 1:
                        folder = folder.parent
                    disk.rename(folder, self._trash / secrets.token_hex(8))
            disk.sync([next(up for up in folder.parents if up.exists()), self._trash], self.root)
            self._empty_trash()
            self._staging.sweep()

    def verify(self, object_id: str) -> tuple[Damage, ...]:
        with _available(self.root):
            folder = self._folder(object_id)
            names = [str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()]
            return damages(
                object_id, names, lambda n: (folder / n).read_bytes(), lambda n: trees.sha512(folder / n)
            )

    def ping(self) -> None:
        with _available(self.root):
            if not (self._objects / "0=ocfl_1.1").is_file():
                raise StoreUnavailable(f"the storage root in {self.root} is gone")
            with self._staging.work() as work:
                disk.write_file(work / "ping", b"x" * 4096)

    # Opening

    def _open_root(self) -> None:
        """Make the storage root in one step, or see that it is one of ours."""
        with disk.locked(self.root / "lock"), self._staging.work() as work:
            if not self._objects.exists():
                fresh = work / "ocfl"
                written = [trees.write_file(fresh, path, data) for path, data in ocfl.root_files().items()]
                disk.sync([*written, *trees.all_folders(fresh)], work)
                disk.rename(fresh, self._objects)
                disk.fsync(self.root)
            for name in ("one", "other"):
                disk.mkdir(work / name)
            try:
                disk.exchange(work / "one", work / "other")
            except OSError as error:
                why = "its file system can't swap folders in one step; use ext4, xfs or btrfs"
                raise StoreUnavailable(f"{self.root}: {why}") from error
        for path, data in ocfl.root_files().items():
            found = self._objects / path
            if not found.is_file() or found.read_bytes() != data:
                raise StoreUnavailable(
                    f"{found} is not as in a storage root of ours (OCFL 1.1, {ocfl.LAYOUT})"
                )

    def _empty_trash(self) -> None:
        for entry in list(self._trash.iterdir()):
            disk.remove_tree(entry)

    # Finding

    def _folder(self, object_id: str) -> Path:
        try:
            return self._objects / ocfl.object_path(object_id)
        except ValueError as error:
            raise NotStored(str(error)) from error

    def _root_inventory(self, folder: Path) -> bytes | None:
        try:
            return (folder / ocfl.INVENTORY).read_bytes()
        except FileNotFoundError:
            return None

    def _inventory(self, object_id: str) -> Inventory | None:
        data = self._root_inventory(self._folder(object_id))
        return None if data is None else Inventory.parse(data, object_id)

    def _locate(self, object_id: str, number: int, path: str) -> tuple[Path, str]:
        inventory = self._inventory(object_id)
        found = inventory.find(number, path) if inventory else None
        if found is None:
            raise NotStored(f"{path} of version {number} of {object_id}")
        return self._folder(object_id) / found[0], found[1]

    def _received_path(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise NotStored("received bytes are named by their SHA-256")
        return self._received / sha256

    # Writing

    def _write(self, groups: Sequence[Sequence[NewVersion]], work: Path) -> list[Sequence[NewVersion]]:
        """Stage, sync, rename, sync. Answers the groups that others were quicker with."""
        written: list[Path] = []
        staged = [self._stage(group, work / str(n), written) for n, group in enumerate(groups)]
        disk.sync(written, work)
        late: list[Sequence[NewVersion]] = []
        touched: list[Path] = []
        with disk.locked(self.root / "lock"):
            for one in staged:
                if self._root_inventory(self._objects / one.path) != one.base:
                    late.append(one.versions)
                else:
                    touched += self._show(one)
        disk.sync(touched, self.root)
        return late

    def _stage(self, group: Sequence[NewVersion], stage: Path, written: list[Path]) -> _Staged:
        """Write what the object is to be. `written` collects what has to reach the disk."""
        object_id = group[0].object_id
        path, base = ocfl.object_path(object_id), self._root_inventory(self._folder(object_id))
        found = Inventory(object_id) if base is None else Inventory.parse(base, object_id)
        inventory, folder = found, stage / path
        for new in group:
            state = self._digest(new, stage / f"v{new.number}", set(inventory.contents))
            planned = inventory.plan(new, {logical: sha512 for logical, (sha512, _) in state.items()})
            if planned is not None:
                written += trees.place(planned, inventory, state, folder)
                inventory = planned
        if inventory is found:
            return _Staged(group, path, base, None)
        for name, data in ocfl.describing_files(inventory, found.head).items():
            written.append(trees.write_file(folder, name, data))
        try:
            for number in range(1, found.head + 1):
                trees.link_tree(self._objects / path / f"v{number}", folder / f"v{number}")
        except FileNotFoundError as error:
            if self._root_inventory(self._folder(object_id)) == base:
                raise Altered(f"{object_id} lacks {error.filename}") from error
            return _Staged(group, path, b"", None)  # replaced or destroyed meanwhile: no inventory is empty
        written += trees.all_folders(stage / path.split("/")[0])
        return _Staged(group, path, base, folder)

    def _digest(self, new: NewVersion, stage: Path, known: set[str]) -> trees.Sources:
        """Digest the files of a version; those in the receiving area or elsewhere on the disk are copied aside."""
        state: dict[str, tuple[str, bytes | Path | None]] = {}
        for n, (logical, source) in enumerate(new.files.items()):
            if isinstance(source, bytes):
                state[logical] = (hashlib.sha512(source).hexdigest(), source)
                continue
            trees.ensure(stage)
            origin = source if isinstance(source, Path) else self._received_path(source.sha256)
            sha512, sha256 = trees.copy(origin, stage / str(n))
            if isinstance(source, Received) and sha256 != source.sha256:
                raise Altered(f"received bytes {source.sha256} are not what came in")
            state[logical] = (sha512, None if sha512 in known else stage / str(n))
        return state

    def _show(self, one: _Staged) -> list[Path]:
        """Make a staged object the visible one, in one step. Answers the folders that have to be synced."""
        target = self._objects / one.path
        if one.folder is None:
            # Someone else stored it; what we say is durable must be so too.
            return [target.parent, self._objects]
        if one.base is not None:
            disk.exchange(one.folder, target)
            return [target.parent]
        source = one.folder
        while not target.parent.exists():
            source, target = source.parent, target.parent
        disk.rename(source, target)
        return [target.parent]


@contextlib.contextmanager
def _available(root: Path) -> Iterator[None]:
    """Say of an OSError what it means: NotStored for a file that is not there, else StoreUnavailable."""
    try:
        yield
    except FileNotFoundError as error:
        if not root.is_dir():
            raise StoreUnavailable(f"the store's folder {root} is gone") from error
        raise NotStored(str(error)) from error
    except OSError as error:
        why = "has no room left" if error.errno in _NO_ROOM else f"fails: {error.strerror or error}"
        raise StoreUnavailable(f"the store's folder {root} {why}") from error
