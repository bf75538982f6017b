"""Settings: people, the health of every part, and the way to the house's rules (archive.web.pages.rules)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.access import may
from archive.domain.people import Actor
from archive.services import health, people
from archive.services.errors import BadInput
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import SIGNED_IN, Need

router = APIRouter()
Anyone = Annotated[Actor, Depends(Need(SIGNED_IN))]
"""The house's rules are open to all; the other parts show by action."""
Manager = Annotated[Actor, Depends(Need("people.manage"))]


@router.get("/settings")
def overview(request: Request, actor: Anyone) -> Response:
    return _page(request, actor)


def _page(
    request: Request, actor: Actor, error: BadInput | None = None, typed: dict[str, object] | None = None
) -> Response:
    archive = web_of(request).archive
    return answer(
        request,
        "settings.html",
        200 if error is None else 422,
        people=people.list_people(archive, actor) if may(actor, "people.manage", archive.pack) else None,
        health=health.health(archive) if may(actor, "system.health", archive.pack) else None,
        error=error,
        typed=typed or {},
    )


@router.post("/settings/people")
def add_person(
    request: Request,
    actor: Manager,
    name: Annotated[str, Form(max_length=64)],
    display_name: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1024)],
    role: Annotated[list[str] | None, Form()] = None,
) -> Response:
    roles = tuple(role or ())
    try:
        people.add_person(
            web_of(request).archive,
            actor,
            name=name,
            display_name=display_name,
            roles=roles,
            password=password,
            temporary=True,
        )
    except BadInput as error:
        return _page(request, actor, error, {"name": name, "display_name": display_name, "roles": roles})
    return RedirectResponse("/settings#people", status_code=303)
