"""Dossiers 案卷: found by what they are for, opened when the first record comes."""

from __future__ import annotations

from archive.domain.audit_model import Event
from archive.domain.estate import House, Tenure
from archive.domain.records import Dossier
from archive.ports.unit_of_work import Conflict, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import must, new_id
from archive.services.objects import dossier_version
from schemas.model import Pack, RecordType
from schemas.numbering import period_code
from schemas.periods import parse_period


def open_dossier(
    archive: Archive, key: str, kind: RecordType, house: House | None, tenure: Tenure | None, person: str
) -> Dossier:
    """The dossier with this key; opened in a transaction of its own when there is none yet."""
    with archive.uow() as uow:
        found = _by_key(uow, key)
        number = uow.count(Dossier, kind=kind.dossier) + 1
    if found is not None:
        return found
    now = archive.clock.now()
    dossier = Dossier(
        id=new_id(),
        code=archive.pack.archival_code.format(
            fonds=archive.pack.fonds,
            category=archive.pack.dossiers[kind.dossier].category,
            year=archive.clock.today().year,
            period=longest_period(archive.pack, kind),
            item=number,
        ),
        kind=kind.dossier,
        title=_title(key, kind, house, tenure),
        access_class=kind.access_class,
        opened_at=now,
        house=house.id if house else None,
        tenure=tenure.id if tenure and kind.dossier == "owner_file" else None,
        key=key,
    )
    archive.store.put([dossier_version(dossier, person, house=house, tenure=tenure)])
    try:
        with archive.uow(write=True) as uow:
            uow.add(dossier)
            uow.audit(
                Event.DOSSIER_OPENED,
                actor=person,
                subject=dossier.id,
                at=now,
                code=dossier.code,
                key=dossier.key,
            )
            uow.commit()
    except Conflict:
        with archive.uow() as uow:
            return must(_by_key(uow, key), "案卷")
    return dossier


def _by_key(uow: UnitOfWork, key: str) -> Dossier | None:
    return next(iter(uow.list(Dossier, key=key, limit=1)), None)


def longest_period(pack: Pack, kind: RecordType) -> str:
    """The code of the longest keeping that a type's rules can lead to, for archival codes 档号."""
    order = ("permanent", "long_term", "unscheduled")
    periods = {rule.period for rule in kind.retention} or {"unscheduled"}
    for one in order:
        if one in periods:
            return period_code(one, pack.long_term_years)
    lengths = [parse_period(p) for p in periods]
    longest = max(zip(lengths, periods, strict=True), key=lambda pair: (pair[0].months, pair[0].days))
    return period_code(longest[1], pack.long_term_years)


def _title(key: str, kind: RecordType, house: House | None, tenure: Tenure | None) -> str:
    if house is not None:
        owner = tenure.owner if tenure and kind.dossier == "owner_file" else ""
        names = {"owner_file": "业主档案", "vacant_unit_file": "空置房档案"}
        return " ".join(p for p in (house.written, owner, names.get(kind.dossier, "")) if p)
    if kind.dossier == "register_quarter":
        return f"{kind.title_zh} {key.rsplit(':', 1)[1].replace('Q', '年第')}季度"
    return f"受控文件 {key.split(':', 1)[1]}"
