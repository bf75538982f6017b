"""The watched folder: what a scanner writes there comes in by itself, each file once, whatever breaks off.

A file is taken when it has not changed for a while. Its bytes are durable first; then one transaction says that it
is taken; only then does it move to taken/DAY/. The row of the first transaction is what makes it once: whoever
looks next finds it and moves the file without taking it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from archive.domain.jobs import Setting
from archive.domain.people import SYSTEM, Actor
from archive.domain.records import Intake
from archive.domain.watching import REFUSED_FOLDER, TAKEN_FOLDER, WatchedFile, partial, wishes
from archive.services import intake
from archive.services.archive import Archive
from archive.services.common import allow, keep_setting
from archive.services.errors import ArchiveError, Away, BadInput
from archive.services.folders import NotRegular, move_aside, opened, seen_now
from schemas.titles import Titles

SETTLE = timedelta(seconds=10)
"""How long size and time of a file must stand still."""
SETTLE_EMPTY = timedelta(minutes=10)
"""The same for an empty one: some scanners make the file first and write it page by page."""
MOST_FILES = 2000
"""Files looked at in one round; the others come next."""
MOST_DEEP = 4
STATE = "watched-folder"
SHOWN = 20
"""File names that the page shows of what waits and of what is wrong."""


@dataclass(frozen=True, slots=True)
class WatchView:
    """The watched folder for the intake page. `problem` is a code, empty when the folder is as it should be."""

    folder: str
    looked_at: datetime | None
    waiting: tuple[str, ...]
    waiting_count: int
    wrong: tuple[tuple[str, str], ...]
    """Names and codes."""
    problem: str = ""


def state(archive: Archive, actor: Actor) -> WatchView | None:
    """How the watched folder stands; None when none is configured."""
    allow(archive, actor, "intake.see")
    if archive.watch is None:
        return None
    with archive.uow() as uow:
        kept = uow.get(Setting, STATE)
    said: dict[str, Any] = kept.value if kept else {}
    return WatchView(
        folder=archive.watch.name,
        looked_at=datetime.fromisoformat(said["looked_at"]) if said else None,
        waiting=tuple(said.get("waiting", ())),
        waiting_count=said.get("count", 0),
        wrong=tuple((name, code) for name, code in said.get("wrong", ())),
        problem=said.get("problem", ""),
    )


def look(archive: Archive, actor: Actor = SYSTEM) -> int:
    """Look once: take what has settled, move what was taken; returns how many files came in. Several may look at
    the same time. Never raises for what lies in the folder."""
    allow(archive, actor, "record.file")
    if archive.watch is None:
        return 0
    taken, waiting, wrong, problem = 0, list[str](), list[tuple[str, str]](), ""
    try:
        _ready(archive.watch)
        _finish_moves(archive, archive.watch)
        found = list(_found(archive.watch, wrong))[:MOST_FILES]
        _forget_gone(archive, archive.watch)
        for name in found:
            came, code = _consider(archive, archive.watch, name)
            taken += came
            if code == "settling":
                waiting.append(name)
            elif code:
                wrong.append((name, code))
        _finish_moves(archive, archive.watch)
    except OSError:
        problem = "folder_away"
    except Away:
        problem = "engine_away"
    _keep_state(archive, waiting, wrong, problem)
    return taken


def _ready(root: Path) -> None:
    """Raises OSError when the folder is not there or nothing can be moved in it."""
    for name in (TAKEN_FOLDER, REFUSED_FOLDER):
        (root / name).mkdir(exist_ok=True)


def _found(root: Path, wrong: list[tuple[str, str]]) -> Iterator[str]:
    """Files below the folder by relative path, in order; links and special files are named in `wrong`, never
    followed."""
    pending = [(root, 0)]
    while pending:
        folder, depth = pending.pop()
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda e: e.name)
        for entry in inside:
            name = str(Path(entry.path).relative_to(root))
            if partial(entry.name) or (depth == 0 and entry.name in (TAKEN_FOLDER, REFUSED_FOLDER)):
                continue
            if entry.is_symlink():
                wrong.append((name, "link"))
            elif entry.is_dir(follow_symlinks=False):
                if depth < MOST_DEEP:
                    pending.append((Path(entry.path), depth + 1))
                else:
                    wrong.append((name, "too_deep"))
            elif entry.is_file(follow_symlinks=False):
                yield name
            else:
                wrong.append((name, "special"))


def _consider(archive: Archive, root: Path, name: str) -> tuple[int, str]:
    """(1, "") when the file came in; else 0 and why not yet: "settling", or what is wrong with it."""
    if not _sayable(name):
        return 0, "bad_name"
    now = archive.clock.now()
    try:
        seen = seen_now(root, name)
    except FileNotFoundError:
        return 0, ""
    except NotRegular:
        return 0, "special"
    except PermissionError:
        return 0, "not_readable"
    with archive.uow() as uow:
        row = uow.get(WatchedFile, name)
    if row is None or (row.state == "settling" and row.seen != seen):
        _note(archive, WatchedFile(name, "settling", seen.inode, seen.size, seen.mtime, now))
        return 0, "settling"
    if row.state != "settling":
        return 0, ""  # taken: it will be moved
    if now - row.since < (SETTLE if seen.size else SETTLE_EMPTY):
        return 0, "settling"
    return _take(archive, root, row)


def _take(archive: Archive, root: Path, row: WatchedFile) -> tuple[int, str]:
    """Receive, then say so: the row is changed with the intake in one transaction."""
    try:
        with opened(root, row.id, row.seen) as source:
            if source is None:  # changed, or somebody still writes to it
                return 0, "settling"
            got = intake.store_bytes(archive, source)
            if got.size != row.seen.size or seen_now(root, row.id) != row.seen:
                return 0, "settling"
    except FileNotFoundError:
        return 0, ""
    except NotRegular:
        return 0, "special"
    except PermissionError:
        return 0, "not_readable"
    except BadInput as error:
        _refuse(archive, row, error)
        return 0, error.code
    folder, _, file_name = row.id.rpartition("/")
    wanted = wishes(folder, archive.pack, Titles(archive.pack))
    with archive.uow(write=True) as uow:
        fresh = uow.get(WatchedFile, row.id)
        if fresh is None or fresh != row:  # another one was quicker
            return 0, ""
        day = archive.clock.today()
        item = intake.take_in(
            archive, uow, SYSTEM.id, got, file_name, f"watch-{day}", folder=folder, wanted=wanted
        )
        uow.put(replace(row, state="taken", intake=item.id, day=day.isoformat()))
        uow.commit()
    return 1, ""


def _refuse(archive: Archive, row: WatchedFile, error: ArchiveError) -> None:
    with archive.uow(write=True) as uow:
        if uow.get(WatchedFile, row.id) == row:
            day = archive.clock.today().isoformat()
            uow.put(replace(row, state="refused", day=day, note=f"{error.message}{error.hint}"))
            uow.commit()


def _finish_moves(archive: Archive, root: Path) -> None:
    """Move what the database says is taken or refused, as often as it needs; forget it when it is in its place."""
    with archive.uow() as uow:
        rows = uow.list(WatchedFile, state=("taken", "refused", "moved"), order=("id",), limit=MOST_FILES)
        ids = tuple(r.intake for r in rows if r.intake)
        items = {i.id: i for n in range(0, len(ids), 500) for i in uow.list(Intake, id=ids[n : n + 500])}
    for row in rows:
        if row.state != "moved":
            place = TAKEN_FOLDER if row.state == "taken" else REFUSED_FOLDER
            target = move_aside(root, row.id, row.seen, f"{place}/{row.day}", note=row.note)
            row = _moved(archive, row, target)
        item = items.get(row.intake or "")
        if item is not None and item.state in intake.FINISHED:
            if item.state == "refused" and row.target:
                note = "".join(str(p["message"]) for p in item.problems)
                with suppress(FileNotFoundError):
                    move_aside(root, row.target, row.seen, f"{REFUSED_FOLDER}/{row.day}", note=note)
            _forget(archive, row)
        elif item is None:
            _forget(archive, row)


def _moved(archive: Archive, row: WatchedFile, target: str) -> WatchedFile:
    """Say where the file is now. The row goes on under that name, so that a new file may have the old one."""
    moved = replace(row, id=target or f"{TAKEN_FOLDER}/{row.intake}", state="moved", target=target)
    with archive.uow(write=True) as uow:
        if uow.get(WatchedFile, row.id) == row:
            uow.remove(WatchedFile, row.id)
            if uow.get(WatchedFile, moved.id) is None:
                uow.add(moved)
            uow.commit()
    return moved


def _forget(archive: Archive, row: WatchedFile) -> None:
    with archive.uow(write=True) as uow:
        if uow.get(WatchedFile, row.id) == row:
            uow.remove(WatchedFile, row.id)
            uow.commit()


def _forget_gone(archive: Archive, root: Path) -> None:
    """Files that were removed before they settled."""
    with archive.uow() as uow:
        rows = uow.list(WatchedFile, state="settling", limit=MOST_FILES)
    for row in rows:
        if not os.path.lexists(root / row.id):
            _forget(archive, row)


def _note(archive: Archive, row: WatchedFile) -> None:
    with archive.uow(write=True) as uow:
        known = uow.get(WatchedFile, row.id)
        if known is None:
            uow.add(row)
        elif known.state == "settling":
            uow.put(row)
        uow.commit()


def _keep_state(archive: Archive, waiting: list[str], wrong: list[tuple[str, str]], problem: str) -> None:
    said = {
        "looked_at": archive.clock.now().isoformat(),
        "waiting": [intake.clean_name(n) for n in waiting[:SHOWN]],
        "count": len(waiting),
        "wrong": [[intake.clean_name(n), code] for n, code in wrong[:SHOWN]],
        "problem": problem,
    }
    with archive.uow(write=True) as uow:
        keep_setting(uow, Setting(STATE, said))
        uow.commit()


def _sayable(name: str) -> bool:
    """Whether a database can keep the name: a file system takes any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
