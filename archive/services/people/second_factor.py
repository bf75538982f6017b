"""The second factor: one-time codes of an authenticator app (TOTP, RFC 6238), with recovery codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import pyotp

from archive.domain.audit_model import Event
from archive.domain.people import Actor, Person, SecondFactor
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.errors import Refused
from archive.services.people.accounts import check_password

STEP = 30
"""Seconds that a code lasts."""
DRIFT = 1
"""Steps that a device's clock may be early or late."""
RECOVERY_CODES = 8
ISSUER = "Dangan 档案"


@dataclass(frozen=True, slots=True)
class NewFactor:
    """What an authenticator app needs: the secret to type, or the `otpauth:` address to scan."""

    secret: str
    address: str


def begin_factor(archive: Archive, actor: Actor, password: str) -> NewFactor:
    """A new secret; it counts only once a code made from it was shown. Replaces one that was never confirmed.

    Raises Refused wrong_password, or factor_exists where one is in use.
    """
    person = check_password(archive, actor, password)
    secret = pyotp.random_base32()
    made = SecondFactor(person.id, secret, archive.clock.now())
    with archive.uow(write=True) as uow:
        old = uow.get(SecondFactor, person.id)
        if old and old.confirmed_at:
            raise Refused("已经启用了两步验证。", code="factor_exists", hint="要换设备，请先停用。")
        if old:
            uow.put(made)
        else:
            uow.add(made)
        uow.commit()
    return NewFactor(secret, pyotp.TOTP(secret).provisioning_uri(name=person.name, issuer_name=ISSUER))


def confirm_factor(archive: Archive, actor: Actor, code: str) -> tuple[str, ...]:
    """Switch the second factor on by a first code; answers the recovery codes, which are shown only now.

    Raises Refused wrong_code.
    """
    now = archive.clock.now()
    codes = tuple(f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES))
    with archive.uow(write=True) as uow:
        begun = must(uow.get(SecondFactor, actor.id), "两步验证")
        step = _step_of(begun.secret, code, now)
        if begun.confirmed_at or step is None:
            raise Refused("验证码不正确。", code="wrong_code", hint="请输入验证器里现在的六位数字。")
        uow.put(
            replace(begun, confirmed_at=now, last_step=step, recovery=tuple(_recovery_id(c) for c in codes))
        )
        uow.audit(Event.FACTOR_ADDED, actor=actor.id, subject=actor.id, at=now)
        uow.commit()
    return codes


def has_factor(archive: Archive, person: str) -> bool:
    with archive.uow() as uow:
        return wants_code(uow, person)


def remove_factor(archive: Archive, actor: Actor, password: str) -> None:
    """Switch one's own second factor off."""
    check_password(archive, actor, password)
    _remove(archive, actor, actor.id)


def reset_factor(archive: Archive, actor: Actor, name: str) -> None:
    """Switch off the second factor of someone who lost the device and the recovery codes."""
    allow(archive, actor, "people.manage")
    with archive.uow() as uow:
        person = must(next(iter(uow.list(Person, name=name, limit=1)), None), "该用户")
    _remove(archive, actor, person.id)


def _remove(archive: Archive, actor: Actor, person: str) -> None:
    with archive.uow(write=True) as uow:
        if uow.get(SecondFactor, person) is None:
            return
        uow.remove(SecondFactor, person)
        uow.audit(Event.FACTOR_REMOVED, actor=actor.id, subject=person, at=archive.clock.now())
        uow.commit()


def wants_code(uow: UnitOfWork, person: str) -> bool:
    factor = uow.get(SecondFactor, person)
    return factor is not None and factor.confirmed_at is not None


def takes_code(uow: UnitOfWork, person: str, code: str, now: datetime) -> bool:
    """Use a one-time or recovery code up; needs the write lock, so that no code counts twice."""
    factor = uow.get(SecondFactor, person)
    if factor is None or factor.confirmed_at is None:
        return False
    step = _step_of(factor.secret, code, now)
    if step is not None and step > factor.last_step:
        uow.put(replace(factor, last_step=step))
        return True
    given = _recovery_id(code)
    if given in factor.recovery:
        uow.put(replace(factor, recovery=tuple(c for c in factor.recovery if c != given)))
        return True
    return False


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is; None when it is none of now."""
    given = "".join(c for c in code if c.isdecimal() and c.isascii())
    if len(given) != 6:
        return None
    made = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        if secrets.compare_digest(made.generate_otp(step), given):
            return step
    return None


def _recovery_id(code: str) -> str:
    return sha256(code.strip().lower().encode()).hexdigest()
