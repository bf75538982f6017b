"""The filing threshold of the house: what it costs, on a slider."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.people import Actor
from archive.domain.threshold import HIGHEST, LOWEST
from archive.services import threshold
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import SIGNED_IN, Need

router = APIRouter(prefix="/settings/filing")
Anyone = Annotated[Actor, Depends(Need(SIGNED_IN))]
"""The use case lets in who sees what is received, or manages settings."""
Manager = Annotated[Actor, Depends(Need("settings.manage"))]
Permille = Annotated[int, Query(ge=LOWEST, le=HIGHEST)]


@router.get("")
def page(request: Request, actor: Anyone) -> Response:
    view = threshold.view(web_of(request).archive, actor)
    return answer(request, "threshold.html", view=view, shown=view.now, lowest=LOWEST, highest=HIGHEST)


@router.get("/expected")
def expected(request: Request, actor: Anyone, at: Permille) -> Response:
    """What another threshold would cost, while the slider moves."""
    view = threshold.view(web_of(request).archive, actor, at=at)
    return answer(request, "part_threshold.html", shown=view.asked or view.now)


@router.post("")
def change(request: Request, actor: Manager, at: Annotated[int, Form(ge=LOWEST, le=HIGHEST)]) -> Response:
    threshold.set_threshold(web_of(request).archive, actor, at)
    return RedirectResponse("/settings/filing", status_code=303)
