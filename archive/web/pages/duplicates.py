"""Near-equal records side by side: a person says whether they are one paper."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.people import Actor
from archive.services import alike
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Filer = Annotated[Actor, Depends(Need("record.file"))]
SHOWN = 10


@router.get("/duplicates")
def overview(
    request: Request, actor: Filer, decided: bool = False, offset: Annotated[int, Query(ge=0, le=10**6)] = 0
) -> Response:
    archive = web_of(request).archive
    state = "decided" if decided else "open"
    views, total = alike.pairs(archive, actor, state=state, limit=SHOWN, offset=offset)
    return answer(
        request, "duplicates.html", views=views, total=total, decided=decided, offset=offset, shown=SHOWN
    )


@router.post("/duplicates/{pair}")
def decide(request: Request, actor: Filer, pair: str, answer: Annotated[str, Form()]) -> Response:
    """`answer`: same, different, or undo."""
    archive = web_of(request).archive
    if answer == "undo":
        alike.undo(archive, actor, pair)
        return RedirectResponse("/duplicates?decided=true", status_code=303)
    alike.decide(archive, actor, pair, same=answer == "same")
    return RedirectResponse("/duplicates", status_code=303)
