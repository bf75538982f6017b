"""People: adding, signing in and out. Sign-in never tells whether a name exists."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from pwdlib import PasswordHash

from archive.domain.audit_model import Event
from archive.domain.jobs import Setting
from archive.domain.people import OPERATOR, Actor, Person, PersonState, Session
from archive.services.archive import Archive
from archive.services.common import allow, keep_setting, must, new_id
from archive.services.errors import BadInput, NotFound, Refused

SESSION = timedelta(hours=12)
FAILURES_FREE = 5
"""Wrong passwords for one name before each further try has to wait."""
WAIT = timedelta(minutes=1)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
MIN_PASSWORD = 10


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _decoy() -> str:
    """A hash to check against when the name does not exist, so that both answers take as long."""
    return _hasher().hash(secrets.token_hex(8))


def _token_id(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def add_person(
    archive: Archive, actor: Actor, *, name: str, display_name: str, roles: tuple[str, ...], password: str
) -> Person:
    """Add a person. Raises BadInput for a bad name, unknown or mutually exclusive roles, a short password."""
    allow(archive, actor, "people.manage")
    _check_new(archive, name, roles, password)
    person = Person(
        id=new_id(),
        name=name,
        display_name=display_name.strip() or name,
        roles=tuple(roles),
        password_hash=_hasher().hash(password),
        state=PersonState.ACTIVE,
        created_at=archive.clock.now(),
    )
    with archive.uow(write=True) as uow:
        if uow.list(Person, name=name, limit=1):
            raise BadInput(f"用户名 {name} 已被使用。", code="name_taken", hint="请换一个用户名。")
        uow.add(person)
        uow.audit(
            Event.PERSON_ADDED,
            actor=actor.id,
            subject=person.id,
            at=person.created_at,
            name=name,
            roles=list(roles),
        )
        uow.commit()
    return person


def _check_new(archive: Archive, name: str, roles: tuple[str, ...], password: str) -> None:
    if not NAME.fullmatch(name):
        raise BadInput("用户名只能用小写字母、数字和 . _ -，长 2 到 32 个字符。", code="bad_name")
    if not roles:
        raise BadInput(
            "至少要有一个角色。", code="no_role", hint="可用角色：" + "、".join(archive.pack.roles)
        )
    for role in roles:
        if role not in archive.pack.roles:
            raise BadInput(
                f"没有角色 {role}。", code="unknown_role", hint="可用角色：" + "、".join(archive.pack.roles)
            )
        clash = set(archive.pack.roles[role].excludes) & set(roles)
        if clash:
            raise BadInput(
                f"角色 {role} 与 {'、'.join(sorted(clash))} 不能由同一人担任（三员分立）。",
                code="roles_exclude",
            )
    if len(password) < MIN_PASSWORD:
        raise BadInput(f"密码至少 {MIN_PASSWORD} 个字符。", code="short_password")


def disable_person(archive: Archive, actor: Actor, name: str) -> None:
    """Disable an account and end its sessions at once."""
    allow(archive, actor, "people.manage")
    with archive.uow(write=True) as uow:
        person = must(next(iter(uow.list(Person, name=name, limit=1)), None), "该用户")
        uow.put(_with_state(person, PersonState.DISABLED))
        for session in uow.list(Session, person=person.id):
            uow.remove(Session, session.id)
        uow.audit(Event.PERSON_DISABLED, actor=actor.id, subject=person.id, at=archive.clock.now(), name=name)
        uow.commit()


def _with_state(person: Person, state: PersonState) -> Person:
    return Person(
        person.id,
        person.name,
        person.display_name,
        person.roles,
        person.password_hash,
        state,
        person.created_at,
    )


def list_people(archive: Archive, actor: Actor) -> list[Person]:
    if actor != OPERATOR:
        allow(archive, actor, "people.manage")
    with archive.uow() as uow:
        return uow.list(Person, order=("name",))


def person(archive: Archive, person_id: str) -> Person:
    """One person by id, for greeting who is signed in."""
    with archive.uow() as uow:
        return must(uow.get(Person, person_id), "该用户")


def actor_named(archive: Archive, name: str) -> Actor:
    """The actor for `--as USER`. Raises NotFound for unknown and disabled names."""
    with archive.uow() as uow:
        found = uow.list(Person, name=name, limit=1)
    if not found or found[0].state is not PersonState.ACTIVE:
        raise NotFound(f"没有可用的用户 {name}。", hint="用 dangan user list 查看。")
    return _actor(found[0])


def _actor(found: Person) -> Actor:
    return Actor(found.id, found.name, tuple(found.roles))


def sign_in(archive: Archive, name: str, password: str, *, address: str, user_agent: str) -> str:
    """Check the password and open a session; returns its token. Raises Refused sign_in_failed or
    sign_in_throttled, the same for names that exist and names that do not."""
    now = archive.clock.now()
    name = name.strip().lower()[:64]
    with archive.uow() as uow:
        throttle = uow.get(Setting, _throttle_id(name))
        found = next(iter(uow.list(Person, name=name, limit=1)), None)
    if throttle and throttle.value["failures"] >= FAILURES_FREE:
        until = datetime.fromisoformat(throttle.value["last"]) + WAIT
        if now < until:
            raise Refused("登录失败次数过多。", code="sign_in_throttled", hint="请一分钟后再试。")
    good = _hasher().verify(password, found.password_hash if found else _decoy())
    if not (good and found and found.state is PersonState.ACTIVE):
        _note_failure(archive, name, throttle, now, address)
        raise Refused(
            "用户名或密码不正确。", code="sign_in_failed", hint="请重新输入；忘记密码请找系统管理员。"
        )
    token = secrets.token_urlsafe(32)
    session = Session(_token_id(token), found.id, now, now + SESSION, user_agent[:200])
    with archive.uow(write=True) as uow:
        uow.add(session)
        if throttle:
            uow.remove(Setting, throttle.id)
        uow.audit(Event.SIGNED_IN, actor=found.id, subject=found.id, at=now, address=address)
        uow.commit()
    return token


def _throttle_id(name: str) -> str:
    return "sign-in:" + sha256(name.encode()).hexdigest()[:32]


def _note_failure(archive: Archive, name: str, throttle: Setting | None, now: datetime, address: str) -> None:
    failures = throttle.value["failures"] + 1 if throttle else 1
    row = Setting(_throttle_id(name), {"failures": failures, "last": now.isoformat()})
    with archive.uow(write=True) as uow:
        keep_setting(uow, row)
        uow.audit(Event.SIGN_IN_REFUSED, actor="", subject=name, at=now, address=address)
        uow.commit()


def actor_of(archive: Archive, token: str) -> Actor | None:
    """Who bears this session token; None when it is unknown, ended, or the account is disabled."""
    with archive.uow() as uow:
        session = uow.get(Session, _token_id(token))
        if session is None or session.expires_at <= archive.clock.now():
            return None
        found = uow.get(Person, session.person)
    if found is None or found.state is not PersonState.ACTIVE:
        return None
    return _actor(found)


def sign_out(archive: Archive, token: str) -> None:
    with archive.uow(write=True) as uow:
        session = uow.get(Session, _token_id(token))
        if session is None:
            return
        uow.remove(Session, session.id)
        uow.audit(Event.SIGNED_OUT, actor=session.person, subject=session.person, at=archive.clock.now())
        uow.commit()
