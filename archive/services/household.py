"""One household by hand: a new owner, a corrected owner or phone, a tenant; each can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.completeness import present_tenure
from archive.domain.estate import EstateChange, House, Tenancy, Tenure
from archive.domain.masking import mask_phone
from archive.domain.people import Actor
from archive.domain.records import Dossier, Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services import completeness
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import BadInput
from archive.services.keeping import refresh_due
from archive.services.objects import plain

LONGEST = 100
TABLES: Mapping[str, type[Any]] = {"tenure": Tenure, "tenancy": Tenancy}
Row = Tenure | Tenancy


def change_owner(
    archive: Archive, actor: Actor, house_id: str, *, owner: str, phone: str = "", on: date
) -> EstateChange:
    """A title transfer 过户: the present tenure ends on `on`, the new owner's begins. Without a present owner (a
    house just sold) only the new tenure begins."""
    name = _named(owner, "no_owner_name", "请填写新业主的姓名。")
    allow(archive, actor, "estate.manage")
    with archive.uow(write=True) as uow:
        house = _house(uow, house_id)
        tenures = uow.list(Tenure, house=house.id)
        present = present_tenure(tenures)
        if present and present.started and on <= present.started:
            raise BadInput("过户日期不能早于现业主的产权起。", code="before_present", hint="请核对日期。")
        if any(t.ended and on < t.ended for t in tenures if t != present):
            raise BadInput("过户日期在前业主的产权期之内。", code="before_present", hint="请核对日期。")
        fresh = Tenure(new_id(), house.id, name, phone.strip()[:LONGEST], on, None)
        before = (present,) if present else ()
        after = (*(replace(t, ended=on) for t in before), fresh)
        return _write(archive, uow, actor, house.id, "transfer", before, after)


def correct_owner(
    archive: Archive, actor: Actor, tenure_id: str, *, owner: str, phone: str, started: date | None
) -> EstateChange:
    """Put right how the register writes an owner: the name, the phone, the first day. No title changes hands.

    A phone as the screen masks it stays what it is."""
    name = _named(owner, "no_owner_name", "请填写业主的姓名。")
    allow(archive, actor, "estate.manage")
    with archive.uow(write=True) as uow:
        old = must(uow.get(Tenure, tenure_id), "该产权期")
        if started and old.ended and old.ended < started:
            raise BadInput("产权止早于产权起。", code="ends_before", hint="请核对日期。")
        others = [t for t in uow.list(Tenure, house=old.house) if t.id != old.id]
        if started and any(
            (t.ended or date.max) > started and (t.started or date.min) < (old.ended or date.max)
            for t in others
        ):
            raise BadInput("与另一位业主的产权期重叠。", code="overlap", hint="请核对日期。")
        told = phone.strip()[:LONGEST]
        kept = old.phone if told == mask_phone(old.phone) else told
        new = replace(old, owner=name, phone=kept, started=started)
        return _write(archive, uow, actor, old.house, "correct", (old,), (new,))


def set_tenant(
    archive: Archive,
    actor: Actor,
    house_id: str,
    *,
    tenant: str,
    phone: str = "",
    started: date | None,
    ended: date | None = None,
) -> EstateChange:
    """A tenant moves in; one who lasted until now leaves on that day."""
    name = _named(tenant, "no_tenant_name", "请填写租户的姓名。")
    if started and ended and ended < started:
        raise BadInput("租期止早于租期起。", code="tenancy_ends_before", hint="请核对日期。")
    allow(archive, actor, "estate.manage")
    with archive.uow(write=True) as uow:
        house = _house(uow, house_id)
        lasting = [t for t in uow.list(Tenancy, house=house.id) if t.ended is None]
        if lasting and (started is None or any(t.started and started < t.started for t in lasting)):
            message = "现有租户未退租，请写明新租户的租期起，且不早于现租户。"
            raise BadInput(message, code="tenancy_overlap", hint="请核对日期。")
        fresh = Tenancy(new_id(), house.id, name, phone.strip()[:LONGEST], started, ended)
        after = (*(replace(t, ended=started) for t in lasting), fresh)
        return _write(archive, uow, actor, house.id, "tenant", lasting, after)


def end_tenancy(archive: Archive, actor: Actor, tenancy_id: str, *, on: date) -> EstateChange:
    """A tenant leaves."""
    allow(archive, actor, "estate.manage")
    with archive.uow(write=True) as uow:
        old = must(uow.get(Tenancy, tenancy_id), "该租期")
        if old.started and on < old.started:
            raise BadInput("租期止早于租期起。", code="tenancy_ends_before", hint="请核对日期。")
        return _write(archive, uow, actor, old.house, "tenant_end", (old,), (replace(old, ended=on),))


def undo(archive: Archive, actor: Actor, change_id: str) -> EstateChange:
    """Take the latest change of a house back. BadInput not_latest when something changed since, in_use when papers
    were filed under the owner whom the change brought."""
    allow(archive, actor, "estate.manage")
    with archive.uow(write=True) as uow:
        change = must(uow.get(EstateChange, change_id), "该更改")
        latest = latest_change(uow, change.house)
        now = {row["id"]: _as_row(uow.get(TABLES[row["table"]], row["id"])) for row in change.after}
        if latest is None or latest.id != change.id or any(now[r["id"]] != dict(r) for r in change.after):
            message = "这之后又有更改，不能撤销这一次。"
            raise BadInput(message, code="not_latest", hint="请先撤销后面的更改，或直接更正。")
        kept = {row["id"] for row in change.before}
        for row in change.after:
            if row["id"] not in kept:
                _remove(uow, row)
        uow.put(*(_from_row(row) for row in change.before))
        undone = replace(change, undone_at=archive.clock.now(), undone_by=actor.id)
        uow.put(undone)
        _follow(archive, uow, actor, undone, "undone")
        uow.commit()
    return undone


def latest_change(uow: UnitOfWork, house: str) -> EstateChange | None:
    """The latest change of a house that stands: the one that can be undone."""
    found = uow.list(EstateChange, house=house, undone_at=None, order=("-at", "-id"), limit=1)
    return found[0] if found else None


def _remove(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    if row["table"] == "tenure" and (
        uow.count(Record, tenure=row["id"]) or uow.count(Dossier, tenure=row["id"])
    ):
        message = "新业主名下已有归档的资料，不能撤销。"
        raise BadInput(message, code="owner_has_records", hint="请改用更正业主。")
    uow.remove(TABLES[row["table"]], row["id"])


def _house(uow: UnitOfWork, house_id: str) -> House:
    return must(uow.get(House, house_id), "该房屋")


def _named(text: str, code: str, message: str) -> str:
    name = " ".join(text.split())[:LONGEST]
    if not name:
        raise BadInput(message, code=code)
    return name


def _write(
    archive: Archive,
    uow: UnitOfWork,
    actor: Actor,
    house: str,
    kind: str,
    before: Sequence[Row],
    after: Sequence[Row],
) -> EstateChange:
    known = {row.id for row in before}
    uow.put(*(row for row in after if row.id in known))
    uow.add(*(row for row in after if row.id not in known))
    change = EstateChange(
        new_id(),
        house,
        kind,
        archive.clock.now(),
        actor.id,
        tuple(_as_row(row) for row in before),
        tuple(_as_row(row) for row in after),
    )
    uow.add(change)
    _follow(archive, uow, actor, change, "changed")
    uow.commit()
    return change


def _follow(archive: Archive, uow: UnitOfWork, actor: Actor, change: EstateChange, done: str) -> None:
    """What hangs on the register: due days of the house's papers, its summary, the audit log."""
    refresh_due(archive, uow, "house", change.house)
    completeness.refresh(archive, uow, (change.house,))
    uow.audit(
        Event.ESTATE_CHANGED,
        actor=actor.id,
        subject=change.house,
        at=archive.clock.now(),
        change=change.id,
        kind=change.kind,
        done=done,
    )


def _as_row(value: Row | None) -> dict[str, Any]:
    return (
        {}
        if value is None
        else {"table": "tenure" if isinstance(value, Tenure) else "tenancy", **plain(value)}
    )


def _from_row(row: Mapping[str, Any]) -> Row:
    values = {k: v for k, v in row.items() if k != "table"}
    for day in ("started", "ended"):
        values[day] = date.fromisoformat(values[day]) if values[day] else None
    made: Row = TABLES[row["table"]](**values)
    return made
