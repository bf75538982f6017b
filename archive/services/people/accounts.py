"""Accounts: joining, changing, leaving. Roles that exclude one another never meet in one person (三员分立)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from archive.domain.access_model import Absence, AccessRequest, Grant
from archive.domain.audit_model import Event
from archive.domain.paper import UNSETTLED, Loan
from archive.domain.people import OPERATOR, Actor, ApiToken, Person, PersonState, Session
from archive.ports.unit_of_work import AtLeast, AtMost, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import BadInput, NotFound, Refused
from archive.services.people.passwords import (
    MIN_PASSWORD,
    begin_try,
    fits,
    forget_failures,
    hashed,
    throttle,
)

__all__ = ["MIN_PASSWORD"]

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


def add_person(
    archive: Archive,
    actor: Actor,
    *,
    name: str,
    display_name: str,
    roles: tuple[str, ...],
    password: str,
    temporary: bool = False,
) -> Person:
    """Add a person; with a `temporary` password they must set their own at first sign-in.

    Raises BadInput for a bad name, unknown or mutually exclusive roles, a short password.
    """
    allow(archive, actor, "people.manage")
    if not NAME.fullmatch(name):
        raise BadInput("用户名只能用小写字母、数字和 . _ -，长 2 到 32 个字符。", code="bad_name")
    _check_roles(archive, roles)
    person = Person(
        id=new_id(),
        name=name,
        display_name=display_name.strip() or name,
        roles=tuple(roles),
        password_hash=hashed(password),
        state=PersonState.ACTIVE,
        created_at=archive.clock.now(),
        new_password=temporary,
    )
    with archive.uow(write=True) as uow:
        if uow.list(Person, name=name, limit=1):
            raise BadInput(f"用户名 {name} 已被使用。", code="name_taken", hint="请换一个用户名。")
        uow.add(person)
        _log(archive, uow, Event.PERSON_ADDED, actor, person, roles=list(roles))
        uow.commit()
    return person


def _check_roles(archive: Archive, roles: tuple[str, ...]) -> None:
    known = "可用角色：" + "、".join(archive.pack.roles)
    if not roles:
        raise BadInput("至少要有一个角色。", code="no_role", hint=known)
    for role in roles:
        if role not in archive.pack.roles:
            raise BadInput(f"没有角色 {role}。", code="unknown_role", hint=known)
        clash = set(archive.pack.roles[role].excludes) & set(roles)
        if clash:
            raise BadInput(
                f"角色 {role} 与 {'、'.join(sorted(clash))} 不能由同一人担任（三员分立）。",
                code="roles_exclude",
            )


def _log(
    archive: Archive, uow: UnitOfWork, event: Event, actor: Actor, person: Person, **detail: Any
) -> None:
    uow.audit(event, actor=actor.id, subject=person.id, at=archive.clock.now(), name=person.name, **detail)


def _named(uow: UnitOfWork, name: str) -> Person:
    return must(next(iter(uow.list(Person, name=name, limit=1)), None), "该用户")


def change_roles(archive: Archive, actor: Actor, name: str, roles: tuple[str, ...]) -> Person:
    """Give a person other roles; they count from their next click. Nobody changes their own."""
    allow(archive, actor, "people.manage")
    _check_roles(archive, roles)
    with archive.uow(write=True) as uow:
        before = _named(uow, name)
        _not_oneself(actor, before)
        if set(before.roles) == set(roles):
            return before
        after = replace(before, roles=tuple(roles))
        uow.put(after)
        _log(archive, uow, Event.ROLES_CHANGED, actor, after, before=list(before.roles), after=list(roles))
        uow.commit()
    return after


def _not_oneself(actor: Actor, person: Person) -> None:
    if person.id == actor.id:
        raise Refused("不能改动自己的账号。", code="own_account", hint="请由另一位系统管理员办理。")


def disable_person(archive: Archive, actor: Actor, name: str) -> None:
    """Shut an account: its sessions and tokens end at once. What is left to settle is listed by `unsettled`."""
    allow(archive, actor, "people.manage")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        person = _named(uow, name)
        _not_oneself(actor, person)
        uow.put(replace(person, state=PersonState.DISABLED))
        end_everything(uow, person.id)
        for token in uow.list(ApiToken, person=person.id, revoked_at=None):
            uow.put(replace(token, revoked_at=now))
        _log(archive, uow, Event.PERSON_DISABLED, actor, person)
        uow.commit()


def end_everything(uow: UnitOfWork, person: str, *, but: str = "") -> None:
    """End the person's sessions, except the one with the id `but`."""
    for session in uow.list(Session, person=person):
        if session.id != but:
            uow.remove(Session, session.id)


def enable_person(archive: Archive, actor: Actor, name: str) -> None:
    """Open a shut account again, with the password it had."""
    allow(archive, actor, "people.manage")
    with archive.uow(write=True) as uow:
        person = _named(uow, name)
        uow.put(replace(person, state=PersonState.ACTIVE))
        _log(archive, uow, Event.PERSON_ENABLED, actor, person)
        uow.commit()


def reset_password(archive: Archive, actor: Actor, name: str, password: str) -> None:
    """Give a person who forgot theirs a temporary password; every session ends and they must set their own."""
    allow(archive, actor, "people.manage")
    new_hash = hashed(password)
    with archive.uow(write=True) as uow:
        person = _named(uow, name)
        _not_oneself(actor, person)
        uow.put(replace(person, password_hash=new_hash, new_password=True))
        end_everything(uow, person.id)
        _log(archive, uow, Event.PASSWORD_RESET, actor, person)
        uow.commit()


def change_password(archive: Archive, actor: Actor, old: str, new: str, *, session: str = "") -> None:
    """Set an own password; every other session than the one with this id ends.

    Raises Refused for a wrong old one (wrong_password; throttled as signing in is), BadInput for a short or equal one.
    """
    person = check_password(archive, actor, old)
    if old == new:
        raise BadInput("新密码与原密码相同。", code="same_password", hint="请换一个。")
    new_hash = hashed(new)
    with archive.uow(write=True) as uow:
        uow.put(
            replace(must(uow.get(Person, person.id), "该用户"), password_hash=new_hash, new_password=False)
        )
        end_everything(uow, person.id, but=session)
        _log(archive, uow, Event.PASSWORD_CHANGED, actor, person)
        uow.commit()


def check_password(archive: Archive, actor: Actor, password: str) -> Person:
    """The person behind `actor`, who has just given their password again: for signatures and changes of the account.

    Raises Refused wrong_password or sign_in_throttled.
    """
    now = archive.clock.now()
    row = throttle("again", actor.id)
    with archive.uow(write=True) as uow:
        begin_try(uow, row, now)
        person = must(uow.get(Person, actor.id), "该用户")
        uow.commit()
    good = fits(password, person.password_hash) and person.state is PersonState.ACTIVE
    with archive.uow(write=True) as uow:
        if good:
            forget_failures(uow, row)
        else:
            uow.audit(Event.SIGN_IN_REFUSED, actor=actor.id, subject=actor.name, at=now, again=True)
        uow.commit()
    if not good:
        raise Refused("密码不正确。", code="wrong_password", hint="请重新输入您现在的密码。")
    return person


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What a leaver still holds."""

    grants: tuple[Grant, ...]
    requests: tuple[AccessRequest, ...]
    loans: tuple[Loan, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.grants or self.requests or self.loans)


def unsettled(archive: Archive, actor: Actor, name: str) -> Unsettled:
    """Grants that run, requests that wait and paper that is out or asked for, of someone who leaves or changes."""
    allow(archive, actor, "people.manage")
    now = archive.clock.now()
    with archive.uow() as uow:
        person = _named(uow, name)
        grants = uow.list(Grant, reader=person.id, ends_at=AtLeast(now), revoked_at=None, limit=200)
        waiting = uow.list(AccessRequest, requester=person.id, state="open", limit=200)
        loans = uow.list(Loan, requester=person.id, state=UNSETTLED, limit=200)
    return Unsettled(tuple(grants), tuple(waiting), tuple(loans))


def list_people(archive: Archive, actor: Actor) -> list[Person]:
    if actor != OPERATOR:
        allow(archive, actor, "people.manage")
    with archive.uow() as uow:
        return uow.list(Person, order=("name",))


def account(archive: Archive, actor: Actor, name: str) -> Person:
    """One account by sign-in name, for who manages them."""
    allow(archive, actor, "people.manage")
    with archive.uow() as uow:
        return _named(uow, name)


def person(archive: Archive, person_id: str) -> Person:
    """One person by id, for greeting who is signed in."""
    with archive.uow() as uow:
        return must(uow.get(Person, person_id), "该用户")


def actor_named(archive: Archive, name: str) -> Actor:
    """The actor for `--as USER`. Raises NotFound for unknown and disabled names."""
    with archive.uow() as uow:
        found = uow.list(Person, name=name, limit=1)
        if found and found[0].state is PersonState.ACTIVE:
            return as_actor(archive, uow, found[0])
    raise NotFound(f"没有可用的用户 {name}。", hint="用 dangan user list 查看。")


def as_actor(archive: Archive, uow: UnitOfWork, found: Person, scope: tuple[str, ...] | None = None) -> Actor:
    """The person as who acts, with the roles of the approvers that they stand in for today."""
    today = archive.clock.today()
    away = uow.list(
        Absence, deputy=found.id, ended_at=None, ends_on=AtLeast(today), starts_on=AtMost(today), limit=20
    )
    absent = uow.list(Person, id=tuple(a.person for a in away)) if away else []
    roles = {r for p in absent if p.state is PersonState.ACTIVE for r in p.roles}
    deciding = tuple(sorted(r for r in roles if r in archive.pack.roles and _decides(archive, r)))
    return Actor(found.id, found.name, tuple(found.roles), scope, found.new_password, deciding)


def _decides(archive: Archive, role: str) -> bool:
    return "access.decide" in archive.pack.roles[role].actions
