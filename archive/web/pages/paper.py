"""Paper originals: places and their labels, loans, and the printed register of readings."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.access import may
from archive.domain.paper import UNSETTLED, LoanState, PlaceKind
from archive.domain.people import Actor
from archive.services import paper
from archive.web.attachments import to_print
from archive.web.context import web_of
from archive.web.forms import maybe_day
from archive.web.rendering import answer
from archive.web.security import SIGNED_IN, Need

router = APIRouter()
Anyone = Annotated[Actor, Depends(Need(SIGNED_IN))]
"""Loans are shown to their borrower, to those who lend, decide and watch; the use case tells apart."""
Borrower = Annotated[Actor, Depends(Need("access.request"))]
Decider = Annotated[Actor, Depends(Need("access.decide"))]
Seer = Annotated[Actor, Depends(Need("paper.see"))]
Keeper = Annotated[Actor, Depends(Need("paper.manage"))]
RegisterReader = Annotated[Actor, Depends(Need("register.read"))]
ENDED = tuple(s for s in LoanState if s not in UNSETTLED)
FEW = 50


@router.get("/loans")
def loans(request: Request, actor: Anyone) -> Response:
    archive = web_of(request).archive
    pack = archive.pack
    watching = may(actor, "paper.see", pack) or may(actor, "access.decide", pack)
    asking = may(actor, "access.request", pack) or not watching
    late = paper.loans(archive, actor, late=True) if watching else []
    return answer(
        request,
        "loans.html",
        watching=watching,
        asking=asking,
        mine=paper.loans(archive, actor, states=UNSETTLED, mine=True) if asking else [],
        late=late,
        going=[
            v for v in (paper.loans(archive, actor, states=UNSETTLED) if watching else []) if not v.days_late
        ],
        ended=paper.loans(archive, actor, states=ENDED, limit=FEW) if watching else [],
    )


@router.post("/loans")
def ask(
    request: Request,
    actor: Borrower,
    target_kind: Annotated[str, Form(max_length=16)],
    target: Annotated[str, Form(max_length=200)],
    purpose: Annotated[str, Form(max_length=500)],
    days: Annotated[int, Form()],
) -> Response:
    made = paper.request_loan(
        web_of(request).archive, actor, target_kind=target_kind, target=target, purpose=purpose, days=days
    )
    return _back(made.id)


@router.get("/loans/{id}")
def one(request: Request, actor: Anyone, id: str) -> Response:
    archive = web_of(request).archive
    view = paper.loan(archive, actor, id)
    return answer(
        request,
        "loan.html",
        view=view,
        mine=view.borrower.id == actor.id,
        today=archive.clock.today(),
        places=paper.places(archive, actor) if may(actor, "paper.manage", archive.pack) else [],
    )


@router.post("/loans/{id}/approve")
def approve(request: Request, actor: Decider, id: str, days: Annotated[int, Form()]) -> Response:
    paper.approve(web_of(request).archive, actor, id, days=days)
    return _back(id)


@router.post("/loans/{id}/refuse")
def refuse(
    request: Request, actor: Decider, id: str, reason: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    paper.refuse(web_of(request).archive, actor, id, reason=reason)
    return _back(id)


@router.post("/loans/{id}/withdraw")
def withdraw(request: Request, actor: Borrower, id: str) -> Response:
    paper.withdraw(web_of(request).archive, actor, id)
    return _back(id)


@router.post("/loans/{id}/hand-out")
def hand_out(
    request: Request,
    actor: Keeper,
    id: str,
    to: Annotated[str, Form(max_length=60)] = "",
    due: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    paper.hand_out(web_of(request).archive, actor, id, to=to, due=maybe_day(due))
    return _back(id)


@router.post("/loans/{id}/return")
def take_back(
    request: Request,
    actor: Keeper,
    id: str,
    place: Annotated[str, Form(max_length=64)] = "",
    note: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    paper.take_back(web_of(request).archive, actor, id, place=place, note=note)
    return _back(id)


@router.post("/loans/{id}/lost")
def report_lost(
    request: Request, actor: Keeper, id: str, reason: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    paper.report_lost(web_of(request).archive, actor, id, reason=reason)
    return _back(id)


def _back(id: str) -> Response:
    return RedirectResponse(f"/loans/{quote(id, safe='')}", status_code=303)


@router.get("/places")
def places(request: Request, actor: Seer, code: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The rooms; with the code of a label, as typed or scanned, the place that it stands on."""
    archive = web_of(request).archive
    if code.strip():
        return _place(paper.place_of(archive, actor, code).id)
    return _shown(request, actor, "")


@router.get("/places/labels")
def labels(
    request: Request, actor: Seer, place: Annotated[list[str], Query()], inside: bool = False
) -> Response:
    """Labels as a PDF to print."""
    return to_print(paper.labels(web_of(request).archive, actor, place, inside=inside))


@router.get("/places/{id}")
def place(request: Request, actor: Seer, id: str) -> Response:
    return _shown(request, actor, id)


def _shown(request: Request, actor: Actor, id: str) -> Response:
    view = paper.place(web_of(request).archive, actor, id)
    kinds = list(PlaceKind)
    here = kinds.index(view.place.kind) + 1 if view.place else 0
    return answer(request, "place.html", view=view, kinds=kinds[here:] if view.place else kinds[:1])


@router.post("/places")
def add(
    request: Request,
    actor: Keeper,
    name: Annotated[str, Form(max_length=60)],
    kind: Annotated[str, Form(max_length=16)],
    inside: Annotated[str, Form(max_length=64)] = "",
    number: Annotated[int, Form()] = 1,
) -> Response:
    paper.add_place(
        web_of(request).archive, actor, kind=kind, name=name, inside=inside or None, number=number
    )
    return _place(inside)


@router.post("/places/{id}/change")
def change(
    request: Request,
    actor: Keeper,
    id: str,
    name: Annotated[str, Form(max_length=60)] = "",
    inside: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    paper.change_place(web_of(request).archive, actor, id, name=name, inside=inside)
    return _place(id)


@router.post("/papers")
def put(
    request: Request,
    actor: Keeper,
    target_kind: Annotated[str, Form(max_length=16)],
    target: Annotated[str, Form(max_length=200)],
    place: Annotated[str, Form(max_length=64)],
    note: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Say where a paper original stands."""
    archive = web_of(request).archive
    paper.put(archive, actor, target_kind=target_kind, target=target, place=place, note=note)
    return _place(paper.place_of(archive, actor, place).id)


def _place(id: str) -> Response:
    return RedirectResponse(f"/places/{quote(id, safe='')}" if id else "/places", status_code=303)


@router.get("/reading-register")
def register(
    request: Request,
    actor: RegisterReader,
    kind: Annotated[str, Query(max_length=16)],
    target: Annotated[str, Query(max_length=200)],
) -> Response:
    """The register of readings of a house, dossier or record as a page to print."""
    shown = paper.reading_register(web_of(request).archive, actor, kind, target)
    return answer(request, "reading_register.html", register=shown)
