"""What a durable folder needs from the operating system; every file operation of the folder store goes through here.

OSErrors come out as they are. Files are written once and read-only from then on.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

_libc = ctypes.CDLL(None, use_errno=True)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
ONE_SYNC_FROM = 64
"""From this many paths on, one syncfs of the whole file system is quicker than an fsync of each (measured)."""


def create(path: Path) -> int:
    """A file descriptor to write a new, read-only file."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)


def write(fd: int, data: bytes | memoryview) -> None:
    """All of `data`."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def write_file(path: Path, data: bytes) -> None:
    fd = create(path)
    try:
        write(fd, data)
    finally:
        os.close(fd)


def mkdir(path: Path) -> None:
    os.mkdir(path)


def link(source: Path, target: Path) -> None:
    os.link(source, target)


def rename(source: Path, target: Path) -> None:
    os.rename(source, target)


def exchange(one: Path, other: Path) -> None:
    """Swap two folders in one step: whoever looks sees the one or the other (Linux renameat2)."""
    result = _libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    if result:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(other))


def fsync_fd(fd: int) -> None:
    os.fsync(fd)


def fsync(path: Path) -> None:
    """Of a file or a folder."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fsync_fd(fd)
    finally:
        os.close(fd)


def syncfs(path: Path) -> None:
    """Everything on the file system that `path` lies on."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.syncfs(fd):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(path))
    finally:
        os.close(fd)


def sync(paths: Iterable[Path], within: Path) -> None:
    """Make these files and folders durable, all of them on the file system of `within`."""
    wanted = list(dict.fromkeys(paths))
    if len(wanted) >= ONE_SYNC_FROM:
        syncfs(within)
        return
    for path in wanted:
        fsync(path)


def remove_tree(path: Path) -> None:
    """A folder with all in it; no error when it is gone, also when someone else removes it at the same time."""
    while True:
        try:
            shutil.rmtree(path)
        except FileNotFoundError:
            if not path.exists():
                return
        else:
            return


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone among all threads and processes that lock `path`; the system lets go when a holder dies."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Staging:
    """A folder for things under way. Each process has a part of its own, kept by a lock that ends with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock: IO[bytes] | None = None
        self._own: Path | None = None
        self._claiming = threading.Lock()
        self._left: set[Path] = set()
        self.sweep()

    def sweep(self) -> None:
        """Remove what processes that are gone have left."""
        for part in self._folder.iterdir():
            name = part.with_suffix("")
            if part.suffix != ".lock":
                if not part.with_name(part.name + ".lock").exists():
                    remove_tree(part)
                continue
            with contextlib.suppress(BlockingIOError, FileNotFoundError), part.open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove_tree(name)
                part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def work(self) -> Iterator[Path]:
        """A fresh folder, gone when the block ends."""
        for path in list(self._left):
            self._remove(path)
        path = self._claimed() / secrets.token_hex(8)
        mkdir(path)
        try:
            yield path
        finally:
            self._remove(path)

    def _remove(self, path: Path) -> None:
        """What can't be removed now is tried again with the next work, at the latest by the next sweep."""
        try:
            remove_tree(path)
        except OSError:
            self._left.add(path)
        else:
            self._left.discard(path)

    def _claimed(self) -> Path:
        with self._claiming:
            if self._own is None or not self._own.is_dir():
                self._own = self._claim()
            return self._own

    def _claim(self) -> Path:
        while True:
            token = self._folder / secrets.token_hex(8)
            path = token.with_suffix(".lock")
            lock = path.open("ab")
            fcntl.flock(lock, fcntl.LOCK_EX)
            # A sweep may have taken the lock first and removed the file: then this one guards nothing.
            try:
                guards = os.stat(path).st_ino == os.fstat(lock.fileno()).st_ino
            except FileNotFoundError:
                guards = False
            if guards:
                mkdir(token)
                self._lock = lock
                return token
            lock.close()
