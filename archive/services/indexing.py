"""The search index follows the records' change numbers; it may lag, and says by how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.domain.audit_model import Event
from archive.domain.documents import Revision
from archive.domain.jobs import Job, JobState, Setting
from archive.domain.people import SYSTEM, Actor
from archive.domain.records import Record, RecordState, VersionText, version_id
from archive.ports.search import IndexEntry
from archive.ports.unit_of_work import After, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, keep_setting, new_id

BATCH = 500
POSITION = "index-position"
NOT_IN_FORCE = "~"
"""What the index puts behind the class of a revision that is not in force."""


def wake_index(archive: Archive, uow: UnitOfWork) -> None:
    """Make sure that a job will bring the index up to date; asking often makes one job."""
    now = archive.clock.now()
    uow.enqueue(Job(new_id(), "index", {}, JobState.WAITING, now, now, key="index"))


def position(uow: UnitOfWork) -> int:
    """The change number up to which the index is complete."""
    row = uow.get(Setting, POSITION)
    return int(row.value) if row else 0


def newest_change(uow: UnitOfWork) -> int:
    newest = uow.list(Record, order=("-change",), limit=1)
    return newest[0].change if newest else 0


def drain(archive: Archive) -> int:
    """The job "index": write everything that changed since the index's position; returns how many records."""
    written = 0
    while True:
        with archive.uow() as uow:
            start = position(uow)
            changed = uow.list(Record, change=After(start), order=("change",), limit=BATCH)
            if not changed:
                return written
            entries, removed = _entries(uow, changed)
        archive.index.write(entries, removed)
        _move_position(archive, changed[-1].change)
        written += len(changed)


def _move_position(archive: Archive, change: int) -> None:
    with archive.uow(write=True) as uow:
        if change > position(uow):
            keep_setting(uow, Setting(POSITION, change))
            uow.commit()


def _entries(uow: UnitOfWork, records: Sequence[Record]) -> tuple[list[IndexEntry], list[tuple[str, int]]]:
    alive = [r for r in records if r.state is not RecordState.DESTROYED]
    ids = tuple(version_id(r.id, r.version) for r in alive)
    texts = {t.id: t.text for t in uow.list(VersionText, id=ids)} if ids else {}
    kept_apart = _not_in_force(uow, alive)
    entries = [entry(r, texts.get(version_id(r.id, r.version), ""), apart=r.id in kept_apart) for r in alive]
    return entries, [(r.id, r.change) for r in records if r.state is RecordState.DESTROYED]


def _not_in_force(uow: UnitOfWork, records: Sequence[Record]) -> set[str]:
    """Those that hold a revision of a controlled document which is superseded, withdrawn or not in force yet."""
    ids = tuple(r.id for r in records if r.number)
    found = uow.list(Revision, record=ids, state=("superseded", "withdrawn", "approved")) if ids else []
    return {r.record for r in found}


def entry(record: Record, text: str, *, apart: bool = False) -> IndexEntry:
    """What the index knows of a record: its words, and where it belongs.

    What is kept `apart` stands under its access class with NOT_IN_FORCE behind it, so that a search finds it only when
    it asks for that.
    """
    numbers = [record.number] if record.number else []
    numbers += [
        f["value"] for f in (*record.fields, *record.rows) if f.get("value") and f["code"] in NUMBER_FIELDS
    ]
    return IndexEntry(
        record=record.id,
        change=record.change,
        type=record.type or "",
        title=" | ".join(p for p in (record.title, record.owner or "") if p),
        text=text,
        access_class=record.access_class + (NOT_IN_FORCE if apart else ""),
        house=record.house_key or "",
        houses=tuple(dict.fromkeys(f["value"] for f in record.rows if f["code"] == "house" and f["value"])),
        dossier=record.dossier or "",
        date=record.record_date,
        numbers=tuple(numbers),
    )


NUMBER_FIELDS = frozenset({"phone", "id_number", "number", "form_number", "contract_number", "plate"})


def rebuild_index(archive: Archive, actor: Actor = SYSTEM) -> int:
    """Build the index anew beside the old one and swap; changes made meanwhile follow by a job."""
    allow(archive, actor, "settings.manage")
    with archive.uow() as uow:
        start = newest_change(uow)
    count = archive.index.rebuild(_all_entries(archive))
    with archive.uow(write=True) as uow:
        keep_setting(uow, Setting(POSITION, start))
        uow.audit(
            Event.INDEX_REBUILT,
            actor=actor.id,
            subject="index",
            at=archive.clock.now(),
            records=count,
            to=start,
        )
        wake_index(archive, uow)
        uow.commit()
    return count


def _all_entries(archive: Archive) -> Iterator[IndexEntry]:
    with archive.uow() as uow:
        batch: list[Record] = []
        for record in uow.stream(Record, batch=BATCH):
            batch.append(record)
            if len(batch) == BATCH:
                yield from _entries(uow, batch)[0]
                batch = []
        yield from _entries(uow, batch)[0]
