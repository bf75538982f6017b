"""Retention: what is due and why, and what is on hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.people import Actor
from archive.services import keeping
from archive.web.context import language_of, web_of
from archive.web.forms import maybe_day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Seer = Annotated[Actor, Depends(Need("retention.see"))]
Lifter = Annotated[Actor, Depends(Need("hold.lift"))]


@router.get("/retention")
def overview(request: Request, actor: Seer, on: str = "") -> Response:
    archive = web_of(request).archive
    day = maybe_day(on)
    return answer(
        request,
        "retention.html",
        report=keeping.due_list(archive, actor, day, locale=language_of(request).code),
        holds=keeping.holds(archive, actor),
        on=day or archive.clock.today(),
        asked=day is not None,
    )


@router.post("/retention/holds/{hold}/lift")
def lift(
    request: Request, actor: Lifter, hold: str, reason: Annotated[str, Form(max_length=500)]
) -> Response:
    keeping.lift_hold(web_of(request).archive, actor, hold, reason=reason)
    return RedirectResponse("/retention#holds", status_code=303)
