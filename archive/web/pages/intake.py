"""Taking files in: upload with progress, and what became of each."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from archive.domain.people import Actor
from archive.domain.records import Intake
from archive.services import intake
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import Need
from archive.web.uploads import body_file, file_name

router = APIRouter()
uploads = APIRouter()
Watcher = Annotated[Actor, Depends(Need("intake.see"))]
Filer = Annotated[Actor, Depends(Need("record.file"))]


MOST_SHOWN = 300
"""Files of a batch that a page lists; the list is asked for every two seconds while it is worked off."""
ATTENTION = frozenset({"refused", "failed", "kept_unreadable"})


def new_batch() -> str:
    return secrets.token_hex(8)


@router.get("/intake")
def overview(request: Request, actor: Watcher) -> Response:
    archive = web_of(request).archive
    batches = intake.recent_batches(archive, actor)
    return answer(request, "intake.html", batch=new_batch(), view=None, batches=batches, shown=())


@router.get("/intake/{batch}")
def one_batch(request: Request, actor: Watcher, batch: str) -> Response:
    """A batch; asked for by htmx, only its list, while it is being worked off."""
    view = intake.batch(web_of(request).archive, actor, batch)
    template = "part_batch.html" if request.headers.get("hx-request") else "intake.html"
    return answer(request, template, batch=batch, view=view, batches=[], shown=shown(view.items))


def shown(items: tuple[Intake, ...]) -> tuple[Intake, ...]:
    """All items of a usual batch, in the order they came; of a huge one those that need a person, then the rest."""
    if len(items) <= MOST_SHOWN:
        return items
    return tuple(sorted(items, key=lambda i: i.state not in ATTENTION))[:MOST_SHOWN]


@uploads.post("/intake/{batch}/files")
def upload(
    request: Request,
    actor: Filer,
    batch: str,
    name: str = "",
    type: Annotated[str | None, Query()] = None,
    house: Annotated[str | None, Query()] = None,
) -> Response:
    """One file as the request's body. Acknowledged only when it is durable."""
    item = intake.receive_file(
        web_of(request).archive,
        actor,
        body_file(request),
        file_name(request, name),
        batch=batch,
        wanted_type=type or None,
        wanted_house=house or None,
    )
    return JSONResponse({"id": item.id, "state": item.state}, status_code=202)
