"""Printed forms: choose, look, print; what is still out; what became of one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.forms.printed import FormState
from archive.domain.people import Actor
from archive.services import forms
from archive.services.archive import Archive
from archive.services.errors import ArchiveError
from archive.services.forms import Wish
from archive.web.attachments import to_print
from archive.web.context import web_of
from archive.web.forms import maybe_day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Printer = Annotated[Actor, Depends(Need("form.print"))]
RECENT = 20


class Asked:
    """What the page's fields say; the same for looking and printing."""

    def __init__(
        self,
        archive: Archive,
        *,
        type: str,
        house: str,
        on: str | None,
        copies: int,
        blank: str,
        lang: str,
        rows: int = 0,
    ) -> None:
        self.type, self.house, self.copies, self.lang, self.rows = (
            type.strip(),
            house.strip(),
            copies,
            lang,
            rows,
        )
        self.blank = bool(blank)
        self.day: date | None = archive.clock.today() if on is None else maybe_day(on)

    def wish(self) -> Wish:
        return Wish(
            self.type,
            self.house,
            self.day,
            self.copies or None,
            self.blank,
            self.lang,
            min(max(self.rows, 0), 200),
        )

    def query(self) -> dict[str, object]:
        """The same as a query, for the preview's address."""
        return {
            "type": self.type,
            "house": self.house,
            "on": self.day.isoformat() if self.day else "",
            "copies": self.copies or "",
            "blank": "1" if self.blank else "",
            "lang": self.lang,
        }


@router.get("/forms")
def overview(
    request: Request,
    actor: Printer,
    type: str = "",
    house: Annotated[str, Query(max_length=200)] = "",
    on: Annotated[str | None, Query(max_length=10)] = None,
    copies: Annotated[str, Query(max_length=2)] = "",
    blank: str = "",
    lang: str = "zh",
) -> Response:
    """Choose a form and a house, see it, print it; below, the forms that are still out."""
    archive = web_of(request).archive
    number = int(copies) if copies.isdecimal() else 0
    asked = Asked(archive, type=type, house=house, on=on, copies=number, blank=blank, lang=lang)
    error: ArchiveError | None = None
    if asked.type:
        try:
            forms.check(archive, actor, asked.wish())
        except ArchiveError as wrong:
            error = wrong
    out = forms.printed(archive, actor, state=FormState.PRINTED)
    back = forms.printed(archive, actor, state=FormState.RETURNED)
    return answer(
        request,
        "forms.html",
        status=422 if error else 200,
        asked=asked,
        error=error,
        out=out,
        count=forms.count_open(archive, actor),
        lacking=[line for line in back if line.gaps],
    )


@router.get("/forms/preview.jpg")
def preview(
    request: Request,
    actor: Printer,
    type: str,
    house: Annotated[str, Query(max_length=200)] = "",
    on: Annotated[str, Query(max_length=10)] = "",
    copies: Annotated[str, Query(max_length=2)] = "",
    blank: str = "",
    lang: str = "zh",
    page: Annotated[int, Query(ge=1, le=99)] = 1,
) -> Response:
    archive = web_of(request).archive
    number = int(copies) if copies.isdecimal() else 0
    asked = Asked(archive, type=type, house=house, on=on, copies=number, blank=blank, lang=lang)
    image = forms.preview(archive, actor, asked.wish(), page=page)
    return Response(image, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


@router.post("/forms")
def print_form(
    request: Request,
    actor: Printer,
    type: Annotated[str, Form(max_length=64)],
    house: Annotated[str, Form(max_length=200)] = "",
    on: Annotated[str, Form(max_length=10)] = "",
    copies: Annotated[str, Form(max_length=2)] = "",
    blank: Annotated[str, Form()] = "",
    lang: Annotated[str, Form()] = "zh",
) -> Response:
    archive = web_of(request).archive
    number = int(copies) if copies.isdecimal() else 0
    asked = Asked(archive, type=type, house=house, on=on, copies=number, blank=blank, lang=lang)
    form, _ = forms.print_form(archive, actor, asked.wish())
    return RedirectResponse(f"/forms/{form.id}", status_code=303)


@router.get("/forms/separator.pdf")
def separator(request: Request, actor: Printer, type: str = "", house: str = "") -> Response:
    return to_print(forms.separator(web_of(request).archive, actor, type=type, house=house))


@router.get("/forms/{serial}")
def one(request: Request, actor: Printer, serial: str) -> Response:
    archive = web_of(request).archive
    line = forms.one(archive, actor, serial)
    return answer(request, "form.html", line=line, mine=line.form.printed_by == actor.id)


@router.get("/forms/{serial}/form.pdf")
def form_file(request: Request, actor: Printer, serial: str) -> Response:
    return to_print(forms.form_file(web_of(request).archive, actor, serial))


@router.post("/forms/{serial}/again")
def again(request: Request, actor: Printer, serial: str) -> Response:
    return to_print(forms.print_again(web_of(request).archive, actor, serial))


@router.post("/forms/{serial}/void")
def void(
    request: Request, actor: Printer, serial: str, reason: Annotated[str, Form(max_length=500)]
) -> Response:
    form = forms.void(web_of(request).archive, actor, serial, reason=reason)
    return RedirectResponse(f"/forms/{form.id}", status_code=303)
