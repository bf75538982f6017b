"""The folder of a tantivy index as several processes share it: generations, the pointer, locks, journal.

    current          name of the generation that is searched; replaced atomically
    generations/…    one tantivy index each; its name ends with the format it is in
    journal          what was written while a rebuild is under way; replayed before the swap
    write.lock       held for each write and for the swap
    rebuild.lock     held for a whole rebuild

All locks are freed by the system when their process dies.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from archive.adapters.search.tokens import Written
from archive.ports.search import IndexEntry, IndexUnavailable

FORMAT = "1"
"""Rises when fields or tokens change; an index in another format has to be rebuilt."""

LOCK_SECONDS = 120
"""How long a writer waits for others; a commit takes milliseconds, a merge of large segments seconds."""

REBUILD_SECONDS = 2
"""How long a rebuild waits for the lock; writers take it for a moment to see whether one runs."""

KEEP_SECONDS = 60
"""How long a replaced generation stays for readers that have just looked at the pointer."""


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._pointer = path / "current"
        self._generations = path / "generations"
        self._journal = path / "journal"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Alone among all processes and threads that write. Raises IndexUnavailable after LOCK_SECONDS."""
        self._generations.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path / "write.lock", timeout=LOCK_SECONDS):
                yield
        except Timeout as error:
            raise IndexUnavailable(f"search index: another process writes since {LOCK_SECONDS} s") from error

    @contextmanager
    def rebuilding(self) -> Iterator[Path]:
        """Alone among all rebuilds; gives the folder for the new generation and starts the journal."""
        self._generations.mkdir(parents=True, exist_ok=True)
        try:
            with self._rebuild_lock(REBUILD_SECONDS):
                new = self.new_generation()
                with self.writing():
                    self._journal.write_text("", encoding="utf-8")
                try:
                    yield new
                finally:
                    with self.writing():
                        self._journal.unlink(missing_ok=True)
                        if self._current_name() != new.name:
                            shutil.rmtree(new, ignore_errors=True)
        except Timeout as error:
            raise IndexUnavailable("search index: another rebuild is under way: wait for it") from error

    def new_generation(self) -> Path:
        path = self._generations / f"{time.time_ns():x}-{os.getpid():x}.v{FORMAT}"
        path.mkdir(parents=True)
        return path

    def generations(self) -> list[Path]:
        """All generations that hold an index, searched or not."""
        return [path for path in self._generations.iterdir() if (path / "meta.json").exists()]

    def current(self) -> Path | None:
        """The generation to search, or None before the first use. IndexUnavailable for another format."""
        if not (name := self._current_name()):
            return None
        if not name.endswith(f".v{FORMAT}"):
            raise IndexUnavailable("search index: made by another version: run `dangan rebuild index`")
        return self._generations / name

    def _current_name(self) -> str:
        try:
            return self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def publish(self, generation: Path) -> None:
        """From now on every process searches `generation`. Call it while `writing`."""
        new = self._pointer.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._pointer)
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def sweep(self) -> None:
        """Remove generations that were replaced or never finished. Call it while `writing`."""
        current = self._current_name()
        left = [path for path in self._generations.iterdir() if path.name != current]
        if not left or time.time() - self._pointer.stat().st_mtime < KEEP_SECONDS:
            return
        try:
            with self._rebuild_lock(0):
                for path in left:
                    shutil.rmtree(path, ignore_errors=True)
        except Timeout:
            return

    def _rebuild_lock(self, seconds: float) -> FileLock:
        return FileLock(self.path / "rebuild.lock", timeout=seconds)

    def note(self, changes: Sequence[Written]) -> None:
        """Remember written changes for a rebuild that is under way, if one is. Call it while `writing`."""
        if not self._journal.exists():
            return
        try:
            with self._rebuild_lock(0):
                # The rebuild that began it was killed.
                self._journal.unlink()
                return
        except Timeout:
            pass
        with self._journal.open("a", encoding="utf-8") as file:
            # A line may be torn when its writer was killed; the next one begins on a line of its own.
            file.write("\n")
            for change in changes:
                file.write(json.dumps(_plain(change)) + "\n")

    def noted(self) -> Iterator[Written]:
        """What was written since the rebuild began, oldest first."""
        with self._journal.open(encoding="utf-8") as file:
            for line in file:
                try:
                    yield _written(json.loads(line))
                except ValueError:
                    continue


def _plain(change: Written) -> list[Any]:
    record, number, entry = change
    if entry is None:
        return [record, number, None]
    return [record, number, {**asdict(entry), "date": entry.date.isoformat() if entry.date else None}]


def _written(plain: list[Any]) -> Written:
    record, number, fields = plain
    if fields is None:
        return record, number, None
    fields["date"] = date.fromisoformat(fields["date"]) if fields["date"] else None
    fields["numbers"] = tuple(fields["numbers"])
    return record, number, IndexEntry(**fields)
