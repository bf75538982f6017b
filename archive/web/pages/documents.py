"""Controlled documents: the library, one document, two revisions compared, copies and reviews."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.people import Actor
from archive.services.documents import (
    board,
    comparing,
    copies,
    issue,
    library,
    prints,
    references,
    reviews,
)
from archive.services.errors import BadInput
from archive.web.attachments import attachment
from archive.web.context import web_of
from archive.web.rendering import answer, link
from archive.web.security import Need

router = APIRouter()
public = APIRouter()
"""What a phone shows that scanned a copy: no sign-in, an unguessable token instead."""
Reader = Annotated[Actor, Depends(Need("document.read"))]
Editor = Annotated[Actor, Depends(Need("document.edit"))]
Reviewer = Annotated[Actor, Depends(Need("document.review"))]
Approver = Annotated[Actor, Depends(Need("document.approve"))]
Text = Annotated[str, Form(max_length=2000)]
Password = Annotated[str, Form(max_length=1000)]


@router.get("/documents")
def overview(
    request: Request,
    actor: Reader,
    under: str = "",
    q: str = "",
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    archive = web_of(request).archive
    return answer(
        request,
        "documents.html",
        tree=library.tree(archive, actor, under=under or None, words=q, page=page),
        board=board.board(archive, actor),
        q=q,
        under=under,
        today=archive.clock.today(),
    )


@router.get("/difference")
def difference(request: Request, actor: Reader, number: str, old: str = "", new: str = "") -> Response:
    archive = web_of(request).archive
    view = comparing.difference(archive, actor, number, old or None, new or None)
    revisions = library.show(archive, actor, number).revisions
    return answer(request, "document_difference.html", view=view, revisions=revisions)


@router.get("/rendition")
def rendition(request: Request, actor: Reader, number: str, revision: str) -> Response:
    return attachment(prints.rendition(web_of(request).archive, actor, number, revision))


@router.get("/copies/{id}/print.pdf")
def print_copy(request: Request, actor: Editor, id: str) -> Response:
    made = prints.print_copy(web_of(request).archive, actor, id, address=str(request.base_url))
    return attachment(made)


@router.post("/copies/{id}/acknowledge")
def acknowledge(request: Request, actor: Reader, id: str) -> Response:
    return to_document(copies.acknowledge(web_of(request).archive, actor, id).document)


@router.post("/copies/{id}/close")
def close(request: Request, actor: Editor, id: str, how: Annotated[str, Form()], note: Text = "") -> Response:
    return to_document(copies.close(web_of(request).archive, actor, id, how, note=note).document)


@router.post("/copies")
def hand_out(
    request: Request,
    actor: Editor,
    number: Annotated[str, Form()],
    holder: Text = "",
    person: Text = "",
    copy_number: Text = "",
    status: Annotated[str, Form()] = "controlled",
) -> Response:
    archive = web_of(request).archive
    copies.hand_out(
        archive, actor, number, holder=holder, person=person, copy_number=copy_number, status=status
    )
    return to_document(number)


@router.post("/copies/renew")
def renew(request: Request, actor: Editor, number: Annotated[str, Form()]) -> Response:
    copies.renew(web_of(request).archive, actor, number)
    return to_document(number)


@router.post("/reviews")
def reviewed(
    request: Request,
    actor: Reviewer,
    number: Annotated[str, Form()],
    outcome: Annotated[str, Form()],
    note: Text = "",
) -> Response:
    archive = web_of(request).archive
    if outcome == "change":
        reviews.reviewed_with_change(archive, actor, number, reason=note)
    elif outcome == "unchanged":
        reviews.reviewed_without_change(archive, actor, number, note=note)
    else:
        raise BadInput("请选择复审结果。", code="bad_choice")
    return to_document(number)


@router.post("/documents/withdraw")
def withdraw(
    request: Request, actor: Approver, number: Annotated[str, Form()], reason: Text, password: Password
) -> Response:
    issue.withdraw(web_of(request).archive, actor, number, reason=reason, password=password)
    return to_document(number)


@router.get("/documents/{number:path}")
def show(request: Request, actor: Reader, number: str, revision: str | None = None) -> Response:
    archive = web_of(request).archive
    view = library.show(archive, actor, number)
    named = next((r for r in view.revisions if r.revision == revision), None)
    in_force = next((r for r in view.revisions if r.state == "valid"), None)
    return answer(
        request,
        "document.html",
        view=view,
        chosen=named or in_force or next(iter(view.revisions), None),
        copies=copies.copies_of(archive, actor, number),
        references=references.references(archive, actor, number),
        named_by=references.named_by(archive, actor, number),
        reviews=reviews.reviews_of(archive, actor, number),
        today=archive.clock.today(),
    )


@public.get("/c/{token}")
def scanned(request: Request, token: str) -> Response:
    """Whether the paper in somebody's hand is valid."""
    return answer(request, "copy_state.html", copy=copies.scanned(web_of(request).archive, token))


def to_document(number: str) -> Response:
    """Back to a document's page."""
    return RedirectResponse(link("/documents/" + quote(number)), status_code=303)
