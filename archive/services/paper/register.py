"""The register of readings 查阅登记表 (004 业主档案 4.3) of a house, dossier or record: on screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo

from archive.domain.access import knowable
from archive.domain.access_model import Grant, Reading
from archive.domain.estate import House
from archive.domain.paper import AWAY, Loan, LoanState
from archive.domain.people import Actor, Person
from archive.domain.records import Dossier, Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, known_dossier, must
from archive.services.errors import BadInput
from archive.services.paper.storing import kind_title
from archive.services.paper_views import ReadingRegister, RegisterRow

MOST_RECORDS = 2000
MOST_READINGS = 5000
MOST_LOANS = 1000
_TAKEN = (*AWAY, LoanState.RETURNED, LoanState.LOST)


def reading_register(archive: Archive, actor: Actor, target_kind: str, target: str) -> ReadingRegister:
    """Every reading under a grant and every loan of paper, oldest first: one line for a reader, record and day.

    `target_kind` is "house", "dossier" or "record". Raises NotFound for what the actor may not know of, BadInput.
    """
    allow(archive, actor, "register.read", subject=target)
    with archive.uow() as uow:
        title, code, records, holders = _subject(archive, uow, actor, target_kind, target)
        ids = tuple(records)
        readings = uow.list(Reading, record=ids, order=("-at",), limit=MOST_READINGS + 1) if ids else []
        loans = _loans(uow, ids, holders)
        cut = len(readings) > MOST_READINGS or len(loans) > MOST_LOANS or len(ids) >= MOST_RECORDS
        screen = _screen_rows(archive, uow, readings[:MOST_READINGS], records)
        paper = _paper_rows(archive, uow, loans[:MOST_LOANS], records)
    rows = sorted([*screen, *paper], key=lambda r: (r.on, r.kind, r.reader, r.what))
    return ReadingRegister(target_kind, target, title, code, tuple(rows), cut, archive.clock.today())


def _subject(
    archive: Archive, uow: UnitOfWork, actor: Actor, target_kind: str, target: str
) -> tuple[str, str, dict[str, Record], tuple[str, ...]]:
    """Title, code, the known records by id, and the ids of the dossiers that count as a whole."""
    if target_kind == "house":
        house = must(uow.get(House, target), "该房屋")
        found = uow.list(Record, house=house.id, limit=MOST_RECORDS)
        dossiers = [d for d in uow.list(Dossier, house=house.id) if known_dossier(archive, actor, d)]
        return house.written, house.key, _known(archive, actor, found), tuple(d.id for d in dossiers)
    if target_kind not in ("dossier", "record"):
        raise BadInput("查阅登记表按房屋、案卷或件打印。", code="unknown_target")
    if target_kind == "dossier":
        dossier = uow.get(Dossier, target)
        dossier = must(dossier if dossier and known_dossier(archive, actor, dossier) else None, "该案卷")
        found = uow.list(Record, dossier=dossier.id, limit=MOST_RECORDS)
        return dossier.title, dossier.code, _known(archive, actor, found), (dossier.id,)
    record = uow.get(Record, target)
    known = _known(archive, actor, [record] if record else [])
    record = must(known.get(target), "该件")
    return kind_title(archive, record), record.house_key or "", known, ()


def _known(archive: Archive, actor: Actor, found: Sequence[Record]) -> dict[str, Record]:
    classes = archive.pack.access_classes
    return {r.id: r for r in found if knowable(actor, classes[r.access_class])}


def _loans(uow: UnitOfWork, records: tuple[str, ...], holders: tuple[str, ...]) -> list[Loan]:
    """Loans of these records and dossiers that were really handed out, the newest first."""
    targets = (*records, *holders)
    if not targets:
        return []
    return uow.list(Loan, target=targets, state=_TAKEN, order=("-out_at",), limit=MOST_LOANS + 1)


def _names(uow: UnitOfWork, ids: set[str | None]) -> dict[str, str]:
    wanted = tuple(i for i in ids if i)
    return {p.id: p.display_name for p in uow.list(Person, id=wanted)} if wanted else {}


def _screen_rows(
    archive: Archive, uow: UnitOfWork, readings: Sequence[Reading], records: Mapping[str, Record]
) -> list[RegisterRow]:
    granted = tuple({r.grant for r in readings if r.grant})
    grants = {g.id: g for g in uow.list(Grant, id=granted)} if granted else {}
    names = _names(uow, {*(r.reader for r in readings), *(g.approved_by for g in grants.values())})
    days: dict[tuple[date, str, str, str | None], set[int]] = {}
    for one in readings:
        key = (_day(one.at, archive.zone), one.reader, one.record, one.grant)
        days.setdefault(key, set()).add(one.page)
    rows = []
    for (on, reader, record, grant_id), pages in days.items():
        grant = grants.get(grant_id or "")
        rows.append(
            RegisterRow(
                on=on,
                kind="screen",
                reader=names.get(reader, reader),
                purpose=grant.purpose if grant else "",
                what=kind_title(archive, records[record]),
                record_type=records[record].type,
                pages=tuple(sorted(pages)),
                approved_by=names.get(grant.approved_by, "") if grant else "",
                until=_day(grant.ends_at, archive.zone) if grant else None,
                state="read",
            )
        )
    return rows


def _paper_rows(
    archive: Archive, uow: UnitOfWork, loans: Sequence[Loan], records: Mapping[str, Record]
) -> list[RegisterRow]:
    holders = tuple({one.target for one in loans if one.target_kind == "dossier"})
    dossiers = {d.id: d for d in uow.list(Dossier, id=holders)} if holders else {}
    names = _names(uow, {x for one in loans for x in (one.requester, one.decided_by, one.handed_by)})
    rows = []
    for one in loans:
        if one.out_at is None:
            continue
        record, dossier = records.get(one.target), dossiers.get(one.target)
        rows.append(
            RegisterRow(
                on=_day(one.out_at, archive.zone),
                kind="paper",
                reader=one.handed_to or names.get(one.requester, one.requester),
                purpose=one.purpose,
                what=kind_title(archive, record) if record else dossier.title if dossier else "",
                record_type=record.type if record else None,
                approved_by=names.get(one.decided_by or "", ""),
                until=one.due_on,
                back=_day(one.ended_at, archive.zone)
                if one.ended_at and one.state is LoanState.RETURNED
                else None,
                state=one.state.value,
                handled_by=names.get(one.handed_by or "", ""),
            )
        )
    return rows


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()
