"""Catalogues taken over from a page: looked through first, then done by a worker, with a report of every row."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from archive.domain.jobs import Job, JobState
from archive.domain.people import Actor, Person
from archive.domain.records import Intake
from archive.domain.takeover import Takeover, TakeoverRow
from archive.ports.store import NotStored
from archive.services.archive import Archive
from archive.services.catalogues import read_rows
from archive.services.common import allow, must, new_id
from archive.services.errors import BadInput
from archive.services.intake import UNREAD, clean_name, store_bytes
from archive.services.takeover import import_catalogue
from archive.services.takeover_report import report

PREVIEWED = 20
LISTED = 100
TELL_SECONDS = 1.0
ENDINGS = (".xlsx", ".csv", ".jsonl")


@dataclass(frozen=True, slots=True)
class TakeoverView:
    """One import: how far it is, rows by state, and the rows that need a person."""

    takeover: Takeover
    counts: dict[str, int]
    attention: tuple[TakeoverRow, ...]


def prepare(archive: Archive, actor: Actor, source: BinaryIO, name: str) -> Takeover:
    """Keep a catalogue and look through it; nothing is taken over yet. The same catalogue again is the same import.

    Raises BadInput when it cannot be read.
    """
    allow(archive, actor, "record.file")
    shown = clean_name(name)
    if PurePosixPath(shown.lower()).suffix not in ENDINGS:
        raise BadInput("目录须是 .jsonl、.csv 或 .xlsx。", code="bad_catalogue", hint="请另存后再导入。")
    got = store_bytes(archive, source)
    fresh = Takeover(got.sha256[:32], shown, "ready", actor.id, archive.clock.now(), sha256=got.sha256)
    with archive.uow() as uow:
        known = uow.get(Takeover, fresh.id)
    if known is not None and known.state in ("waiting", "running"):
        return known
    with _catalogue(archive, fresh) as path:
        total = sum(1 for _ in read_rows(path))
        tried = import_catalogue(archive, actor, path, dry_run=True, most=PREVIEWED)
        preview = tuple(
            {**said, "cells": row}
            for said, row in zip(tried, islice(read_rows(path), PREVIEWED), strict=True)
        )
    if not total:
        raise BadInput("目录里没有行。", code="bad_catalogue", hint="第一行是列名，其下每行一件。")
    ready = replace(fresh, total=total, preview=preview)
    with archive.uow(write=True) as uow:
        (uow.put if uow.get(Takeover, ready.id) else uow.add)(ready)
        uow.commit()
    return ready


def start(archive: Archive, actor: Actor, takeover_id: str) -> Takeover:
    """Have a worker take the catalogue over; asking twice does it once, rows that are done stay as they are."""
    allow(archive, actor, "record.file")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        takeover = must(uow.get(Takeover, takeover_id), "该次导入")
        if takeover.state in ("waiting", "running"):
            return takeover
        if not takeover.sha256:
            raise BadInput(
                "这份目录是用命令导入的。", code="bad_catalogue", hint="请用 dangan import 再导入。"
            )
        waiting = replace(takeover, state="waiting", person=actor.id, done=0, problem="", finished_at=None)
        uow.put(waiting)
        payload = {"takeover": waiting.id}
        uow.enqueue(Job(new_id(), "takeover", payload, JobState.WAITING, now, now, key=waiting.id))
        uow.commit()
    return waiting


def run(archive: Archive, takeover_id: str) -> None:
    """The job "takeover". Killed and begun again it goes on where it was."""
    with archive.uow() as uow:
        takeover = uow.get(Takeover, takeover_id)
        person = uow.get(Person, takeover.person) if takeover else None
    if takeover is None or takeover.state == "done":
        return
    actor = Actor(person.id, person.name, person.roles) if person else Actor(takeover.person, "", ())
    _note(archive, takeover_id, state="running")
    told, done = time.monotonic(), 0
    try:
        with _catalogue(archive, takeover) as path:
            for _ in import_catalogue(archive, actor, path, takeover=takeover.id):
                done += 1
                if time.monotonic() - told > TELL_SECONDS:
                    _note(archive, takeover_id, done=done)
                    told = time.monotonic()
    except NotStored:
        _note(archive, takeover_id, state="failed", problem="catalogue_gone", done=done)
        return
    except BadInput as error:
        _note(archive, takeover_id, state="failed", problem=error.code, done=done)
        return
    _note(archive, takeover_id, state="done", done=done, finished_at=archive.clock.now())
    with archive.uow() as uow:
        waits = uow.count(Intake, sha256=takeover.sha256, state=tuple(UNREAD))
    if not waits:
        archive.store.drop_received(takeover.sha256)


def view(archive: Archive, actor: Actor, takeover_id: str) -> TakeoverView:
    """How far an import is."""
    allow(archive, actor, "intake.see")
    with archive.uow() as uow:
        takeover = must(uow.get(Takeover, takeover_id), "该次导入")
        counts = dict(uow.count_by(TakeoverRow, "state", takeover=takeover.id))
        wrong = uow.list(TakeoverRow, takeover=takeover.id, state="refused", order=("id",), limit=LISTED)
    return TakeoverView(takeover, counts, tuple(wrong))


def recent(archive: Archive, actor: Actor) -> list[Takeover]:
    """The newest imports."""
    allow(archive, actor, "intake.see")
    with archive.uow() as uow:
        return uow.list(Takeover, order=("-at",), limit=10)


def write_report(archive: Archive, actor: Actor, takeover_id: str, ending: str, out: BinaryIO) -> None:
    """The answer of every row into `out`: ".xlsx", or ".csv" for any other ending."""
    allow(archive, actor, "intake.see")
    lines = report(ending, out)
    for row in rows(archive, takeover_id):
        lines.add(row)
    lines.close()


def rows(archive: Archive, takeover_id: str) -> Iterator[dict[str, Any]]:
    """Every row's answer, in order."""
    with archive.uow() as uow:
        must(uow.get(Takeover, takeover_id), "该次导入")
        for row in uow.stream(TakeoverRow, takeover=takeover_id):
            yield {"row": row.row, "state": row.state, "record": row.record, "problems": list(row.problems)}


@contextmanager
def _catalogue(archive: Archive, takeover: Takeover) -> Iterator[Path]:
    """The kept catalogue as a file of a name that says its kind. Raises NotStored."""
    with (
        TemporaryDirectory(prefix="dangan-") as folder,
        archive.store.open_received(takeover.sha256) as stream,
    ):
        path = Path(folder) / f"catalogue{PurePosixPath(takeover.name.lower()).suffix}"
        with path.open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
        yield path


def _note(archive: Archive, takeover_id: str, **changes: Any) -> None:
    with archive.uow(write=True) as uow:
        row = uow.get(Takeover, takeover_id)
        if row is not None:
            uow.put(replace(row, **changes))
            uow.commit()
