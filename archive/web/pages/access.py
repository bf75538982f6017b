"""Requests for access: to decide, one's own, and what was opened under them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.access import may
from archive.domain.people import Actor
from archive.services import access
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import SIGNED_IN, Need

router = APIRouter()
Anyone = Annotated[Actor, Depends(Need(SIGNED_IN))]
"""Requests are shown to their requester, to those who decide and to those who watch; the use case tells apart."""
Decider = Annotated[Actor, Depends(Need("access.decide"))]


@router.get("/access")
def overview(request: Request, actor: Anyone) -> Response:
    archive = web_of(request).archive
    watching = any(may(actor, a, archive.pack) for a in ("access.decide", "access.see_all"))
    asking = may(actor, "access.request", archive.pack)
    shown = access.requests(archive, actor) if watching else []
    return answer(
        request,
        "access.html",
        waiting=[v for v in shown if v.request.state == "open"],
        decided=[v for v in shown if v.request.state != "open"],
        mine=access.requests(archive, actor, mine=True) if asking or not watching else [],
        watching=watching,
        asking=asking,
        now=archive.clock.now(),
    )


@router.get("/access/{id}")
def one(request: Request, actor: Anyone, id: str) -> Response:
    archive = web_of(request).archive
    view = access.request(archive, actor, id)
    return answer(
        request, "access_request.html", view=view, now=archive.clock.now(), mine=view.requester.id == actor.id
    )


@router.post("/access/{id}/approve")
def approve(
    request: Request,
    actor: Decider,
    id: str,
    days: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    access.approve(web_of(request).archive, actor, id, days=days, reason=reason)
    return _back(id)


@router.post("/access/{id}/refuse")
def refuse(
    request: Request, actor: Decider, id: str, reason: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    access.refuse(web_of(request).archive, actor, id, reason=reason)
    return _back(id)


@router.post("/access/{id}/revoke")
def revoke(
    request: Request,
    actor: Decider,
    id: str,
    grant: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    access.revoke(web_of(request).archive, actor, grant, reason=reason)
    return _back(id)


def _back(id: str) -> Response:
    return RedirectResponse(f"/access/{quote(id, safe='')}", status_code=303)
