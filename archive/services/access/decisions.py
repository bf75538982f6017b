"""Deciding on requests: approve, narrow, shorten, refuse, end. Nobody decides on their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from archive.domain.access_model import AccessRequest, Grant
from archive.domain.audit_model import Event
from archive.domain.people import Actor
from archive.domain.records import Record, RecordState
from archive.ports.unit_of_work import UnitOfWork
from archive.services.access.requests import check_wish
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import BadInput, Refused

CHOOSABLE = 500
"""Records of a dossier that an approver is offered to narrow a grant to."""


def _open_request(archive: Archive, uow: UnitOfWork, actor: Actor, request_id: str) -> AccessRequest:
    request = must(uow.get(AccessRequest, request_id), "该申请")
    allow(archive, actor, "access.decide", request=request)
    if request.state != "open":
        raise Refused("该申请已经办理过了。", code="already_decided", hint="刷新页面看结果。")
    return request


def approve(
    archive: Archive,
    actor: Actor,
    request_id: str,
    *,
    days: int | None = None,
    reason: str = "",
    kind: str | None = None,
    records: Sequence[str] = (),
) -> Grant:
    """Approve, for the days asked or others, as asked or for reading only, for a whole dossier or some `records` of it.

    Raises Refused own_request, not_approver or already_decided, BadInput for records that are not of the dossier.
    """
    with archive.uow() as uow:
        _open_request(archive, uow, actor, request_id)
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        request = _open_request(archive, uow, actor, request_id)
        wanted = days if days is not None else request.days
        check_wish(request.purpose, wanted)
        if kind == "copy" and request.kind != "copy":
            raise BadInput("申请人没有申请带走副本。", code="not_asked", hint="只批准查阅即可。")
        _check_narrowed(uow, request, records)
        grant = grant_for(request, actor, now, timedelta(days=wanted), kind or request.kind, tuple(records))
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
            kind=grant.kind,
            records=list(grant.records),
            deputy=list(actor.deputy_roles),
        )
        uow.commit()
    return grant


def grant_for(
    request: AccessRequest,
    approver: Actor,
    now: datetime,
    lasts: timedelta,
    kind: str,
    records: tuple[str, ...],
) -> Grant:
    return Grant(
        id=new_id(),
        request=request.id,
        reader=request.requester,
        target_kind=request.target_kind,
        target=request.target,
        purpose=request.purpose,
        starts_at=now,
        ends_at=now + lasts,
        approved_by=approver.id,
        kind=kind,
        records=records,
    )


def _check_narrowed(uow: UnitOfWork, request: AccessRequest, records: Sequence[str]) -> None:
    if not records:
        return
    inside = 0
    if request.target_kind == "dossier":
        inside = uow.count(Record, id=tuple(records), dossier=request.target)
    if inside != len(set(records)):
        raise BadInput("所选的件不在申请的案卷里。", code="not_in_dossier", hint="请刷新后重新选择。")


def choosable(archive: Archive, actor: Actor, request_id: str) -> list[Record]:
    """The records of the dossier that is asked for, to narrow the grant; what they say is left out."""
    with archive.uow() as uow:
        request = must(uow.get(AccessRequest, request_id), "该申请")
        allow(archive, actor, "access.decide", request=request)
        if request.target_kind != "dossier":
            return []
        found = uow.list(Record, dossier=request.target, order=("record_date",), limit=CHOOSABLE)
    return [
        replace(r, owner=None, number="", fields=(), signatures=(), seals=(), problems=())
        for r in found
        if r.state is not RecordState.DESTROYED
    ]


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
