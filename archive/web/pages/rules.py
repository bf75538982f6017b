"""The house's rules for people: record types, the retention schedule, obligations, roles, classes, numbers.

They are no secret of anyone's: whoever is signed in may look up how long a form is kept and who may read it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from archive.domain.people import Actor
from archive.services import types as kinds
from archive.web.context import wants_part, web_of
from archive.web.rendering import answer
from archive.web.security import SIGNED_IN, Need

router = APIRouter(prefix="/settings")
Anyone = Annotated[Actor, Depends(Need(SIGNED_IN))]
Manager = Annotated[Actor, Depends(Need("settings.manage"))]
Text = Annotated[str, Query(max_length=200)]


@router.get("/types")
def types(request: Request, actor: Anyone, q: Text = "", family: Text = "", dossier: Text = "") -> Response:
    archive = web_of(request).archive
    return answer(
        request,
        "part_types.html" if wants_part(request) else "types.html",
        groups=kinds.by_family(archive.pack, q, family, dossier),
        schedule=kinds.schedule_now(archive),
        wanted=q,
        family=family,
        dossier=dossier,
    )


@router.get("/types/{code}")
def one_type(request: Request, actor: Anyone, code: str) -> Response:
    return answer(request, "type.html", view=kinds.type_view(web_of(request).archive, code))


@router.get("/schedule")
def schedule(request: Request, actor: Anyone) -> Response:
    archive = web_of(request).archive
    return answer(
        request,
        "schedule.html",
        groups=kinds.by_family(archive.pack),
        schedule=kinds.schedule_now(archive),
        today=archive.clock.today(),
    )


@router.get("/obligations")
def obligations(request: Request, actor: Anyone) -> Response:
    pack = web_of(request).archive.pack
    return answer(request, "obligations.html", groups=kinds.obligations_by_family(pack))


@router.get("/roles")
def roles(request: Request, actor: Anyone) -> Response:
    return answer(request, "roles.html")


@router.get("/classes")
def classes(request: Request, actor: Anyone) -> Response:
    return answer(request, "classes.html")


@router.get("/numbers")
def numbers(request: Request, actor: Anyone) -> Response:
    return answer(request, "numbers.html", numbers=kinds.numbering(web_of(request).archive.pack))


@router.get("/contradictions")
def contradictions(request: Request, actor: Manager) -> Response:
    return answer(request, "contradictions.html")
