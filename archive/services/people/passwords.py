"""Hashing and checking passwords (Argon2id), and making wrong tries slow."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from pwdlib import PasswordHash

from archive.domain.jobs import Setting
from archive.ports.unit_of_work import UnitOfWork
from archive.services.common import keep_setting
from archive.services.errors import BadInput, Refused

MIN_PASSWORD = 10
FAILURES_FREE = 5
"""Wrong tries before each further one has to wait."""
WAIT = timedelta(minutes=1)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _decoy() -> str:
    """A hash to check against when the name does not exist, so that both answers take as long."""
    return _hasher().hash(secrets.token_hex(8))


def hashed(password: str) -> str:
    """The password's hash. Raises BadInput for one that is too short."""
    if len(password) < MIN_PASSWORD:
        raise BadInput(f"密码至少 {MIN_PASSWORD} 个字符。", code="short_password")
    return _hasher().hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; as slow for nobody (None) as for somebody."""
    return _hasher().verify(password, password_hash or _decoy()) and password_hash is not None


def throttle(what: str, name: str) -> str:
    """The id of the row that counts wrong tries."""
    return f"{what}:" + sha256(name.encode()).hexdigest()[:32]


def begin_try(uow: UnitOfWork, row: str, now: datetime) -> None:
    """Count a try before it is checked, so that many at once are not all free; `forget_failures` when it was right.

    Needs the write lock. Raises Refused sign_in_throttled while further tries have to wait.
    """
    kept = uow.get(Setting, row)
    failures = kept.value["failures"] if kept else 0
    if kept and failures >= FAILURES_FREE and now < datetime.fromisoformat(kept.value["last"]) + WAIT:
        raise Refused("登录失败次数过多。", code="sign_in_throttled", hint="请一分钟后再试。")
    keep_setting(uow, Setting(row, {"failures": failures + 1, "last": now.isoformat()}))


def forget_failures(uow: UnitOfWork, row: str) -> None:
    if uow.get(Setting, row):
        uow.remove(Setting, row)
