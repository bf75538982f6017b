"""What a household's owner file should hold, what is missing or unsigned, and since when (004 业主档案 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from archive.domain.estate import House, Tenure
from archive.domain.records import Record, RecordState
from schemas.dossier import ContentsLine, DossierKind
from schemas.model import RecordType

GONE = frozenset({RecordState.DESTROYED})
"""A destroyed record fulfils nothing."""


class FileState(StrEnum):
    """How a household's owner file stands; a closed list, worst first."""

    MISSING = "missing"
    UNSIGNED = "unsigned"
    COMPLETE = "complete"
    VACANT = "vacant"
    """Nobody owns the house (yet), so no owner file is expected."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What completeness needs to know of one record of a house; `id` is the record's.

    `unsigned` says that a signature or seal that its form needs was looked for and not found.
    """

    id: str
    house: str
    tenure: str | None
    type: str
    day: date | None
    unsigned: bool


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """The kept summary of one house's present owner file; `id` is the House.id.

    `missing` and `unsigned` name lines of the contents by their first type, each between spaces (" owner_card
    gas_agreement "), so that one can be looked for. `gaps` counts both. `since` is the first day on which one of them
    should have been there; None where the register does not tell when the owner came.
    """

    id: str
    estate: str
    building: str
    unit: str
    room: str
    place: str
    written: str
    tenure: str | None
    owner: str
    state: FileState
    missing: str
    unsigned: str
    gaps: int
    since: date | None
    records: int


@dataclass(frozen=True, slots=True)
class Gap:
    """One line of the contents that is missing or unsigned, and since when (None: not known)."""

    line: ContentsLine
    kind: FileState
    since: date | None


def entry_of(record: Record, kinds: Mapping[str, RecordType]) -> FileEntry | None:
    """The record as completeness sees it; None when it belongs to no house, has no type, or is gone."""
    if record.house is None or record.type is None or record.state in GONE:
        return None
    kind = kinds.get(record.type)
    return FileEntry(
        record.id,
        record.house,
        record.tenure,
        record.type,
        record.record_date or record.filed_at.date(),
        kind is not None and bool(absent_marks(record, kind)),
    )


def absent_marks(record: Record, kind: RecordType) -> tuple[str, ...]:
    """Codes of the places for signatures and seals that the form needs and that were found empty."""
    needed = {p.code for p in (*kind.signatures, *kind.seals) if p.required}
    marks: tuple[Mapping[str, Any], ...] = (*record.signatures, *record.seals)
    return tuple(m["place"] for m in marks if m["place"] in needed and not m["present"])


def gaps_of(contents: DossierKind, entries: Iterable[FileEntry], started: date | None) -> tuple[Gap, ...]:
    """What lacks in the file of an owner who came on `started`.

    A form that every file holds is due when the owner moves in; one that a renovation brings, when the first paper of
    that renovation was written.
    """
    mine = tuple(entries)
    renovation = _renovation_began(contents, mine)
    found = []
    for line in contents.expected({e.type for e in mine}):
        here = [e for e in mine if e.type in line.types]
        if not here:
            found.append(Gap(line, FileState.MISSING, renovation if line.when == "renovation" else started))
        elif all(e.unsigned for e in here):
            found.append(Gap(line, FileState.UNSIGNED, min((e.day for e in here if e.day), default=started)))
    return tuple(found)


def _renovation_began(contents: DossierKind, entries: tuple[FileEntry, ...]) -> date | None:
    types = {t for line in contents.contents if line.when == "renovation" for t in line.types}
    return min((e.day for e in entries if e.type in types and e.day), default=None)


def summary(
    house: House, present: Tenure | None, entries: Iterable[FileEntry], contents: DossierKind
) -> HouseholdFile:
    """The household's summary. `entries` are those of the house; of them count the present owner's and those that
    nobody has given to an owner."""
    mine = tuple(e for e in entries if present and e.tenure in (present.id, None))
    gaps = gaps_of(contents, mine, present.started) if present else ()
    missing = _spaced(g for g in gaps if g.kind is FileState.MISSING)
    unsigned = _spaced(g for g in gaps if g.kind is FileState.UNSIGNED)
    state = FileState.MISSING if missing else FileState.UNSIGNED if unsigned else FileState.COMPLETE
    return HouseholdFile(
        house.id,
        house.estate,
        house.building,
        house.unit,
        house.room,
        house.place,
        house.written,
        present.id if present else None,
        present.owner if present else "",
        state if present else FileState.VACANT,
        missing,
        unsigned,
        len(gaps),
        min((g.since for g in gaps if g.since), default=None),
        len(mine),
    )


def _spaced(gaps: Iterable[Gap]) -> str:
    codes = " ".join(g.line.types[0] for g in gaps)
    return f" {codes} " if codes else ""


def present_tenure(tenures: Iterable[Tenure]) -> Tenure | None:
    """The tenure that lasts; None while nobody owns the house."""
    lasting = [t for t in tenures if t.ended is None]
    return max(lasting, key=lambda t: t.started or date.min) if lasting else None
