"""The estate's register of houses and tenures, and each household's owner file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, BinaryIO

from archive.domain.access import Allowed, authorize
from archive.domain.access_model import AccessRequest
from archive.domain.audit_model import Event
from archive.domain.estate import House, Tenure
from archive.domain.people import Actor
from archive.domain.records import Dossier, Record, RecordState
from archive.ports.unit_of_work import StartsWith, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, grants_of, must, new_id
from archive.services.keeping import refresh_due
from archive.services.tables import read_table
from archive.services.views import OwnerFileLine, OwnerFileView, Rights
from schemas.dates import parse_date
from schemas.houses import parse_house

COLUMNS = ("estate", "house", "owner", "from", "to", "phone")
HEADINGS = {
    "项目": "estate",
    "小区": "estate",
    "房号": "house",
    "房屋": "house",
    "业主": "owner",
    "业主姓名": "owner",
    "起": "from",
    "产权起": "from",
    "止": "to",
    "产权止": "to",
    "电话": "phone",
    "联系电话": "phone",
}
CHUNK = 2000
EXPECTED_DOSSIER = "owner_file"


def import_estate(
    archive: Archive, actor: Actor, source: BinaryIO, name: str, *, dry_run: bool = False
) -> list[dict[str, Any]]:
    """Take over a register of houses and tenures from .csv or .xlsx; answers one line per row.

    A row that is known already changes nothing. Bad rows are reported and leave the others alone.
    Raises BadInput when the file cannot be read or lacks a column.
    """
    allow(archive, actor, "estate.manage")
    rows = read_table(source, name, HEADINGS, ("estate", "house"), COLUMNS)
    answers: list[dict[str, Any]] = []
    chunk: list[tuple[int, Mapping[str, str]]] = []
    seen: dict[str, list[Tenure]] = {}
    for number, row in enumerate(rows, start=2):
        chunk.append((number, row))
        if len(chunk) == CHUNK:
            answers += _import_chunk(archive, actor, chunk, seen, dry_run)
            chunk = []
    answers += _import_chunk(archive, actor, chunk, seen, dry_run)
    return answers


@dataclass(slots=True)
class _Changes:
    """What a chunk of rows adds and ends."""

    houses: list[House] = field(default_factory=list)
    tenures: list[Tenure] = field(default_factory=list)
    ended: list[Tenure] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.houses or self.tenures or self.ended)


def _import_chunk(
    archive: Archive,
    actor: Actor,
    chunk: list[tuple[int, Mapping[str, str]]],
    seen: dict[str, list[Tenure]],
    dry_run: bool,
) -> list[dict[str, Any]]:
    if not chunk:
        return []
    answers: list[dict[str, Any]] = []
    changes = _Changes()
    with archive.uow(write=not dry_run) as uow:
        parsed = [(number, _parse(row)) for number, row in chunk]
        ids = tuple({p[0].id for _, p in parsed if not isinstance(p, str)})
        known = {h.id for h in uow.list(House, id=ids)} if ids else set()
        _remember(uow, ids, seen)
        for number, row in parsed:
            if isinstance(row, str):
                answers.append(
                    {"row": number, "state": "refused", "record": None, "problems": [_problem(row)]}
                )
                continue
            house, tenure = row
            state, problems = _merge(house, tenure, known, changes, seen)
            answers.append({"row": number, "state": state, "record": house.id, "problems": problems})
        if changes and not dry_run:
            _write(archive, uow, actor, changes)
            uow.commit()
    return answers


def _write(archive: Archive, uow: UnitOfWork, actor: Actor, changes: _Changes) -> None:
    uow.add(*changes.houses)
    uow.add(*changes.tenures)
    uow.put(*changes.ended)
    for tenure in changes.ended:
        refresh_due(archive, uow, "house", tenure.house)
    uow.audit(
        Event.ESTATE_IMPORTED,
        actor=actor.id,
        subject="estate",
        at=archive.clock.now(),
        houses=len(changes.houses),
        tenures=len(changes.tenures),
        ended=[t.id for t in changes.ended],
    )


def _remember(uow: UnitOfWork, ids: tuple[str, ...], seen: dict[str, list[Tenure]]) -> None:
    fresh = tuple(i for i in ids if i not in seen)
    for one in fresh:
        seen[one] = []
    for tenure in uow.list(Tenure, house=fresh) if fresh else []:
        seen[tenure.house].append(tenure)


def _problem(code: str) -> dict[str, str]:
    return {"code": code, "message": PROBLEMS[code]}


PROBLEMS = {
    "no_estate": "没有写项目。",
    "bad_house": "房号读不懂，请写成 3栋2单元1203 或 3-2-1203。",
    "bad_date": "日期读不懂，请写成 2026-03-06。",
    "ends_before": "产权止早于产权起。",
    "overlap": "与这套房屋已登记的产权期重叠，没有导入这位业主。",
}


def _parse(row: Mapping[str, str]) -> tuple[House, Tenure | None] | str:
    """One row as house and tenure, or the code of what is wrong with it."""
    estate = row.get("estate", "").strip().replace("/", "")
    written = row.get("house", "")
    key = parse_house(written, field=True)
    if not estate:
        return "no_estate"
    if key is None:
        return "bad_house"
    house = House(f"{estate}/{key}", estate, key, written.strip())
    owner = row.get("owner", "").strip()
    started, ended = _day(row.get("from", "")), _day(row.get("to", ""))
    if isinstance(started, str) or isinstance(ended, str):
        return "bad_date"
    if started and ended and ended < started:
        return "ends_before"
    tenure = (
        Tenure(new_id(), house.id, owner, row.get("phone", "").strip(), started, ended) if owner else None
    )
    return house, tenure


def _day(text: str) -> date | str | None:
    return (parse_date(text) or "bad") if text.strip() else None


def _merge(
    house: House, tenure: Tenure | None, known: set[str], changes: _Changes, seen: dict[str, list[Tenure]]
) -> tuple[str, list[dict[str, str]]]:
    state = "known"
    if house.id not in known:
        known.add(house.id)
        changes.houses.append(house)
        state = "added"
    if tenure is None:
        return state, []
    others = seen.setdefault(house.id, [])
    same = next((t for t in others if t.owner == tenure.owner and t.started == tenure.started), None)
    if same is not None:
        if tenure.ended is None or tenure.ended == same.ended:
            return state, []
        ended = replace(same, ended=tenure.ended)
        others[others.index(same)] = ended
        changes.ended.append(ended)
        return "ended", []
    if any(_overlap(t, tenure) for t in others):
        return "refused" if state == "known" else state, [_problem("overlap")]
    others.append(tenure)
    changes.tenures.append(tenure)
    return "added", []


def _overlap(a: Tenure, b: Tenure) -> bool:
    first, last = date.min, date.max
    return (a.started or first) < (b.ended or last) and (b.started or first) < (a.ended or last)


def find_houses(archive: Archive, actor: Actor, text: str, limit: int = 20) -> list[House]:
    """Houses by number in any spelling, or by the beginning of their canonical key; never a list of them all."""
    allow(archive, actor, "estate.see")
    typed = text.strip()
    if not typed:
        return []
    key = parse_house(typed, field=True)
    with archive.uow() as uow:
        if key and (exact := uow.list(House, key=key, order=("estate",), limit=limit)):
            return exact
        return uow.list(House, key=StartsWith(key or typed.upper()), order=("key",), limit=limit)


def owner_file(archive: Archive, actor: Actor, house_id: str, tenure: str | None = None) -> OwnerFileView:
    """One owner's file of a house: what is in it by the manual's order of contents, and what is missing.

    Without `tenure` it is the present owner's; former owners' files are kept apart (004 业主档案 4.2.3). Titles and
    states are shown to whoever may know that the records exist; nothing of their content is.
    """
    allow(archive, actor, "estate.see")
    with archive.uow() as uow:
        house = must(uow.get(House, house_id), "该房屋")
        tenures = uow.list(Tenure, house=house.id, order=("-started",))
        present = next((t for t in tenures if t.ended is None), tenures[0] if tenures else None)
        shown = must(next((t for t in tenures if t.id == tenure), None), "该产权期") if tenure else present
        own = shown.id if shown else None
        dossiers = uow.list(Dossier, house=house.id, kind=EXPECTED_DOSSIER, tenure=own, limit=1)
        dossier = dossiers[0] if dossiers else None
        records = uow.list(Record, house=house.id, tenure=own, order=("record_date",), limit=1000)
        if shown == present and own is not None:
            records += uow.list(Record, house=house.id, tenure=None, order=("record_date",), limit=1000)
        rights = _rights(archive, uow, actor, dossier)
    alive = [r for r in records if r.state is not RecordState.DESTROYED]
    return OwnerFileView(dossier, house, tuple(tenures), _lines(archive, actor, alive), rights, shown)


def _rights(archive: Archive, uow: UnitOfWork, actor: Actor, dossier: Dossier | None) -> Rights:
    asks = isinstance(authorize(actor, "access.request", archive.pack), Allowed)
    if dossier is None:
        return Rights(known=True, open=False, download=False, may_request=False)
    now = archive.clock.now()
    grant = next(
        (g for g in grants_of(archive, uow, actor) if g.active(now) and g.target == dossier.id), None
    )
    waiting = uow.list(AccessRequest, requester=actor.id, state="open", target=dossier.id, limit=1)
    return Rights(
        known=True,
        open=grant is not None,
        download=False,
        refusal="" if grant else "needs_grant",
        may_request=asks and grant is None and not waiting,
        pending_request=waiting[0].id if waiting else None,
        grant=grant,
    )


def _lines(archive: Archive, actor: Actor, records: list[Record]) -> tuple[OwnerFileLine, ...]:
    """The contents in the manual's order with what is missing, then whatever else lies in the file."""
    known = [
        r for r in records if isinstance(authorize(actor, "record.know", archive.pack, record=r), Allowed)
    ]
    present = {r.type for r in known if r.type}
    contents = archive.pack.dossiers[EXPECTED_DOSSIER]
    expected = set(contents.expected(present))
    lines, placed = [], set[str]()
    for line in contents.contents:
        here = tuple(r for r in known if r.type in line.types)
        if here or line in expected:
            lines.append(OwnerFileLine(line.types[0], line.title_zh, here, line in expected))
            placed |= {r.id for r in here}
    rest = [r for r in known if r.id not in placed]
    for code in sorted({r.type or "" for r in rest}, key=lambda c: (not c, c)):
        kind = archive.pack.record_types.get(code)
        here = tuple(r for r in rest if (r.type or "") == code)
        lines.append(OwnerFileLine(code, kind.title_zh if kind else "待核对", here, False))
    return tuple(lines)
