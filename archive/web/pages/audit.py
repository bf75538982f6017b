"""The audit log: entries with filters, and whether it is whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from archive.domain.matrix import DOORS, matrices
from archive.domain.people import Actor
from archive.services import auditing
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Auditor = Annotated[Actor, Depends(Need("audit.read"))]
Verifier = Annotated[Actor, Depends(Need("audit.verify"))]
PAGE = 50


@router.get("/audit")
def entries(
    request: Request,
    actor: Auditor,
    before: Annotated[int | None, Query(ge=0)] = None,
    event: str = "",
    person: str = "",
    subject: str = "",
) -> Response:
    page = auditing.entries(
        web_of(request).archive,
        actor,
        before=before,
        event=event or None,
        person=person or None,
        subject=subject.strip() or None,
        limit=PAGE,
    )
    return answer(
        request, "audit.html", page=page, event=event, person=person, subject=subject, per_page=PAGE
    )


@router.get("/audit/rights")
def rights(request: Request, actor: Auditor) -> Response:
    """Who may do what with a record, as one printable page."""
    pack = web_of(request).archive.pack
    return answer(
        request, "rights.html", matrices=matrices(pack), roles=tuple(pack.roles), doors=tuple(DOORS)
    )


@router.post("/audit/verify")
def verify(request: Request, actor: Verifier) -> Response:
    """Check every entry against the tree; shown in place."""
    return answer(request, "part_verified.html", result=auditing.verify(web_of(request).archive, actor))


@router.post("/audit/checkpoint")
def checkpoint(request: Request, actor: Verifier) -> Response:
    """A signed checkpoint to be kept elsewhere."""
    signed = auditing.checkpoint(web_of(request).archive, actor)
    return answer(request, "part_checkpoint.html", signed=signed)
