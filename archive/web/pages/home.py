"""The first screen, by person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from archive.domain.access import may
from archive.domain.people import Actor
from archive.services import home as use
from archive.services import intake
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import SIGNED_IN, Need

router = APIRouter()
FEW = 5
Anyone = Annotated[Actor, Depends(Need(SIGNED_IN))]


@router.get("/")
def home(request: Request, actor: Anyone) -> Response:
    archive = web_of(request).archive
    sees = may(actor, "intake.see", archive.pack)
    batches = [b for b in intake.recent_batches(archive, actor) if b.done < b.total] if sees else []
    return answer(
        request, "home.html", home=use.home(archive, actor), batches=batches[:FEW], now=archive.clock.now()
    )
