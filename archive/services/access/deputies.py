"""Who decides on requests while an approver is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from archive.domain.access import may
from archive.domain.access_model import Absence
from archive.domain.audit_model import Event
from archive.domain.people import Actor, Person, PersonState
from archive.ports.unit_of_work import AtLeast
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import BadInput, NotFound

OFFICERS = frozenset({"administrator", "security_officer", "auditor"})
"""The three officers watch one another and the approvers; none of them stands in for one (三员分立)."""


def set_absence(archive: Archive, actor: Actor, *, deputy: str, starts_on: date, ends_on: date) -> Absence:
    """Name the person (by sign-in name) who decides for `actor` on these days, both included.

    The deputy may do what the absent person decides on requests, never on their own, and nothing else. Raises
    BadInput, NotFound; Refused for who decides nothing or is a deputy only.
    """
    allow(archive, replace(actor, deputy_roles=()), "access.decide")
    if ends_on < starts_on or ends_on < archive.clock.today():
        raise BadInput("结束日期早于开始日期或今天。", code="bad_date", hint="请改正日期。")
    with archive.uow(write=True) as uow:
        found = next(iter(uow.list(Person, name=deputy.strip().lower(), limit=1)), None)
        if found is None or found.state is not PersonState.ACTIVE:
            raise NotFound("没有这位在用的用户。", hint="请填写登录名。")
        if found.id == actor.id or OFFICERS & set(found.roles):
            raise BadInput("代办人不能是本人或三员之一。", code="bad_deputy", hint="请另选一位同事。")
        made = Absence(new_id(), actor.id, found.id, starts_on, ends_on, archive.clock.now())
        uow.add(made)
        uow.audit(
            Event.ABSENCE_SET,
            actor=actor.id,
            subject=found.id,
            at=made.made_at,
            date=starts_on.isoformat(),
            until=ends_on.isoformat(),
        )
        uow.commit()
    return made


def end_absence(archive: Archive, actor: Actor, absence: str) -> None:
    """Be back early: the deputy decides no longer. Raises NotFound for another person's."""
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        found = uow.get(Absence, absence)
        kept = must(found if found and found.person == actor.id else None, "该代办")
        if kept.ended_at is None:
            uow.put(replace(kept, ended_at=now))
            uow.audit(Event.ABSENCE_ENDED, actor=actor.id, subject=kept.deputy, at=now)
            uow.commit()


def absences(archive: Archive, actor: Actor) -> list[tuple[Absence, str]]:
    """One's own absences that run or come, each with the deputy's name."""
    if not may(actor, "access.decide", archive.pack):
        return []
    today = archive.clock.today()
    with archive.uow() as uow:
        found = uow.list(Absence, person=actor.id, ended_at=None, ends_on=AtLeast(today), limit=50)
        names = (
            {p.id: p.display_name for p in uow.list(Person, id=tuple({a.deputy for a in found}))}
            if found
            else {}
        )
    return [(a, names.get(a.deputy, "")) for a in found]
