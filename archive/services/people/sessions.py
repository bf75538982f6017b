"""Signing in and out. No answer tells whether a name exists."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from archive.domain.audit_model import Event
from archive.domain.people import Actor, Person, PersonState, Session
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import must
from archive.services.errors import Refused
from archive.services.people.accounts import as_actor
from archive.services.people.passwords import begin_try, fits, forget_failures, throttle
from archive.services.people.second_factor import takes_code, wants_code
from archive.services.people.tokens import TOKEN_PREFIX, bearer

SESSION = timedelta(hours=12)
HALF = timedelta(minutes=5)
"""How long the form for the second factor stays open."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A session's token; `half` when the second factor is still to be shown (finish_sign_in)."""

    token: str
    half: bool = False


def session_id(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def sign_in(
    archive: Archive, name: str, password: str, *, address: str, user_agent: str, code: str = ""
) -> Entry:
    """Check the password and open a session; half a session where the person has a second factor and gave no `code`.

    Raises Refused sign_in_failed or sign_in_throttled, the same for names that exist and names that do not.
    """
    now = archive.clock.now()
    name = name.strip().lower()[:64]
    row = throttle("sign-in", name)
    with archive.uow(write=True) as uow:
        begin_try(uow, row, now)
        found = next(iter(uow.list(Person, name=name, limit=1)), None)
        uow.commit()
    if not (fits(password, found.password_hash if found else None) and found and _active(found)):
        with archive.uow(write=True) as uow:
            uow.audit(Event.SIGN_IN_REFUSED, actor="", subject=name, at=now, address=address)
            uow.commit()
        raise Refused(
            "用户名或密码不正确。", code="sign_in_failed", hint="请重新输入；忘记密码请找系统管理员。"
        )
    token = secrets.token_urlsafe(32)
    with archive.uow(write=True) as uow:
        half = wants_code(uow, found.id)
        ends = now + (HALF if half else SESSION)
        uow.add(Session(session_id(token), found.id, now, ends, user_agent[:200], address[:64], half))
        forget_failures(uow, row)
        if not half:
            _log_in(uow, found.id, now, address)
        uow.commit()
    return finish_sign_in(archive, token, code) if half and code else Entry(token, half)


def _active(found: Person) -> bool:
    return found.state is PersonState.ACTIVE


def _log_in(uow: UnitOfWork, person: str, at: datetime, address: str, **detail: object) -> None:
    uow.audit(Event.SIGNED_IN, actor=person, subject=person, at=at, address=address, **detail)


def half_open(archive: Archive, token: str) -> bool:
    """Whether the token waits for its second factor."""
    with archive.uow() as uow:
        session = uow.get(Session, session_id(token))
    return session is not None and session.half and session.expires_at > archive.clock.now()


def finish_sign_in(archive: Archive, token: str, code: str) -> Entry:
    """Turn half a session into a whole one, under a new token, by a one-time or recovery code.

    Raises Refused wrong_code, sign_in_throttled, or sign_in_expired when the half session has ended.
    """
    now = archive.clock.now()
    fresh = secrets.token_urlsafe(32)
    with archive.uow(write=True) as uow:
        half = uow.get(Session, session_id(token))
        if half is None or not half.half or half.expires_at <= now:
            raise Refused("登录已超时。", code="sign_in_expired", hint="请重新输入用户名和密码。")
        row = throttle("code", half.person)
        begin_try(uow, row, now)
        person = must(uow.get(Person, half.person), "该用户")
        good = _active(person) and takes_code(uow, half.person, code, now)
        if good:
            uow.remove(Session, half.id)
            uow.add(replace(half, id=session_id(fresh), created_at=now, expires_at=now + SESSION, half=False))
            forget_failures(uow, row)
            _log_in(uow, half.person, now, half.address, second_factor=True)
        else:
            uow.audit(Event.SIGN_IN_REFUSED, actor=half.person, subject=person.name, at=now, code=True)
        uow.commit()
    if not good:
        raise Refused("验证码不正确。", code="wrong_code", hint="请用验证器里现在的六位数字，或一个恢复码。")
    return Entry(fresh)


def actor_of(archive: Archive, token: str) -> Actor | None:
    """Who bears this token of a session or script; None when it is unknown, ended, half, or the account is shut."""
    now = archive.clock.now()
    with archive.uow() as uow:
        if token.startswith(TOKEN_PREFIX):
            return bearer(archive, uow, token, now)
        session = uow.get(Session, session_id(token))
        if session is None or session.half or session.expires_at <= now:
            return None
        found = uow.get(Person, session.person)
        return as_actor(archive, uow, found) if found is not None and _active(found) else None


def this_session(token: str) -> str:
    """The id under which the session of this token stands in `sessions`."""
    return session_id(token)


def sessions(archive: Archive, actor: Actor) -> list[Session]:
    """One's own open sessions, newest first."""
    with archive.uow() as uow:
        found = uow.list(Session, person=actor.id, half=False, order=("-created_at",), limit=100)
    return [s for s in found if s.expires_at > archive.clock.now()]


def end_session(archive: Archive, actor: Actor, session: str) -> None:
    """End one of one's own sessions, for a browser left open elsewhere. Raises NotFound for another person's."""
    with archive.uow(write=True) as uow:
        found = uow.get(Session, session)
        kept = must(found if found and found.person == actor.id else None, "该会话")
        uow.remove(Session, kept.id)
        uow.audit(Event.SESSION_ENDED, actor=actor.id, subject=actor.id, at=archive.clock.now())
        uow.commit()


def sign_out(archive: Archive, token: str) -> None:
    with archive.uow(write=True) as uow:
        session = uow.get(Session, session_id(token))
        if session is None:
            return
        uow.remove(Session, session.id)
        uow.audit(Event.SIGNED_OUT, actor=session.person, subject=session.person, at=archive.clock.now())
        uow.commit()
