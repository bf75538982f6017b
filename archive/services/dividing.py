"""A received file divided anew: a person sets where records begin, a worker makes them through the one filing path."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from archive.domain.audit_model import Event
from archive.domain.desk import DeskLease
from archive.domain.dividing import Division, PlannedPage, groups, plain_plan
from archive.domain.jobs import Job, JobState
from archive.domain.people import Actor
from archive.domain.records import Intake, Record, RecordState, Version, VersionText, version_id
from archive.ports.store import NotStored
from archive.ports.unit_of_work import UnitOfWork
from archive.services import filing
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.desk_leases import UNSETTLED, others_hold
from archive.services.errors import BadInput, Clash
from archive.services.indexing import wake_index
from archive.services.learning import learned
from archive.services.objects import object_of_record, original_file
from archive.services.reading import page_cache
from ingest.facts import FileState
from ingest.reader import ReadError

KEPT = timedelta(days=14)
"""How long the whole of a divided file is kept while parts of it wait at the desk."""
THUMB = 400
MOST_PAGES = 500


@dataclass(frozen=True, slots=True)
class DivisionView:
    """The pages of a file with their boundaries, the records by id, and the last division of it."""

    item: Intake
    pages: tuple[PlannedPage, ...]
    records: dict[str, Record]
    last: Division | None

    @property
    def working(self) -> bool:
        return self.last is not None and self.last.state in ("waiting", "written")


def view(archive: Archive, actor: Actor, intake_id: str) -> DivisionView:
    """How the file is divided now. Raises BadInput when its whole is no longer kept."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        item = must(uow.get(Intake, intake_id), "该文件")
        records = _living(uow, item)
        past = uow.list(Division, intake=item.id, order=("-at", "-id"), limit=1)
    with whole(archive, item, records) as path:
        try:
            count = archive.reader().page_count(path, item.media_type)
        except ReadError as error:
            raise BadInput(str(error), code=error.code) from error
    if count > MOST_PAGES:
        raise BadInput(
            f"文件有 {count} 页，超过 {MOST_PAGES} 页。", code="too_many_to_divide", hint="请分批扫描。"
        )
    pages = _as_divided(count, records)
    return DivisionView(item, pages, {r.id: r for r in records}, past[0] if past else None)


def _living(uow: UnitOfWork, item: Intake) -> list[Record]:
    found = uow.list(Record, id=item.records, order=("id",)) if item.records else []
    return [r for r in found if r.state is not RecordState.DESTROYED]


def _as_divided(count: int, records: Sequence[Record]) -> tuple[PlannedPage, ...]:
    places = {number: (r, n) for r in records for n, number in enumerate(r.source_pages)}
    pages = []
    for number in range(1, count + 1):
        if number not in places:
            pages.append(PlannedPage(number, False, out=True))
            continue
        record, n = places[number]
        turned = record.turned[n] if n < len(record.turned) else 0
        locked = record.state not in UNSETTLED
        pages.append(PlannedPage(number, n == 0, False, turned, locked, record.id))
    return tuple(pages)


@contextmanager
def whole(archive: Archive, item: Intake, records: Sequence[Record]) -> Iterator[Path]:
    """The whole received file: from the receiving area, or the one record that keeps all of it."""
    if item.media_type not in filing.DIVISIBLE:
        raise BadInput("只有 PDF 和多页 TIFF 可以拆分。", code="not_divisible")
    holder = next((r for r in records if r.sha256 == item.sha256), None)
    if holder is not None:
        with archive.uow() as uow:
            version = must(uow.get(Version, version_id(holder.id, holder.version)), "该版本")
        with original_file(archive, version) as path:
            yield path
        return
    try:
        stream = archive.store.open_received(item.sha256)
    except NotStored as error:
        message = "整份原件已不再保留，各件已按原来的拆分保存。"
        raise BadInput(message, code="whole_gone", hint="请逐件核对，或重新扫描。") from error
    stream.close()
    with filing.received_file(archive, item) as path:
        yield path


def page_image(archive: Archive, actor: Actor, intake_id: str, page: int) -> bytes:
    """A small picture of a page as it lies in the file; not of pages whose record is filed."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        item = must(uow.get(Intake, intake_id), "该文件")
        records = _living(uow, item)
    filed = {n for r in records if r.state not in UNSETTLED for n in r.source_pages}
    if page in filed or page < 1:
        raise BadInput("没有这一页。", code="no_page")
    cached = page_cache(archive.home, f"intake-{item.id}") / f"{page}.jpg"
    if cached.is_file():
        return cached.read_bytes()
    with whole(archive, item, records) as path:
        try:
            image = archive.reader().render(path, item.media_type, page, THUMB)
        except ReadError as error:
            raise BadInput(str(error), code=error.code) from error
    cached.parent.mkdir(parents=True, exist_ok=True)
    part = cached.with_suffix(f".{new_id()}.part")
    part.write_bytes(image)
    part.replace(cached)
    return image


def divide(archive: Archive, actor: Actor, intake_id: str, pages: Sequence[PlannedPage]) -> Division:
    """Ask a worker to divide the file so. Raises BadInput for a plan that is none, Clash when pages are with others.

    Pages of filed records stay theirs; parts whose pages do not change stay as they are.
    """
    now_view = view(archive, actor, intake_id)
    if now_view.working:
        raise Clash("这份文件正在拆分。", code="dividing", hint="请等它完成。")
    asked = {p.number: p for p in pages}
    plan = tuple(
        old if old.locked else replace(asked.get(old.number, old), locked=False, record=old.record)
        for old in now_view.pages
    )
    if not groups(plan) and not any(p.locked for p in plan):
        raise BadInput("至少要留下一页。", code="nothing_left")
    now = archive.clock.now()
    division = Division(
        new_id(), intake_id, actor.id, now, "waiting", plain_plan(plan), plain_plan(now_view.pages)
    )
    with archive.uow(write=True) as uow:
        away = others_hold(archive, uow, actor)
        if any(p.record in away for p in plan if p.record):
            raise Clash("有一件正由同事处理。", code="taken", hint="请等对方完成，再拆分。")
        uow.add(division)
        payload = {"division": division.id}
        uow.enqueue(Job(new_id(), "divide", payload, JobState.WAITING, now, now, key=division.id))
        uow.commit()
    return division


def run(archive: Archive, division_id: str) -> None:
    """The job: make the new parts, withdraw the old ones, remove what these held. Safe to run again."""
    with archive.uow() as uow:
        division = must(uow.get(Division, division_id), "这次拆分")
        item = must(uow.get(Intake, division.intake), "该文件")
        records = _living(uow, item)
    if division.state == "waiting":
        division = _write(archive, division, item, records)
    if division.state == "written":
        for record_id in division.withdrawn:
            archive.store.destroy(object_of_record(record_id))
            shutil.rmtree(page_cache(archive.home, record_id), ignore_errors=True)
        with archive.uow(write=True) as uow:
            uow.put(replace(division, state="done"))
            uow.commit()


def _write(archive: Archive, division: Division, item: Intake, records: Sequence[Record]) -> Division:
    pages = _planned(division, records)
    wanted = groups(pages)
    turns = {p.number: p.turned for p in pages}
    same = {
        r.source_pages
        for r in records
        if r.source_pages in wanted
        and all(t == turns.get(n, 0) for n, t in zip(r.source_pages, r.turned, strict=False))
    }
    fresh = [g for g in wanted if g not in same]
    old = [r for r in records if r.state in UNSETTLED and r.source_pages not in same]
    with whole(archive, item, records) as path:
        with archive.uow() as uow:
            taught = learned(uow)
        facts = archive.reader().read_file(
            path, item.original_name, learned=taught, parts=tuple(fresh), turned=turns
        )
        if facts.state is not FileState.READ:
            return _failed(archive, division, "原件读不出来。")
        with archive.uow() as uow:
            drafts = [filing.make_draft(archive, uow, item, facts, part, path) for part in facts.records]
        if drafts:
            archive.store.put([filing.stored(d) for d in drafts])
    return _commit(archive, division, item, old, drafts)


def _as_turned(record: Record, turns: Mapping[int, int]) -> bool:
    """Whether its pages lie as the plan says."""
    known = zip(record.source_pages, record.turned, strict=False)
    return all(turned == turns.get(number, 0) for number, turned in known)


def _planned(division: Division, records: Sequence[Record]) -> list[PlannedPage]:
    """The plan, with pages locked whose record was filed meanwhile."""
    filed = {n for r in records if r.state not in UNSETTLED for n in r.source_pages}
    return [
        PlannedPage(p["number"], p["begins"], p["out"], p["turned"], p["number"] in filed)
        for p in division.plan
    ]


def _commit(
    archive: Archive, division: Division, item: Intake, old: Sequence[Record], drafts: Sequence[filing.Draft]
) -> Division:
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        for record in old:
            fresh = must(uow.get(Record, record.id), "该件")
            if fresh.version != record.version or fresh.state is not record.state:
                raise Clash("拆分时有一件被改动。", code="record_changed")
        made = [filing.write_draft(archive, uow, d, division.person) for d in drafts]
        for record in old:
            _withdraw(archive, uow, record)
        kept = [r for r in item.records if r not in {o.id for o in old}]
        uow.put(replace(item, records=(*kept, *(r.id for r in made)), whole_kept=True))
        ids = tuple(r.id for r in old)
        division = replace(division, state="written", withdrawn=ids, made=tuple(r.id for r in made))
        uow.put(division)
        uow.audit(
            Event.FILE_DIVIDED,
            actor=division.person,
            subject=item.id,
            at=now,
            before=[list(g) for g in groups([PlannedPage(**p) for p in division.before])],
            after=[list(g) for g in groups([PlannedPage(**p) for p in division.plan])],
            withdrawn=list(ids),
            made=[r.id for r in made],
        )
        wake_index(archive, uow)
        uow.commit()
    return division


def _withdraw(archive: Archive, uow: UnitOfWork, record: Record) -> None:
    """A part that was cut wrongly and that nobody filed leaves nothing but the fact that it was there."""
    uow.put(
        Record(
            id=record.id,
            type=None,
            title="已重新拆分",
            state=RecordState.DESTROYED,
            access_class=record.access_class,
            filed_at=record.filed_at,
            version=record.version,
            change=uow.next_change(),
            intake=record.intake,
        )
    )
    for text in uow.list(VersionText, record=record.id):
        uow.remove(VersionText, text.id)
    if uow.get(DeskLease, record.id) is not None:
        uow.remove(DeskLease, record.id)


def _failed(archive: Archive, division: Division, why: str) -> Division:
    with archive.uow(write=True) as uow:
        division = replace(division, state="failed", error=why)
        uow.put(division)
        uow.commit()
    return division


def undo(archive: Archive, actor: Actor, intake_id: str) -> Division:
    """Divide the file again as it was before its last division; parts that were filed since stay as they are."""
    with archive.uow() as uow:
        past = uow.list(Division, intake=intake_id, state="done", order=("-at", "-id"), limit=1)
    if not past:
        raise BadInput("没有可以撤销的拆分。", code="nothing_to_undo")
    return divide(archive, actor, intake_id, [PlannedPage(**p) for p in past[0].before])


def tidy(archive: Archive) -> int:
    """Drop wholes of divided files that nobody needs any more; returns how many."""
    end = archive.clock.now() - KEPT
    dropped: list[str] = []
    with archive.uow(write=True) as uow:
        for item in uow.list(Intake, whole_kept=True, limit=1000):
            waits = uow.count(Record, intake=item.id, state=UNSETTLED)
            if waits and item.received_at > end:
                continue
            uow.put(replace(item, whole_kept=False))
            if not uow.count(Intake, sha256=item.sha256, state=("waiting", "reading")):
                dropped.append(item.sha256)
        uow.commit()
    for sha256 in dropped:
        archive.store.drop_received(sha256)
    return len(dropped)
