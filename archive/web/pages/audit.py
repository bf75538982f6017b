"""The audit log: entries with filters, and whether it is whole."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Path, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from archive.domain.matrix import DOORS, matrices
from archive.domain.people import Actor
from archive.services import audit_view, auditing
from archive.services.audit_view import Wanted
from archive.services.views import Download
from archive.web.attachments import attachment
from archive.web.context import web_of
from archive.web.forms import maybe_day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Auditor = Annotated[Actor, Depends(Need("audit.read"))]
Verifier = Annotated[Actor, Depends(Need("audit.verify"))]
PAGE = 50
NOTE_SIZE = 64 * 1024
NOTES_SIZE = 1024**2
"""Bytes of checkpoints that one look takes."""


Short = Annotated[str, Query(max_length=200)]


def wanted_entries(
    event: Short = "",
    person: Short = "",
    subject: Short = "",
    about: Short = "",
    since: Short = "",
    until: Short = "",
) -> Wanted:
    """The filters of the log, as its form sends them. Raises BadInput for what is no day."""
    return Wanted(event, person, subject.strip(), about.strip(), maybe_day(since), maybe_day(until))


Filters = Annotated[Wanted, Depends(wanted_entries)]


@router.get("/audit")
def entries(
    request: Request, actor: Auditor, wanted: Filters, before: Annotated[int | None, Query(ge=0)] = None
) -> Response:
    page = audit_view.entries(web_of(request).archive, actor, wanted, before=before, limit=PAGE)
    given = {name: str(value) for name, value in asdict(wanted).items() if value}
    return answer(request, "audit.html", page=page, wanted=wanted, given=given, per_page=PAGE)


@router.get("/audit/log.{ending}")
def export(request: Request, actor: Auditor, ending: str, wanted: Filters) -> Response:
    """The filtered list as a table (.csv or .xlsx), sent while it is read."""
    table = audit_view.export_table(web_of(request).archive, actor, wanted, ending)
    name = quote(f"审计日志.{ending}")
    return StreamingResponse(
        table,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.get("/audit/rights")
def rights(request: Request, actor: Auditor) -> Response:
    """Who may do what with a record, as one printable page."""
    pack = web_of(request).archive.pack
    return answer(
        request, "rights.html", matrices=matrices(pack), roles=tuple(pack.roles), doors=tuple(DOORS)
    )


@router.post("/audit/verify", max_body_size=NOTES_SIZE)
def verify(
    request: Request, actor: Verifier, notes: Annotated[list[UploadFile] | None, File()] = None
) -> Response:
    """Check every entry against the tree, and against checkpoints that were kept outside; shown in place."""
    kept = [note.file.read(NOTE_SIZE).decode(errors="replace") for note in notes or () if note.filename]
    result = auditing.verify(web_of(request).archive, actor, kept)
    return answer(request, "part_verified.html", result=result, kept=len(kept))


@router.post("/audit/checkpoint")
def checkpoint(request: Request, actor: Verifier) -> Response:
    """A signed checkpoint to be kept elsewhere."""
    archive = web_of(request).archive
    signed = auditing.checkpoint(archive, actor)
    size = int(signed.split("\n")[1])
    witness = auditing.witness_of(archive, signed)
    return answer(request, "part_checkpoint.html", signed=signed, size=size, witness=witness)


@router.get("/audit/checkpoints/{size}")
def kept_checkpoint(request: Request, actor: Auditor, size: Annotated[int, Path(ge=0, le=2**53)]) -> Response:
    """The note of a checkpoint, as a file."""
    archive = web_of(request).archive
    note = auditing.kept_checkpoint(archive, actor, size)
    name = f"checkpoint-{size}.note"
    return attachment(Download(name, "text/plain", note.encode(), archive.clock.now()))
