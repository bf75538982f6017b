"""Folders and files as the folder store writes and reads them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from archive.adapters.store import disk
from archive.adapters.store.ocfl import Inventory

CHUNK = 1 << 20
Sources = Mapping[str, tuple[str, bytes | Path | None]]
"""Logical path → SHA-512 and its new bytes, in memory or in a staged file; None for ones the object has."""


def place(planned: Inventory, before: Inventory, state: Sources, folder: Path) -> list[Path]:
    """Put a planned version's new bytes at their content paths. Answers the files."""
    placed: list[Path] = []
    sources = dict(state.values())
    for sha512 in planned.contents.keys() - before.contents.keys():
        source, target = sources[sha512], folder / planned.contents[sha512]
        ensure(target.parent)
        if isinstance(source, bytes):
            disk.write_file(target, source)
        elif source is not None:
            disk.rename(source, target)
        placed.append(target)
    return placed


def copy(source: Path, target: Path) -> tuple[str, str]:
    """Copy into a new file; answers SHA-512 and SHA-256 of what was copied."""
    sha512, sha256 = hashlib.sha512(), hashlib.sha256()
    fd = disk.create(target)
    try:
        with source.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                sha512.update(chunk)
                sha256.update(chunk)
                disk.write(fd, chunk)
    finally:
        os.close(fd)
    return sha512.hexdigest(), sha256.hexdigest()


def write_file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    ensure(path.parent)
    disk.write_file(path, data)
    return path


def ensure(folder: Path) -> None:
    """Make a folder below one that is ours alone."""
    if not folder.is_dir():
        ensure(folder.parent)
        disk.mkdir(folder)


def link_tree(source: Path, target: Path) -> None:
    """The same read-only files under another folder."""
    disk.mkdir(target)
    for entry in os.scandir(source):
        if entry.is_dir(follow_symlinks=False):
            link_tree(Path(entry.path), target / entry.name)
        else:
            disk.link(Path(entry.path), target / entry.name)


def all_folders(top: Path) -> list[Path]:
    return [Path(folder) for folder, _, _ in os.walk(top)]


def folders(top: Path, depth: int) -> Iterator[Path]:
    """Folders exactly `depth` levels below; the root's extensions are none of them."""
    try:
        entries = [e for e in os.scandir(top) if e.is_dir(follow_symlinks=False) and e.name != "extensions"]
    except FileNotFoundError:
        return
    for entry in entries:
        if depth == 1:
            yield Path(entry.path)
        else:
            yield from folders(Path(entry.path), depth - 1)


def sha512(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha512").hexdigest()


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
