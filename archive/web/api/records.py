"""Records: what is known, their pages, text and originals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from archive.domain.people import Actor
from archive.services import keeping, reading
from archive.services.documents import library
from archive.services.objects import plain
from archive.web.api import shapes
from archive.web.attachments import attachment
from archive.web.context import language_of, web_of
from archive.web.security import NeedToken

router = APIRouter(tags=["records"])
Knower = Annotated[Actor, Depends(NeedToken("search"))]
Reader = Annotated[Actor, Depends(NeedToken("record.open"))]
DocumentReader = Annotated[Actor, Depends(NeedToken("document.read"))]
Version = Annotated[int | None, Query(ge=1)]


@router.get("/records/{record}")
def show(request: Request, actor: Knower, record: str) -> dict[str, object]:
    archive = web_of(request).archive
    return shapes.record(archive.pack, reading.open_record(archive, actor, record))


@router.get("/records/{record}/pages/{page}.jpg", response_class=Response)
def page_image(
    request: Request,
    actor: Reader,
    record: str,
    page: int,
    version: Version = None,
    width: Annotated[int, Query(ge=100, le=4000)] = 1000,
) -> Response:
    """A page as JPEG; watermarked and registered where the record is read under a grant."""
    archive = web_of(request).archive
    wanted = version or reading.open_record(archive, actor, record).record.version
    return Response(reading.page_image(archive, actor, record, wanted, page, width), media_type="image/jpeg")


@router.get("/records/{record}/text", response_class=PlainTextResponse)
def text(request: Request, actor: Reader, record: str, version: Version = None) -> Response:
    return PlainTextResponse(reading.record_text(web_of(request).archive, actor, record, version))


@router.get("/records/{record}/original", response_class=Response)
def original(request: Request, actor: Reader, record: str, version: Version = None) -> Response:
    return attachment(reading.download(web_of(request).archive, actor, record, version))


@router.get("/records/{record}/retention")
def retention(request: Request, actor: Knower, record: str) -> dict[str, object]:
    """Until when the record is kept and why."""
    decision: dict[str, object] = plain(
        keeping.explain(web_of(request).archive, actor, record, locale=language_of(request).code)
    )
    return decision


@router.get("/documents/{number:path}")
def document(
    request: Request, actor: DocumentReader, number: str, revision: str | None = None
) -> dict[str, object]:
    view: dict[str, object] = plain(library.show(web_of(request).archive, actor, number, revision))
    return view
