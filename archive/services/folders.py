"""Files of a folder that others write to: opened without following links, and moved without overwriting."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.domain.watching import Seen

MOST_NAMES = 1000
_LOOK = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class NotRegular(Exception):
    """No plain file: a link, a pipe, a device."""


def seen_now(root: Path, name: str) -> Seen:
    """The state of a file. Raises FileNotFoundError, PermissionError, NotRegular."""
    with _above(root, name) as (folder, last):
        fd = _open(folder, last)
        try:
            return _seen(fd)
        finally:
            os.close(fd)


@contextmanager
def opened(root: Path, name: str, expected: Seen) -> Iterator[BinaryIO | None]:
    """The file to read, or None when it is not in the expected state or somebody has it open for writing.

    Raises FileNotFoundError, PermissionError, NotRegular."""
    with _above(root, name) as (folder, last):
        fd = _open(folder, last)
    with os.fdopen(fd, "rb") as source:
        ready = _seen(fd) == expected and not _written_to(fd)
        yield source if ready else None


def move_aside(root: Path, name: str, expected: Seen, folder: str, *, note: str = "") -> str:
    """Move a file into `folder` below the root, under a name that is free, with its note in a .txt beside it; answers
    its new relative path, "" when the file is not there any more or is another one by now. Durable on return."""
    try:
        if seen_now(root, name) != expected:
            return ""
    except (FileNotFoundError, NotRegular):
        return ""
    (root / folder).mkdir(parents=True, exist_ok=True)
    with _above(root, name) as (source, last), _above(root, f"{folder}/{last}") as (place, _):
        free = _linked(source, last, place, expected)
        if free is None:
            return ""
        with suppress(FileNotFoundError):
            os.unlink(last, dir_fd=source)
        if note:
            (root / folder / f"{free}.txt").write_text(note + "\n", encoding="utf-8")
        os.fsync(place)
        os.fsync(source)
    return f"{folder}/{free}"


def _linked(source: int, name: str, place: int, expected: Seen) -> str | None:
    """A second name for the file, in another folder; a name that it has there already after a crash is used again."""
    stem, dot, ending = name.rpartition(".")
    for number in range(MOST_NAMES):
        free = (
            name
            if not number
            else f"{stem or ending} ({number}){dot if stem else ''}{ending if stem else ''}"
        )
        try:
            os.link(name, free, src_dir_fd=source, dst_dir_fd=place, follow_symlinks=False)
        except FileExistsError:
            if os.stat(free, dir_fd=place, follow_symlinks=False).st_ino == expected.inode:
                return free
            continue
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
                raise
            if free in os.listdir(place):  # a file system without hard links
                continue
            os.rename(name, free, src_dir_fd=source, dst_dir_fd=place)
            return free
        if os.stat(free, dir_fd=place, follow_symlinks=False).st_ino == expected.inode:
            return free
        os.unlink(free, dir_fd=place)  # replaced by another file at this moment
        return None
    raise OSError(errno.EEXIST, f"no free name for {name}")


@contextmanager
def _above(root: Path, name: str) -> Iterator[tuple[int, str]]:
    """The folder of a file as a descriptor, reached without following a link below the root, and its last name.

    Raises FileNotFoundError, PermissionError, NotRegular."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        *above, last = name.split("/")
        for part in above:
            with _plain(name):
                inner = os.open(part, _LOOK, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder, last
    finally:
        os.close(folder)


def _open(folder: int, last: str) -> int:
    """Without waiting for a pipe's writer."""
    with _plain(last):
        fd = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise NotRegular(last)
    return fd


@contextmanager
def _plain(name: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, PermissionError):
        raise
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.ENODEV):
            raise NotRegular(name) from error
        raise


def _seen(fd: int) -> Seen:
    found = os.fstat(fd)
    return Seen(found.st_ino, found.st_size, found.st_mtime_ns)


def _written_to(fd: int) -> bool:
    """Whether somebody has the file open for writing, as far as the system tells (Linux leases, own files)."""
    try:
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    with suppress(OSError):
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
