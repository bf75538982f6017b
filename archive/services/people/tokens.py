"""Tokens for scripts: long-lived, narrowed to a scope, seen and ended by their person."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from archive.domain.access import may
from archive.domain.audit_model import Event
from archive.domain.people import Actor, ApiToken, Person, PersonState
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import must
from archive.services.errors import BadInput, Refused
from archive.services.people.accounts import as_actor, check_password

TOKEN_PREFIX = "dangan_"
"""How a script's token begins, so that scanners of source code can find one that leaked."""
MAX_DAYS = 366
NOT_FOR_SCRIPTS = frozenset({"access.decide", "people.manage", "document.approve", "retention.approve"})
"""What needs a person at the screen."""


def make_token(
    archive: Archive, actor: Actor, password: str, *, title: str, scope: tuple[str, ...], days: int
) -> tuple[str, ApiToken]:
    """A token and its row; the token is shown only now.

    Raises Refused wrong_password or not_in_scope (something the person may not do, or that needs a person), BadInput.
    """
    if actor.scope is not None:
        raise Refused("令牌不能再生成令牌。", code="not_in_scope", hint="请本人登录后办理。")
    if not title.strip() or not scope:
        raise BadInput("请写明用途并选择权限。", code="no_scope", hint="例如：扫描仪上传，record.file。")
    if not 1 <= days <= MAX_DAYS:
        raise BadInput(f"天数须在 1 到 {MAX_DAYS} 之间。", code="bad_days")
    for action in scope:
        if action in NOT_FOR_SCRIPTS or not may(actor, action, archive.pack):
            raise Refused(f"令牌不能有权限 {action}。", code="not_in_scope", hint="请去掉这一项。")
    person = check_password(archive, actor, password)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = archive.clock.now()
    made = ApiToken(
        _id(token), person.id, title.strip()[:100], tuple(sorted(set(scope))), now, now + timedelta(days)
    )
    with archive.uow(write=True) as uow:
        uow.add(made)
        uow.audit(
            Event.TOKEN_MADE,
            actor=actor.id,
            subject=person.id,
            at=now,
            title=made.title,
            scope=list(made.scope),
            until=made.ends_at.isoformat(),
        )
        uow.commit()
    return token, made


def _id(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def tokens(archive: Archive, actor: Actor) -> list[ApiToken]:
    """One's own tokens that still open something, newest first."""
    with archive.uow() as uow:
        found = uow.list(ApiToken, person=actor.id, revoked_at=None, order=("-created_at",), limit=100)
    return [t for t in found if t.ends_at > archive.clock.now()]


def revoke_token(archive: Archive, actor: Actor, token: str) -> None:
    """End one of one's own tokens at once. Raises NotFound for another person's."""
    with archive.uow(write=True) as uow:
        found = uow.get(ApiToken, token)
        kept = must(found if found and found.person == actor.id else None, "该令牌")
        if kept.revoked_at is None:
            uow.put(replace(kept, revoked_at=archive.clock.now()))
            uow.audit(
                Event.TOKEN_REVOKED,
                actor=actor.id,
                subject=actor.id,
                at=archive.clock.now(),
                title=kept.title,
            )
            uow.commit()


def bearer(archive: Archive, uow: UnitOfWork, token: str, now: datetime) -> Actor | None:
    """Who a script with this token acts for; None when it has ended or the account is shut."""
    found = uow.get(ApiToken, _id(token))
    if found is None or found.revoked_at is not None or found.ends_at <= now:
        return None
    person = uow.get(Person, found.person)
    if person is None or person.state is not PersonState.ACTIVE:
        return None
    return as_actor(archive, uow, person, found.scope)
