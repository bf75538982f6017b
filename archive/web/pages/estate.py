"""The house register on screen: buildings and floors, what lacks where, import and export, one household by hand."""

from __future__ import annotations

from io import BytesIO
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from archive.domain.people import Actor
from archive.services import estate_export, estate_jobs, household, register, unmasking
from archive.services.views import Download
from archive.web.attachments import attachment
from archive.web.context import web_of
from archive.web.forms import day, maybe_day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Seer = Annotated[Actor, Depends(Need("estate.see"))]
Keeper = Annotated[Actor, Depends(Need("estate.manage"))]
REGISTER_SIZE = estate_jobs.LARGEST + 1024**2
Text = Annotated[str, Form(max_length=100)]


@router.get("/estate")
def overview(request: Request, actor: Seer, estate: str = "") -> Response:
    """The buildings of an estate, each with how its owner files stand."""
    view = register.overview(web_of(request).archive, actor, estate)
    return answer(request, "estate.html", view=view)


@router.get("/estate/building")
def building(request: Request, actor: Seer, estate: str, building: str) -> Response:
    view = register.building(web_of(request).archive, actor, estate, building)
    return answer(request, "building.html", view=view)


@router.get("/estate/missing")
def missing(
    request: Request,
    actor: Seer,
    estate: str = "",
    building: str = "",
    line: str = "",
    kind: str = "",
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Response:
    """Households whose owner files lack something, those that lack it longest first."""
    archive = web_of(request).archive
    wanted = _wanted(estate, building, line, kind)
    view = register.lacking(archive, actor, wanted, page)
    today = archive.clock.today()
    return answer(
        request, "missing.html", view=view, wanted=wanted, today=today, days_since=register.days_since
    )


@router.get("/estate/missing.xlsx")
def missing_table(
    request: Request, actor: Keeper, estate: str = "", building: str = "", line: str = "", kind: str = ""
) -> Response:
    table = BytesIO()
    register.export_lacking(web_of(request).archive, actor, _wanted(estate, building, line, kind), table)
    return _table(request, table, "缺件清单.xlsx")


def _wanted(estate: str, building: str, line: str, kind: str) -> register.Wanted:
    known = {state.value: state for state in register.LACKING}
    return register.Wanted(estate, building, line, known.get(kind))


def _table(request: Request, table: BytesIO, name: str) -> Response:
    return attachment(
        Download(name, "application/octet-stream", table.getvalue(), web_of(request).archive.clock.now())
    )


@router.get("/estate/register.{ending}")
def export(request: Request, actor: Keeper, ending: str, estate: str = "") -> Response:
    """The house register as a table, as an import takes it."""
    name = f"{estate or '房屋名册'}.{ending}"
    table = BytesIO()
    estate_export.export_estate(web_of(request).archive, actor, table, name, estate=estate)
    return _table(request, table, name)


@router.get("/estate/imports")
def imports(request: Request, actor: Keeper) -> Response:
    """Where a register is uploaded, and what became of the last ones."""
    recent = estate_jobs.recent(web_of(request).archive, actor)
    return answer(request, "estate_imports.html", recent=recent)


@router.post("/estate/imports", max_body_size=REGISTER_SIZE)
def upload(request: Request, actor: Keeper, file: UploadFile, estate: Text = "") -> Response:
    made = estate_jobs.receive(web_of(request).archive, actor, file.file, file.filename or "", estate=estate)
    return RedirectResponse(f"/estate/imports/{made.id}", status_code=303)


@router.get("/estate/imports/{made}")
def one_import(
    request: Request, actor: Keeper, made: str, page: Annotated[int, Query(ge=1, le=10**6)] = 1
) -> Response:
    """An import; asked for by htmx, only its progress, while a worker is at it."""
    view = estate_jobs.view(web_of(request).archive, actor, made, page)
    template = "part_estate_import.html" if request.headers.get("hx-request") else "estate_import.html"
    return answer(request, template, view=view)


@router.post("/estate/imports/{made}/confirm")
def confirm(request: Request, actor: Keeper, made: str) -> Response:
    estate_jobs.confirm(web_of(request).archive, actor, made)
    return RedirectResponse(f"/estate/imports/{made}", status_code=303)


@router.post("/estate/imports/{made}/drop")
def drop(request: Request, actor: Keeper, made: str) -> Response:
    estate_jobs.drop(web_of(request).archive, actor, made)
    return RedirectResponse("/estate/imports", status_code=303)


def _to_house(house: str) -> Response:
    return RedirectResponse(f"/houses/{quote(house)}", status_code=303)


@router.post("/estate/owner")
def change_owner(
    request: Request,
    actor: Keeper,
    house: Annotated[str, Form(max_length=200)],
    owner: Text,
    on: Annotated[str, Form()],
    phone: Text = "",
) -> Response:
    """A title transfer."""
    made = household.change_owner(web_of(request).archive, actor, house, owner=owner, phone=phone, on=day(on))
    return _to_house(made.house)


@router.post("/estate/owner/{tenure}")
def correct_owner(
    request: Request, actor: Keeper, tenure: str, owner: Text, phone: Text = "", started: Text = ""
) -> Response:
    made = household.correct_owner(
        web_of(request).archive,
        actor,
        tenure,
        owner=owner,
        phone=phone,
        started=maybe_day(started),
    )
    return _to_house(made.house)


@router.post("/estate/phone/{row}")
def show_phone(request: Request, actor: Keeper, row: str) -> Response:
    """A phone shown whole, in place of the masked one; the log keeps who asked."""
    number = unmasking.show_phone(web_of(request).archive, actor, row)
    return answer(request, "part_number.html", number=number)


@router.post("/estate/tenant")
def set_tenant(
    request: Request,
    actor: Keeper,
    house: Annotated[str, Form(max_length=200)],
    tenant: Text,
    phone: Text = "",
    started: Text = "",
    ended: Text = "",
) -> Response:
    made = household.set_tenant(
        web_of(request).archive,
        actor,
        house,
        tenant=tenant,
        phone=phone,
        started=maybe_day(started),
        ended=maybe_day(ended),
    )
    return _to_house(made.house)


@router.post("/estate/tenancy/{tenancy}/end")
def end_tenancy(request: Request, actor: Keeper, tenancy: str, on: Annotated[str, Form()]) -> Response:
    return _to_house(household.end_tenancy(web_of(request).archive, actor, tenancy, on=day(on)).house)


@router.post("/estate/changes/{change}/undo")
def undo(request: Request, actor: Keeper, change: str) -> Response:
    return _to_house(household.undo(web_of(request).archive, actor, change).house)
