"""Asking for, granting and ending the right to read (workflow access_request)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from archive.domain.access import Allowed, authorize, may
from archive.domain.access_model import AccessRequest, Grant, Reading
from archive.domain.audit_model import Event
from archive.domain.people import Actor, Person
from archive.domain.records import Dossier, Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, known_record, must, new_id
from archive.services.errors import BadInput, Refused
from archive.services.views import RequestView

MAX_DAYS = 90
LIST = 200


def request_access(
    archive: Archive, actor: Actor, *, target_kind: str, target: str, purpose: str, days: int
) -> AccessRequest:
    """Ask to read a record or a dossier for a number of days, saying what for."""
    allow(archive, actor, "access.request")
    _check(purpose, days)
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        if target_kind == "dossier":
            must(uow.get(Dossier, target), "该案卷")
        elif target_kind == "record":
            known_record(archive, uow, actor, target)
        else:
            raise BadInput("只能申请查阅一件或一个案卷。", code="unknown_target")
        waiting = uow.list(AccessRequest, requester=actor.id, target=target, state="open", limit=1)
        if waiting:
            return waiting[0]
        request = AccessRequest(new_id(), actor.id, target_kind, target, purpose.strip(), days, "open", now)
        uow.add(request)
        uow.audit(
            Event.ACCESS_REQUESTED,
            actor=actor.id,
            subject=request.id,
            at=now,
            target_kind=target_kind,
            target=target,
            purpose=request.purpose,
            days=days,
        )
        uow.commit()
    return request


def _check(purpose: str, days: int) -> None:
    if len(purpose.strip()) < 2:
        raise BadInput("请写明查阅用途。", code="no_purpose", hint="例如：核对装修押金退还。")
    if not 1 <= days <= MAX_DAYS:
        raise BadInput(f"天数须在 1 到 {MAX_DAYS} 之间。", code="bad_days")


def _open_request(archive: Archive, uow: UnitOfWork, actor: Actor, request_id: str) -> AccessRequest:
    request = must(uow.get(AccessRequest, request_id), "该申请")
    allow(archive, actor, "access.decide", request=request)
    if request.state != "open":
        raise Refused("该申请已经办理过了。", code="already_decided", hint="刷新页面看结果。")
    return request


def approve(
    archive: Archive, actor: Actor, request_id: str, *, days: int | None = None, reason: str = ""
) -> Grant:
    """Approve, for the days asked or fewer or more; the requester never approves their own."""
    with archive.uow() as uow:
        _open_request(archive, uow, actor, request_id)
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        request = _open_request(archive, uow, actor, request_id)
        wanted = days if days is not None else request.days
        _check(request.purpose, wanted)
        grant = Grant(
            id=new_id(),
            request=request.id,
            reader=request.requester,
            target_kind=request.target_kind,
            target=request.target,
            purpose=request.purpose,
            starts_at=now,
            ends_at=now + timedelta(days=wanted),
            approved_by=actor.id,
        )
        uow.add(grant)
        uow.put(replace(request, state="approved", decided_by=actor.id, decided_at=now, reason=reason))
        uow.audit(
            Event.ACCESS_APPROVED,
            actor=actor.id,
            subject=request.id,
            at=now,
            grant=grant.id,
            reader=grant.reader,
            target=grant.target,
            until=grant.ends_at.isoformat(),
            reason=reason,
        )
        uow.commit()
    return grant


def refuse(archive: Archive, actor: Actor, request_id: str, *, reason: str) -> AccessRequest:
    """Refuse, with a reason that the requester will read."""
    if not reason.strip():
        raise BadInput("请写明不同意的理由。", code="no_reason")
    with archive.uow() as uow:
        _open_request(archive, uow, actor, request_id)
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        request = _open_request(archive, uow, actor, request_id)
        refused = replace(
            request, state="refused", decided_by=actor.id, decided_at=now, reason=reason.strip()
        )
        uow.put(refused)
        uow.audit(Event.ACCESS_DENIED, actor=actor.id, subject=request.id, at=now, reason=reason.strip())
        uow.commit()
    return refused


def revoke(archive: Archive, actor: Actor, grant_id: str, *, reason: str) -> Grant:
    """End a grant at once; the next page asked for under it is refused."""
    now = archive.clock.now()
    with archive.uow() as uow:
        grant = must(uow.get(Grant, grant_id), "该许可")
        request = must(uow.get(AccessRequest, grant.request), "该申请")
        allow(archive, actor, "access.decide", request=request)
    if grant.revoked_at is not None:
        return grant
    with archive.uow(write=True) as uow:
        ended = replace(must(uow.get(Grant, grant_id), "该许可"), revoked_at=now, revoked_by=actor.id)
        uow.put(ended)
        uow.audit(
            Event.ACCESS_REVOKED, actor=actor.id, subject=request.id, at=now, grant=grant_id, reason=reason
        )
        uow.commit()
    return ended


def requests(
    archive: Archive, actor: Actor, *, state: str | None = None, mine: bool = False
) -> list[RequestView]:
    """Requests, newest first: one's own, or all for those who decide or watch."""
    watching = not mine and any(may(actor, a, archive.pack) for a in ("access.decide", "access.see_all"))
    where: dict[str, Any] = {} if watching else {"requester": actor.id}
    if state:
        where["state"] = state
    if not watching:
        allow(archive, actor, "access.request")
    with archive.uow() as uow:
        found = uow.list(AccessRequest, order=("-created_at",), limit=LIST, **where)
        return _views(archive, uow, actor, found)


def request(archive: Archive, actor: Actor, request_id: str) -> RequestView:
    """One request with what was opened under it; for its requester and for those who decide or watch."""
    with archive.uow() as uow:
        found = must(uow.get(AccessRequest, request_id), "该申请")
        if found.requester != actor.id:
            allow(archive, actor, "access.see_all")
        return _views(archive, uow, actor, [found])[0]


def _views(
    archive: Archive, uow: UnitOfWork, actor: Actor, found: Sequence[AccessRequest]
) -> list[RequestView]:
    if not found:
        return []
    people = {
        p.id: p
        for p in uow.list(Person, id=tuple({x for r in found for x in (r.requester, r.decided_by) if x}))
    }
    targets = tuple({r.target for r in found})
    records = {r.id: r for r in uow.list(Record, id=targets)}
    dossiers = {d.id: d for d in uow.list(Dossier, id=targets)}
    grants = {g.request: g for g in uow.list(Grant, request=tuple(r.id for r in found))}
    readings: dict[str, list[Reading]] = {}
    for one in uow.list(Reading, grant=tuple(g.id for g in grants.values()), order=("at",), limit=2000):
        readings.setdefault(one.grant or "", []).append(one)
    views = []
    for r in found:
        grant = grants.get(r.id)
        decidable = isinstance(authorize(actor, "access.decide", archive.pack, request=r), Allowed)
        views.append(
            RequestView(
                request=r,
                requester=people[r.requester],
                record=records.get(r.target),
                dossier=dossiers.get(r.target),
                decided_by=people.get(r.decided_by or ""),
                grant=grant,
                readings=tuple(readings.get(grant.id, ())) if grant else (),
                may_decide=r.state == "open" and decidable,
            )
        )
    return views
