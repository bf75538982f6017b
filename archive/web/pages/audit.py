"""The audit log: entries with filters, and whether it is whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Path, Query, Request, Response, UploadFile

from archive.domain.matrix import DOORS, matrices
from archive.domain.people import Actor
from archive.services import auditing
from archive.services.views import Download
from archive.web.attachments import attachment
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Auditor = Annotated[Actor, Depends(Need("audit.read"))]
Verifier = Annotated[Actor, Depends(Need("audit.verify"))]
PAGE = 50
NOTE_SIZE = 64 * 1024
NOTES_SIZE = 1024**2
"""Bytes of checkpoints that one look takes."""


@router.get("/audit")
def entries(
    request: Request,
    actor: Auditor,
    before: Annotated[int | None, Query(ge=0)] = None,
    event: str = "",
    person: str = "",
    subject: str = "",
) -> Response:
    page = auditing.entries(
        web_of(request).archive,
        actor,
        before=before,
        event=event or None,
        person=person or None,
        subject=subject.strip() or None,
        limit=PAGE,
    )
    return answer(
        request, "audit.html", page=page, event=event, person=person, subject=subject, per_page=PAGE
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
