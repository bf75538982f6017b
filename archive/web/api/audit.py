"""The audit log and the health of every part."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from archive.domain.people import Actor
from archive.services import audit_view, auditing, health
from archive.services.audit_view import Wanted
from archive.services.objects import plain
from archive.web.context import web_of
from archive.web.security import NeedToken

router = APIRouter(tags=["audit"])
Auditor = Annotated[Actor, Depends(NeedToken("audit.read"))]
Verifier = Annotated[Actor, Depends(NeedToken("audit.verify"))]
Operator = Annotated[Actor, Depends(NeedToken("system.health"))]


@router.get("/audit")
def entries(
    request: Request,
    actor: Auditor,
    before: Annotated[int | None, Query(ge=0)] = None,
    event: str | None = None,
    person: str | None = None,
    subject: str | None = None,
    about: Annotated[str | None, Query(max_length=200)] = None,
    since: date | None = None,
    until: date | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    wanted = Wanted(event or "", person or "", subject or "", about or "", since, until)
    page = audit_view.entries(web_of(request).archive, actor, wanted, before=before, limit=limit)
    return {"entries": plain(page.entries), "size": page.size}


@router.get("/audit/verify")
def verify(request: Request, actor: Verifier) -> dict[str, Any]:
    return auditing.verify(web_of(request).archive, actor)


@router.get("/health")
def parts(request: Request, actor: Operator) -> dict[str, Any]:
    found = health.health(web_of(request).archive)
    return {"ok": all(h.ok for h in found), "parts": plain(found)}
