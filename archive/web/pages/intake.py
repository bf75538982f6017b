"""Taking files in: upload with progress, and what became of each."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.access import may
from archive.domain.people import Actor
from archive.domain.records import Intake
from archive.domain.uploads import GRACE
from archive.services import alike, intake, watching
from archive.services import uploads as pieces
from archive.web import tus
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Watcher = Annotated[Actor, Depends(Need("intake.see"))]
Filer = Annotated[Actor, Depends(Need("record.file"))]
uploads = tus.routes(Need("record.file"), "/intake/uploads")


MOST_SHOWN = 300
"""Files of a batch that a page lists; the list is asked for every two seconds while it is worked off."""
ATTENTION = frozenset({"refused", "failed", "kept_unreadable"})


def new_batch() -> str:
    return secrets.token_hex(8)


@router.get("/intake")
def overview(request: Request, actor: Watcher) -> Response:
    archive = web_of(request).archive
    batches = intake.recent_batches(archive, actor)
    return answer(
        request,
        "intake.html",
        batch=new_batch(),
        view=None,
        batches=batches,
        shown=(),
        **_door(request, actor),
    )


@router.get("/intake/{batch}")
def one_batch(request: Request, actor: Watcher, batch: str) -> Response:
    """A batch; asked for by htmx, only its list, while it is being worked off."""
    view = intake.batch(web_of(request).archive, actor, batch)
    template = "part_batch.html" if request.headers.get("hx-request") else "intake.html"
    door: dict[str, Any] = {} if template == "part_batch.html" else _door(request, actor)
    return answer(request, template, batch=batch, view=view, batches=[], shown=shown(view.items), **door)


def _door(request: Request, actor: Actor) -> dict[str, Any]:
    """What the upload box says beside the batches."""
    archive = web_of(request).archive
    files = may(actor, "record.file", archive.pack)
    return {
        "limit": _size(archive.max_upload),
        "grace": GRACE.days,
        "watched": watching.state(archive, actor),
        "alike": alike.waiting(archive, actor) if files else 0,
        "unfinished": pieces.unfinished(archive, actor) if files else [],
    }


def _size(limit: int) -> str:
    """A limit as people set it: 2 GB, 500 MB."""
    return f"{limit / 1024**3:g} GB" if limit >= 1024**3 else f"{limit / 1024**2:g} MB"


@router.post("/intake/uploads/{id}/forget")
def forget(request: Request, actor: Filer, id: str) -> Response:
    """Give up an upload that was interrupted."""
    pieces.cancel(web_of(request).archive, actor, id)
    return RedirectResponse("/intake", status_code=303)


def shown(items: tuple[Intake, ...]) -> tuple[Intake, ...]:
    """All items of a usual batch, in the order they came; of a huge one those that need a person, then the rest."""
    if len(items) <= MOST_SHOWN:
        return items
    return tuple(sorted(items, key=lambda i: i.state not in ATTENTION))[:MOST_SHOWN]
