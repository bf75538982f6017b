"""Reading in an emergency: at once, told to those who decide, and reviewed afterwards (where the house allows it)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from archive.domain.access_model import AccessRequest, Grant
from archive.domain.audit_model import Event
from archive.domain.people import Actor
from archive.services.access.decisions import grant_for
from archive.services.access.requests import check_wish, class_of_target
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import BadInput, Refused


def read_in_emergency(
    archive: Archive, actor: Actor, *, target_kind: str, target: str, purpose: str
) -> Grant:
    """Open a record or dossier at once for the hours that the house allows (pack setting emergency_hours).

    It stands on the first screen of those who decide until one of them has reviewed it; nobody gets a second one
    before. Raises Refused no_emergency or review_waits, NotFound, BadInput.
    """
    allow(archive, actor, "access.emergency")
    hours = archive.pack.emergency_hours
    if not hours:
        raise Refused("本处不允许先查阅后审批。", code="no_emergency", hint="请提交查阅申请。")
    check_wish(purpose, 1)
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        access_class = class_of_target(archive, uow, actor, target_kind, target)
        if uow.count(AccessRequest, requester=actor.id, emergency=True, reviewed_by=None):
            raise Refused("您上一次紧急查阅还没有复核。", code="review_waits", hint="请先请经理复核。")
        request = AccessRequest(
            new_id(),
            actor.id,
            target_kind,
            target,
            purpose.strip(),
            1,
            "approved",
            now,
            decided_by=actor.id,
            decided_at=now,
            access_class=access_class,
            emergency=True,
        )
        grant = grant_for(request, actor, now, timedelta(hours=hours), "view", ())
        uow.add(request, grant)
        uow.audit(
            Event.EMERGENCY_READING,
            actor=actor.id,
            subject=request.id,
            at=now,
            grant=grant.id,
            target_kind=target_kind,
            target=target,
            purpose=request.purpose,
            until=grant.ends_at.isoformat(),
        )
        uow.commit()
    return grant


def review_emergency(
    archive: Archive, actor: Actor, request_id: str, *, upheld: bool, reason: str
) -> AccessRequest:
    """Say whether an emergency reading was right; when it was not, what is left of it ends now.

    Raises Refused own_request, not_approver or already_decided, BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput("请写明复核意见。", code="no_reason")
    now = archive.clock.now()
    with archive.uow() as uow:
        request = must(uow.get(AccessRequest, request_id), "该申请")
        allow(archive, actor, "access.decide", request=request)
    with archive.uow(write=True) as uow:
        request = must(uow.get(AccessRequest, request_id), "该申请")
        if not request.emergency or request.reviewed_by:
            raise Refused("该紧急查阅已经复核过了。", code="already_decided", hint="刷新页面看结果。")
        reviewed = replace(
            request, reviewed_by=actor.id, reviewed_at=now, upheld=upheld, reason=reason.strip()
        )
        uow.put(reviewed)
        if not upheld:
            for grant in uow.list(Grant, request=request.id, revoked_at=None):
                uow.put(replace(grant, revoked_at=now, revoked_by=actor.id))
        uow.audit(
            Event.EMERGENCY_REVIEWED,
            actor=actor.id,
            subject=request.id,
            at=now,
            upheld=upheld,
            reason=reason.strip(),
        )
        uow.commit()
    return reviewed
