"""The house register as people look at it: estates, buildings, one building floor by floor, and what lacks where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from archive.domain.audit_model import Event
from archive.domain.completeness import FileState, HouseholdFile
from archive.domain.estate import floor_of, sortable
from archive.domain.people import Actor
from archive.ports.unit_of_work import Contains, UnitOfWork
from archive.services import completeness
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.indexing import newest_change
from archive.services.tables import harmless
from schemas.dossier import ContentsLine

PAGE = 50
MOST_IN_A_BUILDING = 5000
LACKING = (FileState.MISSING, FileState.UNSIGNED)


@dataclass(frozen=True, slots=True)
class Building:
    """A building of an estate: how many of its houses stand how."""

    name: str
    states: Mapping[FileState, int]

    @property
    def houses(self) -> int:
        return sum(self.states.values())

    @property
    def lacking(self) -> int:
        return sum(self.states.get(s, 0) for s in LACKING)


@dataclass(frozen=True, slots=True)
class RegisterView:
    """The register of one estate. `estates` are all of them with their number of houses."""

    estates: tuple[tuple[str, int], ...]
    estate: str
    states: Mapping[FileState, int]
    buildings: tuple[Building, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a building, or all of one that has none (`name` ""): its floors from the top down."""

    name: str
    floors: tuple[tuple[str, tuple[HouseholdFile, ...]], ...]


@dataclass(frozen=True, slots=True)
class BuildingView:
    estate: str
    building: str
    states: Mapping[FileState, int]
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list: in one estate and building ("" for all), lacking one line of the contents (its first type, "" for
    any), missing or unsigned (None for either)."""

    estate: str = ""
    building: str = ""
    line: str = ""
    kind: FileState | None = None

    def conditions(self) -> dict[str, Any]:
        where: dict[str, Any] = {"state": LACKING}
        where |= {"estate": self.estate} if self.estate else {}
        where |= {"building": self.building} if self.building else {}
        text = f" {self.line} " if self.line else " "
        if self.kind is FileState.UNSIGNED:
            where["unsigned"] = Contains(text)
        elif self.kind is FileState.MISSING or self.line:
            where["missing"] = Contains(text)
        return where


@dataclass(frozen=True, slots=True)
class LackingPage:
    """A page of households whose files lack something, those that lack it longest first. `behind` says how many
    changes of records are not yet in the list."""

    files: tuple[HouseholdFile, ...]
    total: int
    page: int
    pages: int
    behind: int
    estates: tuple[str, ...]
    buildings: tuple[str, ...]
    lines: tuple[ContentsLine, ...]


def overview(archive: Archive, actor: Actor, estate: str = "") -> RegisterView:
    """The buildings of `estate`, or of the first one; nothing of the single houses."""
    allow(archive, actor, "estate.see")
    with archive.uow() as uow:
        estates = tuple(sorted(uow.count_by(HouseholdFile, "estate").items(), key=lambda e: (-e[1], e[0])))
        shown = estate if estate in dict(estates) else estates[0][0] if estates else ""
        buildings = _buildings(uow, shown)
    return RegisterView(estates, shown, _sum(buildings), buildings)


def _buildings(uow: UnitOfWork, estate: str) -> tuple[Building, ...]:
    counts: dict[str, dict[FileState, int]] = {}
    for state in FileState:
        for name, number in uow.count_by(HouseholdFile, "building", estate=estate, state=state).items():
            counts.setdefault(name, {})[state] = number
    return tuple(Building(name, counts[name]) for name in sorted(counts, key=sortable))


def _sum(buildings: tuple[Building, ...]) -> dict[FileState, int]:
    return {state: sum(b.states.get(state, 0) for b in buildings) for state in FileState}


def building(archive: Archive, actor: Actor, estate: str, name: str) -> BuildingView:
    """One building, unit by unit and floor by floor. NotFound when the estate has none of this name."""
    allow(archive, actor, "estate.see")
    with archive.uow() as uow:
        files = uow.list(
            HouseholdFile, estate=estate, building=name, order=("place",), limit=MOST_IN_A_BUILDING
        )
    must(files or None, "这栋楼")
    units: dict[str, dict[str, list[HouseholdFile]]] = {}
    for one in files:
        units.setdefault(one.unit, {}).setdefault(floor_of(one.room), []).append(one)
    states = {state: sum(f.state is state for f in files) for state in FileState}
    return BuildingView(estate, name, states, tuple(_unit(u, floors) for u, floors in units.items()))


def _unit(name: str, floors: Mapping[str, list[HouseholdFile]]) -> Unit:
    from_the_top = sorted(floors, key=lambda f: -int(f or "-1"))
    return Unit(name, tuple((floor, tuple(floors[floor])) for floor in from_the_top))


def lacking(archive: Archive, actor: Actor, wanted: Wanted, page: int = 1) -> LackingPage:
    """Households whose owner files lack something."""
    allow(archive, actor, "estate.see")
    with archive.uow() as uow:
        where = wanted.conditions()
        total = uow.count(HouseholdFile, **where)
        pages = max(1, -(-total // PAGE))
        page = min(max(page, 1), pages)
        files = uow.list(
            HouseholdFile, order=("since", "estate", "place"), limit=PAGE, offset=(page - 1) * PAGE, **where
        )
        estates = tuple(sorted(uow.count_by(HouseholdFile, "estate")))
        named = {"estate": wanted.estate} if wanted.estate else {}
        buildings = tuple(sorted(uow.count_by(HouseholdFile, "building", **named), key=sortable))
        behind = newest_change(uow) - completeness.position(uow)
    lines = archive.pack.dossiers[completeness.OWNER_FILE].contents
    return LackingPage(tuple(files), total, page, pages, max(behind, 0), estates, buildings, lines)


def longest_lacking(uow: UnitOfWork, limit: int) -> tuple[HouseholdFile, ...]:
    """The households that lack something longest."""
    return tuple(uow.list(HouseholdFile, state=LACKING, order=("since",), limit=limit))


def days_since(file: HouseholdFile, today: date) -> int | None:
    """For how many days the first gap has been there; None where the register does not tell."""
    return (today - file.since).days if file.since else None


HEADINGS = ("项目", "房号", "业主", "缺少", "未签", "自何日起", "天数")


def export_lacking(archive: Archive, actor: Actor, wanted: Wanted, target: BinaryIO) -> int:
    """The whole list as an .xlsx; returns how many households."""
    from openpyxl import Workbook  # half a second that no other command should wait for

    allow(archive, actor, "estate.manage")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("缺件清单")
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFG", (16, 20, 12, 60, 40, 12, 8), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.append(HEADINGS)
    count = 0
    for row in _exported(archive, wanted):
        sheet.append(row)
        count += 1
    book.save(target)
    with archive.uow(write=True) as uow:
        now = archive.clock.now()
        uow.audit(Event.EXPORTED, actor=actor.id, subject="completeness", at=now, rows=count)
        uow.commit()
    return count


def _exported(archive: Archive, wanted: Wanted) -> Iterator[tuple[str | int | None, ...]]:
    titles = {
        line.types[0]: line.title_zh for line in archive.pack.dossiers[completeness.OWNER_FILE].contents
    }
    today = archive.clock.today()
    with archive.uow() as uow:
        for file in uow.stream(HouseholdFile, batch=1000, **wanted.conditions()):
            named = [
                "、".join(titles.get(c, c) for c in codes.split()) for codes in (file.missing, file.unsigned)
            ]
            since = file.since.isoformat() if file.since else ""
            texts = (file.estate, file.written, file.owner, *named, since)
            yield (*map(harmless, texts), days_since(file, today))
