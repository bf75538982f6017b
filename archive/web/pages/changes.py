"""Change notices: from the proposal to the issued revision, one page for each."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from archive.domain.people import Actor
from archive.services.documents import board, drafts, issue, life
from archive.services.errors import BadInput
from archive.web.attachments import attachment
from archive.web.context import web_of
from archive.web.forms import maybe_day
from archive.web.pages.documents import Approver, Editor, Password, Reader, Reviewer, Text, to_document
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
uploads = APIRouter()
Number = Annotated[str, Form(max_length=60)]


@router.get("/changes/new")
def new(request: Request, actor: Reader, number: str = "") -> Response:
    return answer(request, "change_new.html", number=number)


@router.post("/changes")
def propose(
    request: Request,
    actor: Reader,
    number: Number,
    reason: Text,
    title: Text = "",
    chapters: Text = "",
    major: Annotated[bool, Form()] = False,
) -> Response:
    made = life.propose(
        web_of(request).archive, actor, number, reason=reason, title=title, chapters=chapters, major=major
    )
    return _back(made.id)


@router.get("/changes/{id}")
def show(request: Request, actor: Reader, id: str) -> Response:
    archive = web_of(request).archive
    view = board.notice_view(archive, actor, id)
    return answer(request, "change.html", view=view, today=archive.clock.today(), me=actor.id)


@router.get("/changes/{id}/draft")
def draft(request: Request, actor: Editor, id: str) -> Response:
    return attachment(drafts.file_to_edit(web_of(request).archive, actor, id))


@router.post("/changes/{id}/notice")
def notice(
    request: Request,
    actor: Reviewer,
    id: str,
    number: Number = "",
    chapters: Text = "",
    major: Annotated[bool, Form()] = False,
) -> Response:
    life.give_notice(web_of(request).archive, actor, id, number=number, chapters=chapters, major=major)
    return _back(id)


@router.post("/changes/{id}/refuse")
def refuse(request: Request, actor: Reviewer, id: str, reason: Text = "") -> Response:
    life.refuse(web_of(request).archive, actor, id, reason=reason)
    return _back(id)


@router.post("/changes/{id}/drop")
def drop(request: Request, actor: Editor, id: str, reason: Text = "") -> Response:
    life.drop(web_of(request).archive, actor, id, reason=reason)
    return _back(id)


@router.post("/changes/{id}/check-out")
def check_out(request: Request, actor: Editor, id: str, steal: Text = "") -> Response:
    life.check_out(web_of(request).archive, actor, id, steal=steal)
    return _back(id)


@uploads.post("/changes/{id}/check-in")
def check_in(
    request: Request,
    actor: Annotated[Actor, Depends(Need("document.edit"))],
    id: str,
    file: Annotated[UploadFile | None, File()] = None,
    said: Text = "",
) -> Response:
    if file is None or not file.filename:
        raise BadInput("没有选择文件。", code="no_file", hint="请选择改好的 Word 文件。")
    drafts.check_in(web_of(request).archive, actor, id, file.file, file.filename, said=said)
    return _back(id)


@router.post("/changes/{id}/submit")
def submit(request: Request, actor: Editor, id: str, password: Password, said: Text = "") -> Response:
    life.submit(web_of(request).archive, actor, id, password=password, said=said)
    return _back(id)


@router.post("/changes/{id}/review")
def review(request: Request, actor: Reviewer, id: str, password: Password, said: Text = "") -> Response:
    life.review(web_of(request).archive, actor, id, password=password, said=said)
    return _back(id)


@router.post("/changes/{id}/send-back")
def send_back(request: Request, actor: Reviewer, id: str, reason: Text = "") -> Response:
    life.send_back(web_of(request).archive, actor, id, reason=reason)
    return _back(id)


@router.post("/changes/{id}/approve")
def approve(
    request: Request,
    actor: Approver,
    id: str,
    password: Password,
    effective: Annotated[str, Form()] = "",
    explain: Text = "",
    accept: Text = "",
    said: Text = "",
) -> Response:
    issue.approve(
        web_of(request).archive,
        actor,
        id,
        password=password,
        effective=maybe_day(effective),
        explain=explain,
        accept=accept,
        said=said,
    )
    return _back(id)


@router.post("/changes/{id}/issue")
def release(
    request: Request, actor: Editor, id: str, effective: Annotated[str, Form()] = "", explain: Text = ""
) -> Response:
    done = issue.issue(web_of(request).archive, actor, id, effective=maybe_day(effective), explain=explain)
    return to_document(done.document)


def _back(id: str) -> Response:
    return RedirectResponse(f"/changes/{quote(id, safe='')}", status_code=303)
