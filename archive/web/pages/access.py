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
from archive.web.forms import day
from archive.web.rendering import answer
from archive.web.security import SIGNED_IN, Need

router = APIRouter()
Anyone = Annotated[Actor, Depends(Need(SIGNED_IN))]
"""Requests are shown to their requester, to those who decide and to those who watch; the use case tells apart."""
Requester = Annotated[Actor, Depends(Need("access.request"))]
InEmergency = Annotated[Actor, Depends(Need("access.emergency"))]
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
        emergencies=[v for v in shown if v.request.emergency and not v.request.reviewed_by],
        absences=access.absences(archive, actor),
        today=archive.clock.today(),
        now=archive.clock.now(),
    )


@router.post("/access/requests")
def ask(
    request: Request,
    actor: Requester,
    target_kind: Annotated[str, Form(max_length=16)],
    target: Annotated[str, Form(max_length=200)],
    purpose: Annotated[str, Form(max_length=500)],
    days: Annotated[int, Form()],
    kind: Annotated[str, Form(max_length=16)] = "view",
) -> Response:
    made = access.request_access(
        web_of(request).archive,
        actor,
        target_kind=target_kind,
        target=target,
        purpose=purpose,
        days=days,
        kind=kind,
    )
    return _back(made.id)


@router.post("/access/emergency")
def read_in_emergency(
    request: Request,
    actor: InEmergency,
    target_kind: Annotated[str, Form(max_length=16)],
    target: Annotated[str, Form(max_length=200)],
    purpose: Annotated[str, Form(max_length=500)],
) -> Response:
    grant = access.read_in_emergency(
        web_of(request).archive, actor, target_kind=target_kind, target=target, purpose=purpose
    )
    return _back(grant.request)


@router.post("/access/absences")
def set_absence(
    request: Request,
    actor: Decider,
    deputy: Annotated[str, Form(max_length=64)],
    starts_on: Annotated[str, Form(max_length=10)],
    ends_on: Annotated[str, Form(max_length=10)],
) -> Response:
    access.set_absence(
        web_of(request).archive, actor, deputy=deputy, starts_on=day(starts_on), ends_on=day(ends_on)
    )
    return RedirectResponse("/access#absence", status_code=303)


@router.post("/access/absences/end")
def end_absence(request: Request, actor: Decider, absence: Annotated[str, Form(max_length=64)]) -> Response:
    access.end_absence(web_of(request).archive, actor, absence)
    return RedirectResponse("/access#absence", status_code=303)


@router.get("/access/{id}")
def one(request: Request, actor: Anyone, id: str) -> Response:
    archive = web_of(request).archive
    view = access.request(archive, actor, id)
    return answer(
        request,
        "access_request.html",
        view=view,
        now=archive.clock.now(),
        mine=view.requester.id == actor.id,
        choosable=access.choosable(archive, actor, id) if view.may_decide else [],
    )


@router.post("/access/{id}/withdraw")
def withdraw(request: Request, actor: Requester, id: str) -> Response:
    access.withdraw(web_of(request).archive, actor, id)
    return _back(id)


@router.post("/access/{id}/review")
def review(
    request: Request,
    actor: Decider,
    id: str,
    upheld: Annotated[str, Form(max_length=8)],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Say whether an emergency reading was right."""
    access.review_emergency(web_of(request).archive, actor, id, upheld=upheld == "yes", reason=reason)
    return _back(id)


@router.post("/access/{id}/approve")
def approve(
    request: Request,
    actor: Decider,
    id: str,
    days: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
    kind: Annotated[str | None, Form(max_length=16)] = None,
    records: Annotated[list[str] | None, Form()] = None,
) -> Response:
    access.approve(
        web_of(request).archive,
        actor,
        id,
        days=days,
        reason=reason,
        kind=kind,
        records=tuple(records or ()),
    )
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
