"""A house register uploaded on the page: dry run, preview, confirmation, taking over, all by a worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from archive.domain.estate import EstateImport, ImportProblem
from archive.domain.jobs import Job, JobState
from archive.domain.people import Actor, Person
from archive.domain.records import Intake
from archive.ports.store import NotStored, StoreUnavailable
from archive.ports.unit_of_work import UnitOfWork
from archive.services import estate_import
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import Away, BadInput, Refused
from archive.services.intake import UNREAD, clean_name
from archive.services.objects import as_file

KIND = "estate_import"
LARGEST = 64 * 1024**2
"""Bytes of a house register; a hundred thousand houses are some 8 MB."""
PREVIEW = 12
PAGE = 100
MOST_PROBLEMS = 20_000
"""How many rows with problems are kept one by one; their number is counted to the end."""
BUSY = frozenset({"waiting", "checking", "confirmed", "importing"})
RECENT = 10


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import and a page of the rows with problems."""

    made: EstateImport
    problems: tuple[ImportProblem, ...]
    refused: int
    noticed: int
    page: int
    pages: int

    @property
    def busy(self) -> bool:
        return self.made.state in BUSY


def receive(archive: Archive, actor: Actor, source: BinaryIO, name: str, *, estate: str = "") -> EstateImport:
    """Take the file in; a worker then tries it. Raises BadInput too_large, Away when the store has no room."""
    allow(archive, actor, "estate.manage")
    try:
        got = archive.store.receive(source, max_size=LARGEST)
    except StoreUnavailable as error:
        raise Away("存储现在不可用,文件没有收下。", hint="请稍后再传。") from error
    except ValueError as error:
        limit = LARGEST // 1024**2
        raise BadInput(f"文件超过 {limit} MB 的上限。", code="too_large", hint="请拆分后再传。") from error
    now = archive.clock.now()
    made = EstateImport(
        new_id(), clean_name(name), got.sha256, got.size, estate.strip()[:200], "waiting", actor.id, now
    )
    with archive.uow(write=True) as uow:
        uow.add(made)
        _wake(archive, uow, made)
        uow.commit()
    return made


def _wake(archive: Archive, uow: UnitOfWork, made: EstateImport) -> None:
    now = archive.clock.now()
    uow.enqueue(
        Job(new_id(), KIND, {"import": made.id}, JobState.WAITING, now, now, key=f"{made.id}:{made.state}")
    )


def confirm(archive: Archive, actor: Actor, import_id: str) -> EstateImport:
    """Take the tried register over, by a worker. BadInput not_checked unless the dry run is done."""
    return _move(archive, actor, import_id, "confirmed")


def drop(archive: Archive, actor: Actor, import_id: str) -> EstateImport:
    """Leave a tried register; nothing of it was taken over."""
    return _move(archive, actor, import_id, "dropped")


def _move(archive: Archive, actor: Actor, import_id: str, state: str) -> EstateImport:
    allow(archive, actor, "estate.manage")
    with archive.uow(write=True) as uow:
        made = must(uow.get(EstateImport, import_id), "该导入")
        if made.state != "checked":
            raise BadInput("这次导入不在等待确认。", code="not_checked", hint="请刷新页面查看进度。")
        made = replace(made, state=state, done=0)
        uow.put(made)
        if state == "confirmed":
            _wake(archive, uow, made)
        uow.commit()
    if state == "dropped":
        _forget(archive, made)
    return made


def view(archive: Archive, actor: Actor, import_id: str, page: int = 1) -> ImportView:
    allow(archive, actor, "estate.manage")
    with archive.uow() as uow:
        made = must(uow.get(EstateImport, import_id), "该导入")
        refused = uow.count(ImportProblem, of=made.id, refused=True)
        noticed = uow.count(ImportProblem, of=made.id, refused=False)
        pages = max(1, -(-(refused + noticed) // PAGE))
        page = min(max(page, 1), pages)
        problems = uow.list(ImportProblem, of=made.id, order=("id",), limit=PAGE, offset=(page - 1) * PAGE)
    return ImportView(made, tuple(problems), refused, noticed, page, pages)


def recent(archive: Archive, actor: Actor) -> list[EstateImport]:
    """The newest imports, newest first."""
    allow(archive, actor, "estate.manage")
    with archive.uow() as uow:
        return uow.list(EstateImport, order=("-at",), limit=RECENT)


def run(archive: Archive, job: Job) -> None:
    """The worker's part: the dry run of a waiting import, the taking over of a confirmed one. Safe to run again."""
    with archive.uow() as uow:
        made = uow.get(EstateImport, str(job.payload["import"]))
        person = uow.get(Person, made.by) if made else None
    if made is None or made.state not in BUSY:
        return
    trying = made.state in ("waiting", "checking")
    actor = Actor(made.by, person.name, person.roles) if person else Actor(made.by, made.by, ())
    try:
        with archive.store.open_received(made.sha256) as stream, as_file(stream, "register") as path:
            _work(archive, actor, made, path, trying)
    except (BadInput, Refused) as error:
        _note(archive, made.id, state="failed", code=error.code, message=error.message)
    except NotStored:
        _note(
            archive, made.id, state="failed", code="register_gone", message="上传的文件已不在，请重新上传。"
        )


def _work(archive: Archive, actor: Actor, made: EstateImport, path: Path, trying: bool) -> None:
    _note(archive, made.id, state="checking" if trying else "importing", done=0)
    counts: Counter[str] = Counter()
    preview: list[dict[str, Any]] = []
    done = 0
    with path.open("rb") as source, estate_import.staged(archive, actor, source, made.estate) as register:
        _note(archive, made.id, rows=register.rows, notes=tuple(register.notes))
        for answers in estate_import.import_rows(archive, actor, register, dry_run=trying):
            done += len(answers)
            counts.update(a["state"] for a in answers)
            preview += answers[: PREVIEW - len(preview)]
            told: dict[str, Any] = {"done": done, "counts": dict(counts), "preview": tuple(preview)}
            _note(archive, made.id, _problems(made.id, answers) if trying else (), **told)
    _note(archive, made.id, state="checked" if trying else "done")
    if not trying:
        _forget(archive, made)


def _forget(archive: Archive, made: EstateImport) -> None:
    """Let the bytes go, unless someone else waits with the same."""
    with archive.uow() as uow:
        others = uow.count(EstateImport, sha256=made.sha256, state=(*BUSY, "checked"))
        others += uow.count(Intake, sha256=made.sha256, state=tuple(UNREAD))
    if not others:
        archive.store.drop_received(made.sha256)


def _problems(of: str, answers: Sequence[dict[str, Any]]) -> list[ImportProblem]:
    return [
        ImportProblem(
            f"{of}.{a['sheet'][:40]}.{a['row']:08}.{p['code']}",
            of,
            a["sheet"],
            a["row"],
            a["house"],
            p["code"],
            p["message"],
            a["state"] == "refused",
        )
        for a in answers
        for p in a["problems"]
    ]


def _note(archive: Archive, import_id: str, problems: Sequence[ImportProblem] = (), **changes: Any) -> None:
    with archive.uow(write=True) as uow:
        made = uow.get(EstateImport, import_id)
        if made is None:
            return
        uow.put(replace(made, **changes))
        if problems and uow.count(ImportProblem, of=import_id) < MOST_PROBLEMS:
            known = {p.id for p in uow.list(ImportProblem, id=tuple(p.id for p in problems))}
            uow.add(*(p for p in problems if p.id not in known))
        uow.commit()
