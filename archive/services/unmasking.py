"""Personal numbers shown whole: each showing is an entry of the audit log, written before the number is told."""

from __future__ import annotations

from archive.domain.audit_model import Event
from archive.domain.estate import Tenancy, Tenure
from archive.domain.people import Actor
from archive.services.archive import Archive
from archive.services.common import allow, known_record, must
from archive.services.errors import Refused


def show_phone(archive: Archive, actor: Actor, row: str) -> str:
    """The phone of an owner's tenure or a tenancy. Raises Refused, NotFound."""
    allow(archive, actor, "estate.manage", subject=row)
    with archive.uow(write=True) as uow:
        tenure, tenancy = uow.get(Tenure, row), uow.get(Tenancy, row)
        kept: Tenure | Tenancy = tenure if tenure is not None else must(tenancy, "该户的登记")
        uow.audit(
            Event.NUMBER_SHOWN,
            actor=actor.id,
            subject=kept.id,
            at=archive.clock.now(),
            house=kept.house,
            field="phone",
        )
        uow.commit()
    return kept.phone


def show_field(archive: Archive, actor: Actor, record_id: str, place: int) -> str:
    """The value of the record's field at `place` (from 0), for who may open the record and sees its fields at all.

    Raises Refused, NotFound."""
    allow(archive, actor, "record.open")
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        allow(archive, actor, "record.open", uow=uow, record=record)
        pictures = archive.pack.access_classes[record.access_class].viewing == "grant"
    if pictures:
        raise Refused("绝密档案只能看带水印的页面。", code="never")
    found = must(record.fields[place] if 0 <= place < len(record.fields) else None, "该项")
    with archive.uow(write=True) as uow:
        uow.audit(
            Event.NUMBER_SHOWN,
            actor=actor.id,
            subject=record.id,
            at=archive.clock.now(),
            field=str(found.get("code") or found.get("label") or place),
        )
        uow.commit()
    return str(found.get("value") or "")
