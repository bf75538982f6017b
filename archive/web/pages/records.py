"""A record: its pages, what it is, who may read it, and asking for access."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse

from archive.domain.people import Actor
from archive.services import copies, hits, keeping, paper, reading, unmasking
from archive.services.errors import NotFound
from archive.web.attachments import attachment
from archive.web.context import language_of, web_of
from archive.web.forms import day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Knower = Annotated[Actor, Depends(Need("search"))]
Reader = Annotated[Actor, Depends(Need("record.open"))]
Copier = Annotated[Actor, Depends(Need("record.copy"))]
Recorder = Annotated[Actor, Depends(Need("event.record"))]
Holder = Annotated[Actor, Depends(Need("hold.set"))]


@router.get("/records/{record}")
def show(
    request: Request,
    actor: Knower,
    record: str,
    version: Annotated[int | None, Query(ge=1)] = None,
    page: Annotated[int | None, Query(ge=1)] = None,
    q: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """`q` are the words of the search that led here: their places are marked, and the first of them is shown."""
    archive = web_of(request).archive
    view = reading.open_record(archive, actor, record, locale=language_of(request).code)
    policy = archive.pack.access_classes[view.record.access_class]
    number = version or view.record.version
    places = hits.hit_places(archive, actor, record, number, q) if q and view.rights.open else ()
    return answer(
        request,
        "record.html",
        view=view,
        policy=policy,
        version=number,
        page=page or (places[0].page if places else 1),
        places=places,
        q=q,
        pages=reading.page_count(archive, actor, record) if view.rights.open else 0,
        secret=policy.viewing == "grant",
        now=archive.clock.now(),
        today=archive.clock.today(),
        where=paper.whereabouts(archive, actor, "record", record),
    )


@router.post("/records/{record}/fields/{place}")
def show_field(
    request: Request, actor: Reader, record: str, place: Annotated[int, Path(ge=0, le=10_000)]
) -> Response:
    """A personal number shown whole, in place of the masked one; the log keeps who asked."""
    number = unmasking.show_field(web_of(request).archive, actor, record, place)
    return answer(request, "part_number.html", number=number)


@router.get("/records/{record}/check")
def check(
    request: Request, actor: Reader, record: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The four-property check of a version as a page to print."""
    view = reading.open_record(web_of(request).archive, actor, record, locale=language_of(request).code)
    wanted = version or view.record.version
    shown = next((v for v in view.versions if v.number == wanted), None)
    if shown is None or not shown.checks:
        raise NotFound("没有这一版本的四性检测。", hint="请回到该件页面选择版本。")
    return answer(request, "check.html", view=view, shown=shown)


@router.get("/records/{record}/pages/{page}.jpg")
def page_image(
    request: Request,
    actor: Reader,
    record: str,
    page: int,
    version: Annotated[int, Query(ge=1)],
    width: Annotated[int, Query(ge=100, le=4000)] = 1000,
) -> Response:
    """One page as a picture; never stored by the browser, since the next look needs a new entry in the register."""
    image = reading.page_image(web_of(request).archive, actor, record, version, page, width)
    return Response(image, media_type="image/jpeg")


@router.get("/records/{record}/text")
def text(
    request: Request, actor: Reader, record: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    return PlainTextResponse(reading.record_text(web_of(request).archive, actor, record, version))


@router.get("/records/{record}/original")
def original(
    request: Request, actor: Reader, record: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    return attachment(reading.download(web_of(request).archive, actor, record, version))


@router.post("/records/{record}/copy")
def copy(
    request: Request,
    actor: Copier,
    record: str,
    version: Annotated[int, Form(ge=1)],
    first: Annotated[int, Form(ge=1)] = 1,
    last: Annotated[int | None, Form(ge=1)] = None,
) -> Response:
    """Pages as a PDF with the reader's watermark, to take along."""
    made = copies.watermarked_copy(
        web_of(request).archive, actor, record, version=version, first=first, last=last
    )
    return attachment(made)


@router.get("/records/{record}/still-open")
def still_open(request: Request, actor: Knower, record: str) -> Response:
    """Whether the asker may still read it: an open viewer covers its page as soon as the grant has ended."""
    return JSONResponse({"open": reading.may_open(web_of(request).archive, actor, record)})


@router.post("/records/{record}/events")
def record_event(
    request: Request,
    actor: Recorder,
    record: str,
    type: Annotated[str, Form()],
    on: Annotated[str, Form()],
    evidence: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    keeping.record_event(
        web_of(request).archive,
        actor,
        target_kind="record",
        target=record,
        type=type,
        date=day(on),
        evidence=evidence,
    )
    return RedirectResponse(f"/records/{quote(record, safe='')}", status_code=303)


@router.post("/records/{record}/hold")
def hold(
    request: Request, actor: Holder, record: str, reason: Annotated[str, Form(max_length=500)]
) -> Response:
    keeping.set_hold(web_of(request).archive, actor, target_kind="record", target=record, reason=reason)
    return RedirectResponse(f"/records/{quote(record, safe='')}", status_code=303)
