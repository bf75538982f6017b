"""The verification desk: one record at a time, image beside fields, made for the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from archive.domain.desk import HEARTBEAT_SECONDS, ORDERS
from archive.domain.dividing import PlannedPage
from archive.domain.people import Actor
from archive.services import deciding, desk, desk_leases, dividing, learning
from archive.services.desk import Selection
from archive.services.errors import BadInput, Clash
from archive.services.views import VerifyView
from archive.web import desk_words
from archive.web.context import wants_part, web_of
from archive.web.forms import maybe_day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Filer = Annotated[Actor, Depends(Need("record.file"))]
FIELD = "field."


def selected(
    order: str = ORDERS[0], batch: str = "", type: str = "", reason: str = "", returned: bool = False
) -> Selection:
    """The part of the queue that an address names."""
    return Selection(order if order in ORDERS else ORDERS[0], batch[:64], type[:64], reason[:64], returned)


Chosen = Annotated[Selection, Depends(selected)]


def query_of(selection: Selection) -> str:
    """A selection as it stands in addresses; empty for the usual one."""
    usual = Selection()
    parts = {
        name: getattr(selection, name)
        for name in ("order", "batch", "type", "reason")
        if getattr(selection, name) != getattr(usual, name)
    }
    return urlencode(parts)


def next_address(after: str | None, selection: Selection) -> str:
    parts = "&".join(p for p in (f"after={quote(after, safe='')}" if after else "", query_of(selection)) if p)
    return f"/verify?{parts}" if parts else "/verify"


@router.get("/verify")
def following(request: Request, actor: Filer, chosen: Chosen, after: str | None = None) -> Response:
    """The next free record; a clear desk says so. The page that is open asks ahead, so that it is there at once."""
    archive = web_of(request).archive
    view = desk.next_item(archive, actor, after, chosen)
    if view is None:
        if wants_part(request):
            return Response(status_code=204)
        counts = desk.overview(archive, actor, chosen, limit=1)
        return answer(
            request, "desk_clear.html", counts=counts, undoable=deciding.last_decisions(archive, actor)
        )
    if wants_part(request):
        return _page(request, view, actor, view.record.type, chosen)
    query = query_of(chosen)
    address = f"/verify/{quote(view.record.id, safe='')}" + (f"?{query}" if query else "")
    return RedirectResponse(address, status_code=303)


@router.get("/verify/queue")
def queue(
    request: Request, actor: Filer, chosen: Chosen, page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> Response:
    """What waits, why, since when and in whose hand."""
    return _queue(request, actor, chosen, page)


def _queue(request: Request, actor: Actor, chosen: Selection, page: int = 1, **more: Any) -> Response:
    archive = web_of(request).archive
    view = desk.overview(archive, actor, chosen, limit=desk.STEP, offset=(page - 1) * desk.STEP)
    return answer(
        request,
        "desk_queue.html",
        view=view,
        chosen=chosen,
        query=query_of(chosen),
        page=page,
        pages=max(1, -(-view.total // desk.STEP)),
        reasons=desk_words.REASONS,
        undoable=deciding.last_decisions(archive, actor),
        **{"result": None, **more},
    )


@router.post("/verify/queue")
def accept_many(
    request: Request,
    actor: Filer,
    chosen: Chosen,
    record: Annotated[list[str] | None, Form(max_length=64)] = None,
    looked: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """File the ticked records of one type as they were read."""
    if not record or not looked:
        told = BadInput("请先勾选要归档的件，并确认都已看过。", code="nothing_ticked")
        return _queue(request, actor, chosen, error=told)
    try:
        result = deciding.accept_as_read(web_of(request).archive, actor, record)
    except BadInput as error:
        return _queue(request, actor, chosen, error=error)
    return _queue(request, actor, chosen, result=result)


@router.post("/verify/undo")
def undo(request: Request, actor: Filer, decision: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Take back the last decision, or the one named."""
    record = deciding.undo(web_of(request).archive, actor, decision or None)
    return RedirectResponse(f"/verify/{quote(record.id, safe='')}", status_code=303)


@router.post("/verify/hands")
def hands(
    request: Request,
    actor: Filer,
    keep: Annotated[list[str] | None, Form(max_length=64)] = None,
    leave: Annotated[list[str] | None, Form(max_length=128)] = None,
) -> Response:
    """A sign of life of an open page (`keep`), and what it leaves (`leave`: record and end of the lease it knew)."""
    archive = web_of(request).archive
    if leave:
        desk_leases.release(archive, actor, leave)
    kept = desk_leases.renew(archive, actor, keep) if keep else {}
    return JSONResponse({"kept": {k: v.isoformat() if v else None for k, v in kept.items()}})


@router.get("/verify/learned")
def learned(request: Request, actor: Filer) -> Response:
    """What corrections taught, what it does, and how to stop it."""
    return answer(request, "desk_learned.html", rules=learning.rules(web_of(request).archive, actor))


@router.post("/verify/learned")
def stop_rule(request: Request, actor: Filer, rule: Annotated[str, Form(max_length=64)]) -> Response:
    learning.undo_rule(web_of(request).archive, actor, rule)
    return RedirectResponse("/verify/learned", status_code=303)


@router.get("/verify/files/{intake}")
def file_pages(request: Request, actor: Filer, intake: str, join: str = "") -> Response:
    """The pages of a received file with the boundaries between its records; `join` lifts the one before a record."""
    view = dividing.view(web_of(request).archive, actor, intake)
    if wants_part(request):
        return answer(request, "part_division.html", view=view)
    return answer(request, "division.html", view=view, join=join)


@router.get("/verify/files/{intake}/pages/{page}.jpg")
def file_page(request: Request, actor: Filer, intake: str, page: int) -> Response:
    return Response(
        dividing.page_image(web_of(request).archive, actor, intake, page), media_type="image/jpeg"
    )


@router.post("/verify/files/{intake}")
def divide(
    request: Request,
    actor: Filer,
    intake: str,
    page: Annotated[list[int] | None, Form()] = None,
    begins: Annotated[list[int] | None, Form()] = None,
    out: Annotated[list[int] | None, Form()] = None,
    turned: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Divide the file as the form says; a worker does it."""
    turns = dict(zip(page or (), turned or (), strict=False))
    starts, left_out = set(begins or ()), set(out or ())
    plan = [PlannedPage(n, n in starts, n in left_out, t % 360 // 90 * 90) for n, t in turns.items()]
    dividing.divide(web_of(request).archive, actor, intake, plan)
    return RedirectResponse(f"/verify/files/{quote(intake, safe='')}", status_code=303)


@router.post("/verify/files/{intake}/undo")
def undo_division(request: Request, actor: Filer, intake: str) -> Response:
    dividing.undo(web_of(request).archive, actor, intake)
    return RedirectResponse(f"/verify/files/{quote(intake, safe='')}", status_code=303)


@router.get("/verify/{record}")
def item(
    request: Request, actor: Filer, record: str, chosen: Chosen, form: Annotated[str | None, Query()] = None
) -> Response:
    """`form` shows the fields of another record type than the one that was recognised."""
    view = desk.item(web_of(request).archive, actor, record)
    return _page(request, view, actor, view.record.type if form is None else form, chosen)


def _page(
    request: Request,
    view: VerifyView,
    actor: Actor,
    type: str | None,
    chosen: Selection,
    error: BadInput | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    archive = web_of(request).archive
    guess = view.learned_type.value if view.learned_type else ""
    type = type or guess
    kind = archive.pack.record_types.get(type)
    head = desk_words.head_fields(kind, view.record, view.houses, guess, view.learned_house)
    fields = desk_words.form_fields(kind, view.record)
    others = desk_words.sentences(view.record, kind)
    known = typed or {}
    head = {c: replace(s, value=known.get(c, s.value)) for c, s in head.items()}
    fields = [replace(s, value=known.get(FIELD + s.code, s.value)) for s in fields]
    part = wants_part(request)
    last = [] if part else deciding.last_decisions(archive, actor)
    return answer(
        request,
        "part_desk.html" if part else "desk.html",
        200 if error is None else 422,
        view=view,
        kind=kind,
        type=type,
        head=head,
        fields=fields,
        others=others,
        doubts=desk_words.doubt_count(head, fields, others),
        sureness=desk_words.SURENESS,
        error=error,
        query=query_of(chosen),
        skip=next_address(view.record.id, chosen),
        undoable=last,
        heartbeat=HEARTBEAT_SECONDS,
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


@router.post("/verify/{record}/back")
def send_back(
    request: Request,
    actor: Filer,
    record: str,
    chosen: Chosen,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=32)] = "",
    note: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Off the desk: to be scanned again, not readable, or not ours."""
    deciding.send_back(web_of(request).archive, actor, record, reason=reason, note=note, version=version)
    return RedirectResponse(next_address(record, chosen), status_code=303)


@router.post("/verify/{record}/turn")
def turn(
    request: Request,
    actor: Filer,
    record: str,
    chosen: Chosen,
    version: Annotated[int, Form()],
    page: Annotated[int, Form(ge=1)] = 1,
) -> Response:
    """A quarter further clockwise."""
    deciding.turn_page(web_of(request).archive, actor, record, page=page, version=version)
    query = query_of(chosen)
    return RedirectResponse(f"/verify/{quote(record, safe='')}" + (f"?{query}" if query else ""), 303)


@router.post("/verify/{record}/take-over")
def take_over(request: Request, actor: Filer, record: str) -> Response:
    desk_leases.take_over(web_of(request).archive, actor, record)
    return RedirectResponse(f"/verify/{quote(record, safe='')}", status_code=303)


@router.post("/verify/{record}")
async def read_form(request: Request, actor: Filer, record: str, chosen: Chosen) -> Response:
    """The fields of a form differ by its type, so they come as they are named."""
    form = {k: str(v) for k, v in (await request.form()).items()}
    return await run_in_threadpool(_accept, request, actor, record, form, chosen)


def _accept(request: Request, actor: Actor, record: str, form: dict[str, str], chosen: Selection) -> Response:
    archive = web_of(request).archive
    fields = {k.removeprefix(FIELD): v for k, v in form.items() if k.startswith(FIELD)}
    version = form.get("version", "")
    try:
        filed = deciding.accept(
            archive,
            actor,
            record,
            type=form.get("type", ""),
            house=form.get("house", "").strip() or None,
            owner=form.get("owner", "").strip() or None,
            date=maybe_day(form.get("date", "")),
            fields=fields,
            version=int(version) if version.isdecimal() else None,
        )
    except BadInput as error:
        view = desk.item(archive, actor, record)
        return _page(request, view, actor, form.get("type"), chosen, error, form)
    except Clash as clash:
        return _both_sides(request, actor, record, form, clash)
    if wants_part(request):
        last = deciding.last_decisions(archive, actor)[:1]
        return answer(request, "part_desk_done.html", undoable=last, waiting=desk.waiting(archive, actor))
    return RedirectResponse(next_address(filed.id, chosen), status_code=303)


def _both_sides(request: Request, actor: Actor, record: str, form: dict[str, str], clash: Clash) -> Response:
    """What was to be filed beside what is there now; nothing typed is lost."""
    archive = web_of(request).archive
    now = desk.as_it_stands(archive, actor, record)
    kind = archive.pack.record_types.get(form.get("type", ""))
    mine = [(c, form.get(c, "")) for c in ("type", "house", "owner", "date")]
    mine += [(k.removeprefix(FIELD), v) for k, v in form.items() if k.startswith(FIELD) and v]
    return answer(
        request,
        "part_desk_clash.html" if wants_part(request) else "desk_clash.html",
        409,
        clash=clash,
        now=now,
        mine=mine,
        kind=kind,
        theirs=now.values,
    )
