"""Taking an old catalogue over from the browser: looked through, confirmed, followed, reported."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Annotated, BinaryIO, cast

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from fastapi.responses import RedirectResponse, StreamingResponse

from archive.domain.people import Actor
from archive.services import takeovers
from archive.web.context import wants_part, web_of
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Watcher = Annotated[Actor, Depends(Need("intake.see"))]
Filer = Annotated[Actor, Depends(Need("record.file"))]
CATALOGUE_SIZE = 256 * 1024**2
"""Bytes of a catalogue with its texts; larger ones come by the command line."""


@router.get("/takeovers")
def overview(request: Request, actor: Watcher) -> Response:
    archive = web_of(request).archive
    return answer(request, "takeovers.html", recent=takeovers.recent(archive, actor))


@router.post("/takeovers", max_body_size=CATALOGUE_SIZE)
def prepare(request: Request, actor: Filer, file: UploadFile) -> Response:
    made = takeovers.prepare(web_of(request).archive, actor, file.file, file.filename or "")
    return RedirectResponse(f"/takeovers/{made.id}", status_code=303)


@router.get("/takeovers/{id}")
def one(request: Request, actor: Watcher, id: str) -> Response:
    """An import; asked for by htmx, only its progress."""
    view = takeovers.view(web_of(request).archive, actor, id)
    template = "part_takeover.html" if wants_part(request) else "takeover.html"
    return answer(request, template, view=view)


@router.post("/takeovers/{id}/start")
def start(request: Request, actor: Filer, id: str) -> Response:
    takeovers.start(web_of(request).archive, actor, id)
    return RedirectResponse(f"/takeovers/{id}", status_code=303)


@router.get("/takeovers/{id}/report.{ending}")
def report(request: Request, actor: Watcher, id: str, ending: str) -> Response:
    """Every row's answer as a table, .csv or .xlsx."""
    kind = "xlsx" if ending == "xlsx" else "csv"
    out = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 - closed when it was sent
    takeovers.write_report(web_of(request).archive, actor, id, f".{kind}", out)
    out.seek(0)
    name = f'attachment; filename="report.{kind}"'
    return StreamingResponse(
        out, media_type="application/octet-stream", headers={"Content-Disposition": name}
    )
