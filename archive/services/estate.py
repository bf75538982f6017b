"""The estate's register of houses and tenures, and each household's owner file."""

from __future__ import annotations

from datetime import date

from archive.domain.access import Allowed, authorize
from archive.domain.access_model import AccessRequest
from archive.domain.completeness import entry_of, gaps_of
from archive.domain.estate import House, Tenancy, Tenure
from archive.domain.keeping import RecordedEvent
from archive.domain.people import Actor
from archive.domain.records import Dossier, Record, RecordState
from archive.ports.unit_of_work import StartsWith, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, grants_of, known_dossier, must
from archive.services.household import latest_change
from archive.services.views import OwnerFileLine, OwnerFileView, Rights
from schemas.houses import parse_house

EXPECTED_DOSSIER = "owner_file"


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
        dossier = next((d for d in dossiers if known_dossier(archive, actor, d)), None)
        records = uow.list(Record, house=house.id, tenure=own, order=("record_date",), limit=1000)
        if shown == present and own is not None:
            records += uow.list(Record, house=house.id, tenure=None, order=("record_date",), limit=1000)
        rights = _rights(archive, uow, actor, dossier)
        tenancies = uow.list(Tenancy, house=house.id, order=("-started",))
        sales = uow.list(
            RecordedEvent, target_kind="house", target=house.id, type="sale", order=("-recorded_at",), limit=1
        )
        keeps = isinstance(authorize(actor, "estate.manage", archive.pack), Allowed)
        change = latest_change(uow, house.id) if keeps else None
    alive = [r for r in records if r.state is not RecordState.DESTROYED]
    return OwnerFileView(
        dossier,
        house,
        tuple(tenures),
        _lines(archive, actor, alive, shown.started if shown else None),
        rights,
        shown,
        tuple(tenancies),
        sales[0].date if sales else None,
        change,
    )


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


def _lines(
    archive: Archive, actor: Actor, records: list[Record], started: date | None
) -> tuple[OwnerFileLine, ...]:
    """The contents in the manual's order with what is missing, then whatever else lies in the file."""
    known = [
        r for r in records if isinstance(authorize(actor, "record.know", archive.pack, record=r), Allowed)
    ]
    kinds = archive.pack.record_types
    contents = archive.pack.dossiers[EXPECTED_DOSSIER]
    expected = set(contents.expected({r.type for r in known if r.type}))
    entries = [e for r in known if (e := entry_of(r, kinds))]
    gaps = {g.line: g for g in gaps_of(contents, entries, started)}
    unsigned = frozenset(e.id for e in entries if e.unsigned)
    lines, placed = [], set[str]()
    for line in contents.contents:
        here = tuple(r for r in known if r.type in line.types)
        if here or line in expected:
            gap = gaps.get(line)
            lines.append(
                OwnerFileLine(
                    line.types[0],
                    line.title_zh,
                    here,
                    line in expected,
                    gap.kind if gap else None,
                    gap.since if gap else None,
                    unsigned,
                )
            )
            placed |= {r.id for r in here}
    rest = [r for r in known if r.id not in placed]
    for code in sorted({r.type or "" for r in rest}, key=lambda c: (not c, c)):
        kind = kinds.get(code)
        here = tuple(r for r in rest if (r.type or "") == code)
        lines.append(OwnerFileLine(code, kind.title_zh if kind else "待核对", here, False))
    return tuple(lines)
