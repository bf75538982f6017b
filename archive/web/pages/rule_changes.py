"""Changed rules: what a changed pack would do to the records there are, and the decision on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.people import Actor
from archive.services import rule_changes
from archive.web.context import wants_part, web_of
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter(prefix="/retention/rules")
Seer = Annotated[Actor, Depends(Need("retention.see"))]
Approver = Annotated[Actor, Depends(Need("retention.approve"))]


@router.get("")
def overview(request: Request, actor: Seer) -> Response:
    archive = web_of(request).archive
    return answer(
        request,
        "part_rule_effect.html" if wants_part(request) else "rule_changes.html",
        change=rule_changes.pending(archive, actor),
        history=rule_changes.history(archive, actor),
    )


@router.post("/count")
def count(request: Request, actor: Seer) -> Response:
    rule_changes.propose(web_of(request).archive, actor)
    return RedirectResponse("/retention/rules", status_code=303)


@router.post("/accept")
def accept(
    request: Request,
    actor: Approver,
    version: Annotated[str, Form(max_length=64)],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    rule_changes.accept(web_of(request).archive, actor, version, reason=reason)
    return RedirectResponse("/retention/rules", status_code=303)


@router.get("/{code}")
def records(
    request: Request,
    actor: Seer,
    code: str,
    change: Annotated[str, Query(max_length=16)] = "",
    after: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    archive = web_of(request).archive
    lines, following = rule_changes.changed_records(archive, actor, code, change=change, after=after)
    return answer(
        request,
        "rule_records.html",
        code=code,
        kind=archive.pack.record_types.get(code),
        change=change,
        lines=lines,
        following=following,
    )
