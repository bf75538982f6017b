"""Dossiers 案卷: found by what they are for, opened when the first record comes."""

from __future__ import annotations

from archive.domain.audit_model import Event
from archive.domain.estate import House, Tenure
from archive.domain.records import Dossier
from archive.ports.unit_of_work import Conflict, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import must, new_id
from archive.services.objects import dossier_version
from schemas.model import RecordType

CATEGORIES = {
    "owner_file": "YZ",
    "vacant_unit_file": "KZ",
    "staff_file": "RS",
    "register_quarter": "DJ",
    "document": "SK",
}
"""Category letters of the archival code 档号, by kind of dossier."""


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
            category=CATEGORIES.get(kind.dossier, "QT"),
            year=archive.clock.today().year,
            period=period_letter(kind),
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


def period_letter(kind: RecordType) -> str:
    """保管期限 in an archival code: Y permanent 永久, C long-term 长期, D fixed 定期, W unscheduled 未定."""
    periods = {rule.period for rule in kind.retention}
    if "permanent" in periods:
        return "Y"
    if "long_term" in periods:
        return "C"
    return "W" if periods <= {"unscheduled"} else "D"


def _title(key: str, kind: RecordType, house: House | None, tenure: Tenure | None) -> str:
    if house is not None:
        owner = tenure.owner if tenure and kind.dossier == "owner_file" else ""
        names = {"owner_file": "业主档案", "vacant_unit_file": "空置房档案"}
        return " ".join(p for p in (house.written, owner, names.get(kind.dossier, "")) if p)
    if kind.dossier == "register_quarter":
        return f"{kind.title_zh} {key.rsplit(':', 1)[1].replace('Q', '年第')}季度"
    return f"受控文件 {key.split(':', 1)[1]}"
