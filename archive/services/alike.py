"""Near-equal records: found when filed, shown side by side, decided by a person, never by the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from archive.domain.access import Allowed, authorize
from archive.domain.alike import COMMON, AlikeKey, AlikePair, differing, keys_of, may_be_one_paper, pair_id
from archive.domain.audit_model import Event
from archive.domain.jobs import Job, JobState, Setting
from archive.domain.people import Actor
from archive.domain.records import Record, RecordState, Version, VersionText, version_id
from archive.ports.store import NotStored
from archive.ports.unit_of_work import After, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, grants_of, keep_setting, must, new_id
from archive.services.errors import BadInput, Clash
from archive.services.reading import render_page
from ingest.alike import PAGE_ALIKE, TEXT_ALIKE, page_likeness, text_likeness

POSITION = "alike-position"
BATCH = 200
MOST_COMPARED = 6
"""Candidates whose pages are laid over those of one record."""
MOST_PAGES = 3
PAGE_WIDTH = 1000
LITTLE_TEXT = 40
"""Characters below which the text of a scan says nothing."""
SCAN_TEXT = 0.6
"""Scans whose texts are less alike are not laid over each other: recognition reads most of a page the same twice."""
TEXTS = ("text/", "application/vnd.openxmlformats-officedocument.wordprocessingml", "application/msword")


@dataclass(frozen=True, slots=True)
class Side:
    """One record of a pair as the asker may see it. `pages` is the address below which its page images lie, empty when
    it may not be opened."""

    record: Record
    open: bool
    pages: str


@dataclass(frozen=True, slots=True)
class PairView:
    """Two records side by side. `lines` are (field code, first, second), only when both may be opened."""

    pair: AlikePair
    first: Side
    second: Side
    lines: Sequence[tuple[str, str, str]] = ()

    @property
    def decidable(self) -> bool:
        return self.first.open and self.second.open


def wake(archive: Archive, uow: UnitOfWork) -> None:
    """Make sure that a job will look for near-equal records; asking often makes one job."""
    now = archive.clock.now()
    uow.enqueue(Job(new_id(), "alike", {}, JobState.WAITING, now, now, key="alike"))


def drain(archive: Archive) -> int:
    """The job "alike": hold everything that changed since the last time against what is like it; answers how many pairs
    were found."""
    found = 0
    while True:
        with archive.uow() as uow:
            kept = uow.get(Setting, POSITION)
            start = int(kept.value) if kept else 0
            changed = uow.list(Record, change=After(start), order=("change",), limit=BATCH)
        if not changed:
            return found
        batch = _Batch(archive)
        for record in changed:
            batch.look(record)
        found += batch.write(changed[-1].change)


def forget(uow: UnitOfWork, record_id: str) -> None:
    """Remove what this table knows of a record; part of its destruction."""
    for row in uow.list(AlikeKey, record=record_id):
        uow.remove(AlikeKey, row.id)


class _Batch:
    """What is to be written of some records together: one wait for the disk instead of hundreds."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.added: dict[str, list[AlikeKey]] = {}
        self.gone: list[str] = []
        self.pairs: dict[str, AlikePair] = {}

    def look(self, record: Record) -> None:
        """Compare a record with who shares keys with it, in the database or in this batch."""
        with self.archive.uow() as uow:
            mine = {row.id for row in uow.list(AlikeKey, record=record.id)}
            if record.state is RecordState.DESTROYED:
                self.gone += mine
                return
            text = _text(uow, record)
            keys = keys_of(record, text)
            there = [*uow.list(AlikeKey, key=keys), *(row for key in keys for row in self.added.get(key, ()))]
            candidates = _candidates(uow, record, there)
        for other in candidates[:MOST_COMPARED]:
            kind, likeness = _compared(self.archive, record, text, other)
            if kind:
                pair = _pair(self.archive, record, other, kind, likeness)
                self.pairs.setdefault(pair.id, pair)
        often = Counter(row.key for row in there)
        wanted = {f"{record.id}.{key}": key for key in keys if often[key] <= COMMON}
        self.gone += mine - wanted.keys()
        for id, key in wanted.items():
            if id not in mine:
                self.added.setdefault(key, []).append(AlikeKey(id, key, record.id))

    def write(self, position: int) -> int:
        """Answers how many pairs nobody knew."""
        with self.archive.uow(write=True) as uow:
            for gone in self.gone:
                uow.remove(AlikeKey, gone)
            uow.add(*(row for rows in self.added.values() for row in rows))
            fresh = [pair for pair in self.pairs.values() if uow.get(AlikePair, pair.id) is None]
            uow.add(*fresh)
            keep_setting(uow, Setting(POSITION, position))
            uow.commit()
        return len(fresh)


def _candidates(uow: UnitOfWork, record: Record, there: Sequence[AlikeKey]) -> list[Record]:
    """Who shares most keys, and is not in a pair with it yet."""
    shared = Counter(row.record for row in there if row.record != record.id)
    best = [r for r, _ in shared.most_common(3 * COMMON)]
    if not best:
        return []
    known = {p.first for p in uow.list(AlikePair, second=record.id)}
    known |= {p.second for p in uow.list(AlikePair, first=record.id)}
    found = {r.id: r for r in uow.list(Record, id=tuple(b for b in best if b not in known))}
    return [
        found[r]
        for r in best
        if r in found and found[r].state is not RecordState.DESTROYED and may_be_one_paper(record, found[r])
    ]


def _compared(archive: Archive, record: Record, text: str, other: Record) -> tuple[str, float]:
    """(kind, likeness) of a pair to show; ("", 0) when they are not alike."""
    if record.sha256 == other.sha256:
        return "bytes", 1.0
    with archive.uow() as uow:
        of_other = _text(uow, other)
    words = text_likeness(text, of_other)
    if record.media_type.startswith(TEXTS) and other.media_type.startswith(TEXTS):
        return ("text", words) if words >= TEXT_ALIKE else ("", 0.0)
    little = min(len(text), len(of_other)) < LITTLE_TEXT
    if words < SCAN_TEXT and not little:
        return "", 0.0
    likeness = 1.0
    for page in range(1, min(record.pages, MOST_PAGES) + 1):
        likeness = min(likeness, _pages_alike(archive, record, other, page))
        if likeness < PAGE_ALIKE:
            return "", 0.0
    return "scan", likeness


def _pages_alike(archive: Archive, record: Record, other: Record, page: int) -> float:
    with suppress(BadInput, NotStored, ValueError):  # a page that cannot be drawn is like none
        images = [_image(archive, one, page) for one in (record, other)]
        return page_likeness(*images)
    return 0.0


def _image(archive: Archive, record: Record, page: int) -> bytes:
    with archive.uow() as uow:
        version = must(uow.get(Version, version_id(record.id, record.version)), "该版本")
    return render_page(archive, version, page, PAGE_WIDTH)


def _text(uow: UnitOfWork, record: Record) -> str:
    found = uow.get(VersionText, version_id(record.id, record.version))
    return found.text if found else ""


def _pair(archive: Archive, record: Record, other: Record, kind: str, likeness: float) -> AlikePair:
    first, second = sorted((record.id, other.id))
    return AlikePair(pair_id(first, second), first, second, kind, likeness, "open", archive.clock.now())


def pairs(
    archive: Archive, actor: Actor, *, state: str = "open", limit: int = 10, offset: int = 0
) -> tuple[list[PairView], int]:
    """Pairs to decide (or decided, newest first), with how many there are."""
    allow(archive, actor, "record.file")
    states = ("open",) if state == "open" else ("same", "different")
    order = ("id",) if state == "open" else ("-decided_at",)
    with archive.uow() as uow:
        rows = uow.list(AlikePair, state=states, order=order, limit=limit, offset=offset)
        return [_view(archive, uow, actor, row) for row in rows], uow.count(AlikePair, state=states)


def waiting(archive: Archive, actor: Actor) -> int:
    """How many pairs nobody has decided."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        return uow.count(AlikePair, state="open")


def decide(archive: Archive, actor: Actor, pair: str, *, same: bool) -> AlikePair:
    """Say that the two are one paper (the second is then a copy of the first; both stay) or that they are not, which is
    not asked again. Raises Clash when somebody decided before, Refused when one of them may not be opened."""
    return _settle(archive, actor, pair, "open", "same" if same else "different")


def undo(archive: Archive, actor: Actor, pair: str) -> AlikePair:
    """Take a decision back; the pair is asked again."""
    return _settle(archive, actor, pair, "decided", "open")


def _settle(archive: Archive, actor: Actor, pair: str, expected: str, state: str) -> AlikePair:
    allow(archive, actor, "record.file")
    now = archive.clock.now()
    with archive.uow() as uow:
        row = must(uow.get(AlikePair, pair), "这一对")
        view = _view(archive, uow, actor, row)
        for side in (view.first, view.second):
            if not side.open:
                allow(archive, actor, "record.open", uow=uow, record=side.record)
    with archive.uow(write=True) as uow:
        row = must(uow.get(AlikePair, pair), "这一对")
        if (row.state == "open") != (expected == "open"):
            raise Clash("这一对已由他人处理。", code="already_decided", hint="请刷新页面。")
        who, when = (None, None) if state == "open" else (actor.id, now)
        settled = replace(row, state=state, decided_by=who, decided_at=when)
        uow.put(settled)
        uow.audit(
            Event.ALIKE_DECIDED, actor=actor.id, subject=row.second, at=now, other=row.first, decision=state
        )
        uow.commit()
    return settled


def copies(uow: UnitOfWork, record_id: str) -> list[str]:
    """The records that a person called the same paper as this one."""
    found = [p.second for p in uow.list(AlikePair, first=record_id, state="same")]
    return found + [p.first for p in uow.list(AlikePair, second=record_id, state="same")]


def _view(archive: Archive, uow: UnitOfWork, actor: Actor, pair: AlikePair) -> PairView:
    first, second = (must(uow.get(Record, r), "该件") for r in (pair.first, pair.second))
    sides = _side(archive, uow, actor, first), _side(archive, uow, actor, second)
    lines = differing(first, second) if sides[0].open and sides[1].open else ()
    return PairView(pair, *sides, lines)


def _side(archive: Archive, uow: UnitOfWork, actor: Actor, record: Record) -> Side:
    """Opened as everywhere: by role or grant; what waits at the desk, by who files it."""
    now, grants = archive.clock.now(), grants_of(archive, uow, actor)
    for action, pages in (("record.file", "verify"), ("record.open", "records")):
        if isinstance(authorize(actor, action, archive.pack, record=record, grants=grants, now=now), Allowed):
            return Side(record, True, f"/{pages}/{record.id}/pages")
    cut = Record(
        id=record.id,
        type=record.type,
        title="",
        state=record.state,
        access_class=record.access_class,
        filed_at=record.filed_at,
        version=record.version,
        change=0,
    )
    return Side(cut, False, "")
