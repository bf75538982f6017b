"""Who has which record of the desk in hand. Two people never work on the same one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from archive.domain.audit_model import Event
from archive.domain.desk import IN_HAND, DeskLease
from archive.domain.people import Actor, Person
from archive.domain.records import Record, RecordState
from archive.ports.unit_of_work import AtLeast, AtMost, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.errors import Clash

UNSETTLED = (RecordState.TO_VERIFY, RecordState.KEPT_UNREADABLE)


def take(archive: Archive, uow: UnitOfWork, actor: Actor, record_id: str) -> DeskLease:
    """Put a record into the actor's hand, or keep it there, inside the caller's writing transaction.

    A lease of another person that is not over, or that is over and not yet taken over, stays theirs: the answer is
    then their lease.
    """
    now = archive.clock.now()
    held = uow.get(DeskLease, record_id)
    if held is None:
        mine = DeskLease(record_id, actor.id, now, now + IN_HAND)
        uow.add(mine)
        return mine
    if held.person != actor.id:
        return held
    mine = replace(held, until=max(held.until, now + IN_HAND))
    uow.put(mine)
    return mine


def others_hold(archive: Archive, uow: UnitOfWork, actor: Actor) -> set[str]:
    """Records that somebody else has in hand now."""
    living = uow.list(DeskLease, until=AtLeast(archive.clock.now()), limit=5000)
    return {lease.id for lease in living if lease.person != actor.id}


def renew(archive: Archive, actor: Actor, record_ids: Sequence[str]) -> dict[str, datetime | None]:
    """A sign of life of the page that shows these records: until when each is the actor's, None when it is not."""
    allow(archive, actor, "record.file")
    kept: dict[str, datetime | None] = {}
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        for record_id in record_ids[:10]:
            lease = uow.get(DeskLease, record_id)
            kept[record_id] = None
            if lease is not None and lease.person == actor.id:
                again = replace(lease, until=max(lease.until, now + IN_HAND))
                uow.put(again)
                kept[record_id] = again.until
        uow.commit()
    return kept


def release(archive: Archive, actor: Actor, left: Sequence[str]) -> None:
    """Give records back that are left undecided; those of others stay theirs.

    Each is a record id, or "id=end" with the end of the lease as the page that is left knew it: a page that was opened
    for the same record since has made it longer, and keeps it.
    """
    allow(archive, actor, "record.file")
    with archive.uow(write=True) as uow:
        for one in left[:10]:
            record_id, _, end = one.partition("=")
            lease = uow.get(DeskLease, record_id)
            if lease is None or lease.person != actor.id or lease.deciding:
                continue
            if not end or lease.until.isoformat() == end:
                uow.remove(DeskLease, record_id)
        uow.commit()


def take_over(archive: Archive, actor: Actor, record_id: str) -> DeskLease:
    """Take a record that another person left open. Raises Clash while they still work on it."""
    now = archive.clock.now()
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        allow(archive, actor, "record.file", uow=uow, record=record)
    with archive.uow(write=True) as uow:
        held = uow.get(DeskLease, record_id)
        if held is not None and held.person != actor.id:
            if held.until > now:
                raise taken(uow, held)
            uow.remove(DeskLease, record_id)
            uow.audit(Event.DESK_TAKEN_OVER, actor=actor.id, subject=record_id, at=now, reader=held.person)
        mine = take(archive, uow, actor, record_id)
        uow.commit()
    return mine


def begin_decision(archive: Archive, actor: Actor, record_id: str, version: int) -> None:
    """Claim a record for the one decision that is now written. Raises Clash: changed, decided, or with others.

    A claim whose process died ends with the lease.
    """
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        record = must(uow.get(Record, record_id), "该件")
        if record.state not in UNSETTLED:
            raise Clash(
                "该件已经处理完毕，没有再改动。", code="already_verified", hint="请核对下面两边的内容。"
            )
        if record.version != version:
            raise Clash(
                "打开之后，该件已被改动，没有覆盖。", code="record_changed", hint="请核对下面两边的内容。"
            )
        lease = uow.get(DeskLease, record_id)
        if lease is not None and lease.until > now:
            if lease.person != actor.id:
                raise taken(uow, lease)
            if lease.deciding:
                raise Clash("该件正在归档，没有重复提交。", code="already_verified", hint="请稍候。")
        claimed = DeskLease(record_id, actor.id, lease.taken_at if lease else now, now + IN_HAND, True)
        (uow.put if lease else uow.add)(claimed)
        uow.commit()


def end_decision(uow: UnitOfWork, record_id: str) -> None:
    """The record leaves the hand, inside the transaction that writes the decision."""
    if uow.get(DeskLease, record_id) is not None:
        uow.remove(DeskLease, record_id)


def forget_decision(archive: Archive, record_id: str) -> None:
    """What was to be decided could not be written: the record stays in hand."""
    with archive.uow(write=True) as uow:
        lease = uow.get(DeskLease, record_id)
        if lease is not None:
            uow.put(replace(lease, deciding=False))
        uow.commit()


def taken(uow: UnitOfWork, lease: DeskLease) -> Clash:
    """The refusal that says who has it."""
    person = uow.get(Person, lease.person)
    name = person.display_name if person else lease.person
    return Clash(f"「{name}」正在处理该件。", code="taken", hint="请取下一件；对方离开后可以接手。")


def tidy(archive: Archive) -> int:
    """Forget leases that ended an hour ago; returns how many."""
    with archive.uow(write=True) as uow:
        old = uow.list(DeskLease, until=AtMost(archive.clock.now() - 20 * IN_HAND), limit=1000)
        for lease in old:
            uow.remove(DeskLease, lease.id)
        uow.commit()
    return len(old)
