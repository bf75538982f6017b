"""The verification desk: one record at a time, image beside fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from archive.domain.people import Actor
from archive.services import deciding, desk
from archive.services.errors import BadInput
from archive.services.views import VerifyView
from archive.web.context import web_of
from archive.web.forms import maybe_day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Filer = Annotated[Actor, Depends(Need("record.file"))]
QUEUE = 50
FIELD = "field."


@router.get("/verify")
def queue(request: Request, actor: Filer, after: str | None = None) -> Response:
    """The next record to verify; a clear desk says so."""
    view = desk.next_item(web_of(request).archive, actor, after)
    if view is None:
        return answer(request, "desk_clear.html")
    return RedirectResponse(f"/verify/{quote(view.record.id, safe='')}", status_code=303)


@router.get("/verify/{record}")
def item(request: Request, actor: Filer, record: str, type: str | None = None) -> Response:
    """`type` shows the form with the fields of another record type than the one that was recognised."""
    archive = web_of(request).archive
    view = desk.item(archive, actor, record)
    return _page(request, view, actor, view.record.type if type is None else type)


def _page(
    request: Request,
    view: VerifyView,
    actor: Actor,
    type: str | None,
    error: BadInput | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    archive = web_of(request).archive
    record = view.record
    read = {
        "house": record.house or record.house_key or "",
        "owner": record.owner or "",
        "date": record.record_date.isoformat() if record.record_date else "",
        **{FIELD + f["code"]: f["value"] for f in record.fields},
    }
    return answer(
        request,
        "desk.html",
        200 if error is None else 422,
        view=view,
        kind=archive.pack.record_types.get(type or ""),
        type=type or "",
        waiting=desk.queue(archive, actor, limit=QUEUE, offset=0),
        values={**read, **(typed or {})},
        error=error,
    )


@router.get("/verify/{record}/pages/{page}.jpg")
def page_image(
    request: Request,
    actor: Filer,
    record: str,
    page: int,
    width: Annotated[int, Query(ge=100, le=4000)] = 1000,
) -> Response:
    image = desk.page_image(web_of(request).archive, actor, record, page, width)
    return Response(image, media_type="image/jpeg")


@router.post("/verify/{record}")
async def read_form(request: Request, actor: Filer, record: str) -> Response:
    """The fields of a form differ by its type, so they come as they are named."""
    form = {k: str(v) for k, v in (await request.form()).items()}
    return await run_in_threadpool(_accept, request, actor, record, form)


def _accept(request: Request, actor: Actor, record: str, form: dict[str, str]) -> Response:
    fields = {k.removeprefix(FIELD): v for k, v in form.items() if k.startswith(FIELD)}
    try:
        deciding.accept(
            web_of(request).archive,
            actor,
            record,
            type=form.get("type", ""),
            house=form.get("house", "").strip() or None,
            owner=form.get("owner", "").strip() or None,
            date=maybe_day(form.get("date", "")),
            fields=fields,
        )
    except BadInput as error:
        view = desk.item(web_of(request).archive, actor, record)
        return _page(request, view, actor, form.get("type"), error, form)
    return RedirectResponse(f"/verify?after={quote(record, safe='')}", status_code=303)
