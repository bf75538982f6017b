"""The folder store under failing disks, full disks and sudden deaths: the root is valid, what was said is true."""

from __future__ import annotations

import errno
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ocfl
import pytest

from archive.adapters.store import disk, from_url
from archive.adapters.store.folder import FolderStore
from archive.ports.store import BlobStore, NotStored, StoreUnavailable
from tests.contracts.blob_store import passes_outside_validator, version
from tests.faults.store_writer import content
from tests.servers.base import missing, spawn

OPERATIONS = [
    "create",
    "write",
    "mkdir",
    "link",
    "rename",
    "exchange",
    "fsync_fd",
    "fsync",
    "syncfs",
    "remove_tree",
]


def is_valid(root: Path) -> bool:
    """ocfl-py in this process, since these tests ask often."""
    storage = ocfl.StorageRoot(root=str(root / "ocfl"))
    return bool(storage.validate(log_errors=True)) and storage.num_objects == storage.good_objects


class Faulty:
    """Makes the n-th file operation fail with `code`, and all after it while `forever`."""

    def __init__(self, patch: pytest.MonkeyPatch, nth: int, code: int, *, forever: bool) -> None:
        self.left, self.code, self.forever, self.failed = nth, code, forever, False
        for name in OPERATIONS:
            patch.setattr(disk, name, self._wrapped(getattr(disk, name)))

    def _wrapped(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            self.left -= 1
            if self.left == 0 or (self.left < 0 and self.forever):
                self.failed = True
                raise OSError(self.code, os.strerror(self.code))
            return operation(*args)

        return run


def life(store: BlobStore) -> Iterator[Callable[[], object]]:
    """The steps of a small history, each to be tried until it is acknowledged."""
    yield lambda: store.put([version("old", 2), version("new", 1), version("new", 2)])
    yield lambda: store.receive(io.BytesIO(b"scan" * 1000), max_size=5000)
    [(got, _)] = store.list_received()
    yield lambda: store.put([version("scan", 1, {"original.pdf": got, "text.txt": b"text"})])
    yield lambda: store.put([version(f"many{n}") for n in range(2)])
    yield lambda: store.destroy("old")


def has_happened(store: BlobStore, done: int) -> None:
    """What the acknowledged steps said is so."""
    if 1 <= done < 4:
        assert store.read("old", 2, "metadata.json") == b"old 2"
    if done >= 1:
        assert store.read("new", 2, "metadata.json") == b"new 2"
    if done >= 2:
        [(got, _)] = store.list_received()
        with store.open_received(got.sha256) as stream:
            assert stream.read() == b"scan" * 1000
    if done >= 3:
        assert store.read("scan", 1, "original.pdf") == b"scan" * 1000
    if done >= 4:
        assert [store.read(f"many{n}", 1, "metadata.json") for n in range(2)]
    if done == 5:
        assert store.versions("old") == ()


def _unavailable(step: Callable[[], object]) -> str:
    """Why the store could not; empty when it could."""
    try:
        step()
    except StoreUnavailable as error:
        return str(error)
    return ""


def under_way(root: Path) -> list[Path]:
    """What lies in staging or trash, besides the empty part of a process that lives."""
    return [*root.glob("staging/*/*"), *root.glob("trash/*")]


@pytest.fixture
def quick_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: for hundreds of histories of which only the failures matter."""
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.mark.parametrize(("code", "forever"), [(errno.EIO, False), (errno.ENOSPC, True)])
@pytest.mark.slow
def test_any_file_operation_may_fail(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, forever: bool
) -> None:
    monkeypatch.setattr(disk, "ONE_SYNC_FROM", 20)  # both ways to sync are in this history
    nth, failed = 0, True
    while failed:
        nth += 1
        root = quick_path / str(nth)
        store = FolderStore(root)
        store.put([version("old", 1)])
        failed, left = False, nth
        for done, step in enumerate(life(store)):
            if failed:
                step()
                continue
            with monkeypatch.context() as patch:
                faulty = Faulty(patch, left, code, forever=forever)
                if said := _unavailable(step):
                    assert ("no room" in said) == (code == errno.ENOSPC)
                failed, left = faulty.failed, faulty.left
            if failed:
                assert is_valid(root), (nth, done)
                has_happened(FolderStore(root), done)
                step()
                has_happened(store, done + 1)
        assert all(store.verify(object_id) == () for object_id in store.object_ids())
        FolderStore(root)
        assert under_way(root) == []
    assert nth > 50


def test_bytes_are_on_the_disk_before_they_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file and folder of a version is synced before its rename, and the rename before the acknowledgement."""
    store = FolderStore(tmp_path)
    synced: set[Path] = set()
    shown: list[tuple[Path, Path]] = []
    fsync = disk.fsync

    def remember(path: Path) -> None:
        synced.add(path)
        fsync(path)

    def watched(operation: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
        def run(source: Path, target: Path) -> None:
            if target.is_relative_to(tmp_path / "ocfl"):
                fresh = [p for p in (source, *source.rglob("*")) if p.is_dir() or p.stat().st_nlink == 1]
                assert [p for p in fresh if p not in synced] == []
                shown.append((source, target))
                synced.clear()
            operation(source, target)

        return run

    monkeypatch.setattr(disk, "fsync", remember)
    monkeypatch.setattr(disk, "rename", watched(disk.rename))
    monkeypatch.setattr(disk, "exchange", watched(disk.exchange))
    for number in (1, 2):
        store.put([version("r1", number, {"a": b"%d" % number, "b": tmp_path / "lock"})])
        assert shown[-1][1].parent in synced
    assert len(shown) == 2


def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], capture_output=True
    )
    if mounted.returncode:
        missing("a small file system", mounted.stderr.decode().strip())
    try:
        root = folder / "store"
        store, chance, kept = FolderStore(root), random.Random(3), []
        with pytest.raises(StoreUnavailable, match="no room"):  # noqa: PT012
            for n in range(100):
                store.put([version(f"r{n}", 1, {"original.bin": chance.randbytes(100_000)})])
                kept.append(f"r{n}")
        with pytest.raises(StoreUnavailable, match="no room"):
            store.receive(io.BytesIO(bytes(1_000_000)), max_size=1_000_000)
        with pytest.raises(StoreUnavailable, match="no room"):
            store.put([version("r0", 2, {"original.bin": chance.randbytes(1_000_000)})])
        assert len(kept) > 10
        assert sorted(store.object_ids()) == sorted(kept)
        assert list(store.list_received()) == []
        assert is_valid(root)
        store.destroy("r1")
        store.destroy("r2")
        store.put([version("r3", 2), version("after", 1)])
        assert is_valid(root)
        assert [store.verify(i) for i in store.object_ids()] == [()] * (len(kept) - 1)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.slow
def test_a_killed_writer_leaves_a_valid_root_and_all_it_acknowledged(tmp_path: Path) -> None:
    root, log, chance = tmp_path / "store", tmp_path / "log", random.Random(5)
    FolderStore(root)
    said: list[tuple[str, int]] = []
    for turn in range(4):
        log.unlink(missing_ok=True)
        writers = [
            spawn(
                [sys.executable, "-m", "tests.faults.store_writer", f"folder://{root}", f"w{turn}-{n}"], log
            )
            for n in range(2)
        ]
        deadline = time.monotonic() + 60
        while not (log.exists() and log.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.random())
        for writer in writers:
            os.killpg(writer.pid, signal.SIGKILL)
            writer.wait(10)
        lines = [line.split(" ") for line in log.read_text().splitlines() if line.count(" ") == 1]
        assert lines, log.read_text()
        said += [(object_id, int(number)) for object_id, number in lines]
        assert is_valid(root)
        store = FolderStore(root)
        assert under_way(root) == []
    assert is_valid(root)
    for object_id, number in said:
        for path, data in content(object_id, number).items():
            assert store.read(object_id, number, path) == data
    assert passes_outside_validator(root / "ocfl") == ""


def test_a_store_whose_folder_is_gone_says_so(tmp_path: Path) -> None:
    store = from_url(f"folder://{tmp_path / 'store'}")
    store.ping()
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable, match="is gone"):
        store.ping()
    with pytest.raises(StoreUnavailable, match="is gone"):
        store.receive(io.BytesIO(b"x"), max_size=1)
    with pytest.raises((StoreUnavailable, NotStored)):
        store.put([version("r1")])


@pytest.mark.parametrize("name", ["0=ocfl_1.1", "ocfl_layout.json"])
def test_a_foreign_storage_root_is_not_touched(tmp_path: Path, name: str) -> None:
    FolderStore(tmp_path)
    (tmp_path / "ocfl" / name).unlink()
    (tmp_path / "ocfl" / name).write_text("of another system\n")
    with pytest.raises(StoreUnavailable, match="not as in a storage root"):
        FolderStore(tmp_path)


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreUnavailable):
        FolderStore(tmp_path / "store")
