"""Controlled documents with their control pages and revisions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from archive.domain.people import Actor
from archive.services.documents import library
from archive.web.context import web_of
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Reader = Annotated[Actor, Depends(Need("document.read"))]


@router.get("/documents")
def overview(request: Request, actor: Reader) -> Response:
    return answer(request, "documents.html", documents=library.list_documents(web_of(request).archive, actor))


@router.get("/documents/{number:path}")
def show(request: Request, actor: Reader, number: str, revision: str | None = None) -> Response:
    view = library.show(web_of(request).archive, actor, number)
    chosen = next((r for r in view.revisions if r.revision == revision), view.revisions[0])
    return answer(request, "document.html", view=view, chosen=chosen)
