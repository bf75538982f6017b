"""Owner files: finding a house, what its file holds and lacks, and the house register."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.access import may
from archive.domain.people import Actor
from archive.services import estate, forms, keeping, paper
from archive.web.context import web_of
from archive.web.forms import day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Seer = Annotated[Actor, Depends(Need("estate.see"))]
Recorder = Annotated[Actor, Depends(Need("event.record"))]
FEW = 12
FEW_FORMS = 6


@router.get("/houses")
def overview(request: Request, actor: Seer, q: str = "") -> Response:
    """Search for a house; lists of all households help nobody."""
    found = estate.find_houses(web_of(request).archive, actor, q, limit=FEW) if q.strip() else []
    return answer(request, "houses.html", q=q, found=found)


@router.get("/houses/{house:path}")
def file(request: Request, actor: Seer, house: str, tenure: str | None = None) -> Response:
    archive = web_of(request).archive
    view = estate.owner_file(archive, actor, house, tenure)
    prints = may(actor, "form.print", archive.pack)
    printed = forms.printed(archive, actor, house=view.house.id, limit=FEW_FORMS) if prints else []
    where = paper.whereabouts(archive, actor, "dossier", view.dossier.id) if view.dossier else None
    return answer(
        request, "owner_file.html", view=view, today=archive.clock.today(), printed=printed, where=where
    )


@router.post("/house-events")
def record_event(
    request: Request,
    actor: Recorder,
    house: Annotated[str, Form(max_length=200)],
    type: Annotated[str, Form()],
    on: Annotated[str, Form()],
    evidence: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    keeping.record_event(
        web_of(request).archive,
        actor,
        target_kind="house",
        target=house,
        type=type,
        date=day(on),
        evidence=evidence,
    )
    return RedirectResponse(f"/houses/{quote(house)}", status_code=303)
