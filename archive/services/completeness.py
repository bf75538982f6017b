"""How complete the owner files are: a summary kept for each house, following the records' change numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from archive.domain.completeness import (
    FileEntry,
    FileState,
    HouseholdFile,
    entry_of,
    present_tenure,
    summary,
)
from archive.domain.estate import House, Tenure
from archive.domain.jobs import Setting
from archive.domain.records import Record
from archive.ports.unit_of_work import After, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import keep_setting

BATCH = 500
POSITION = "completeness-position"
PACK = "completeness-pack"
OWNER_FILE = "owner_file"


def follow(archive: Archive) -> int:
    """Take in every record that changed since the last time, and keep the summaries of the houses it left and came
    to; returns how many records. Part of the job "index"."""
    taken = 0
    while True:
        with archive.uow() as uow:
            if not uow.list(Record, change=After(position(uow)), order=("change",), limit=1):
                break
        with archive.uow(write=True) as uow:
            changed = uow.list(Record, change=After(position(uow)), order=("change",), limit=BATCH)
            if not changed:
                break
            refresh(archive, uow, _place(archive, uow, changed))
            keep_setting(uow, Setting(POSITION, changed[-1].change))
            uow.commit()
        taken += len(changed)
    _follow_pack(archive)
    return taken


def position(uow: UnitOfWork) -> int:
    """The change number up to which the summaries are complete."""
    row = uow.get(Setting, POSITION)
    return int(row.value) if row else 0


def _place(archive: Archive, uow: UnitOfWork, changed: Sequence[Record]) -> set[str]:
    """Note where these records lie now; returns the houses that gained, lost or changed one."""
    known = {e.id: e for e in uow.list(FileEntry, id=tuple(r.id for r in changed))}
    added, moved, houses = [], [], set[str]()
    for record in changed:
        old, new = known.get(record.id), entry_of(record, archive.pack.record_types)
        if old == new:
            continue
        houses |= {e.house for e in (old, new) if e}
        if new is None:
            uow.remove(FileEntry, record.id)
        elif old is None:
            added.append(new)
        else:
            moved.append(new)
    uow.add(*added)
    uow.put(*moved)
    return houses


def _follow_pack(archive: Archive) -> None:
    """Other contents (a new version of the pack) make every summary anew."""
    with archive.uow() as uow:
        row = uow.get(Setting, PACK)
        unknown = row is None and uow.count(House) != uow.count(HouseholdFile)
        if row is not None and row.value == archive.pack.version:
            return
    if row is not None or unknown:
        rebuild(archive)
        return
    with archive.uow(write=True) as uow:
        keep_setting(uow, Setting(PACK, archive.pack.version))
        uow.commit()


def rebuild(archive: Archive) -> int:
    """Make the summaries of all houses anew from what is noted of the records; returns how many houses."""
    count, after = 0, ""
    while True:
        with archive.uow(write=True) as uow:
            houses = uow.list(House, id=After(after), order=("id",), limit=BATCH)
            refresh(archive, uow, (h.id for h in houses))
            if len(houses) < BATCH:
                keep_setting(uow, Setting(PACK, archive.pack.version))
            uow.commit()
        count += len(houses)
        if len(houses) < BATCH:
            return count
        after = houses[-1].id


def refresh(archive: Archive, uow: UnitOfWork, houses: Iterable[str]) -> None:
    """Make the summaries of these houses anew inside the caller's transaction (after a change of tenures too)."""
    ids = sorted(set(houses))
    for start in range(0, len(ids), BATCH):
        _refresh(archive, uow, tuple(ids[start : start + BATCH]))


def _refresh(archive: Archive, uow: UnitOfWork, ids: tuple[str, ...]) -> None:
    contents = archive.pack.dossiers[OWNER_FILE]
    tenures = _grouped(uow, Tenure, ids)
    entries = _grouped(uow, FileEntry, ids)
    old = {f.id: f for f in uow.list(HouseholdFile, id=ids)}
    new = [
        summary(house, present_tenure(tenures.get(house.id, ())), entries.get(house.id, ()), contents)
        for house in uow.list(House, id=ids)
    ]
    uow.add(*(f for f in new if f.id not in old))
    uow.put(*(f for f in new if f.id in old and old[f.id] != f))


def _grouped(uow: UnitOfWork, kind: type[Any], houses: tuple[str, ...]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in uow.list(kind, house=houses):
        found.setdefault(one.house, []).append(one)
    return found


__all__ = ["FileState", "follow", "position", "rebuild", "refresh"]
