"""Requests for access and decisions about them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from archive.domain.people import Actor
from archive.services import access as use
from archive.services.objects import plain
from archive.web.api import shapes
from archive.web.context import web_of
from archive.web.security import SIGNED_IN, NeedToken

router = APIRouter(tags=["access"])
Anyone = Annotated[Actor, Depends(NeedToken(SIGNED_IN))]
"""One's own requests, or all for those who decide or watch; the use case tells apart."""
Requester = Annotated[Actor, Depends(NeedToken("access.request"))]
InEmergency = Annotated[Actor, Depends(NeedToken("access.emergency"))]
Decider = Annotated[Actor, Depends(NeedToken("access.decide"))]


class Ask(BaseModel):
    target_kind: Literal["record", "dossier"] = "record"
    target: str = Field(max_length=200)
    purpose: str = Field(max_length=500)
    days: int
    kind: Literal["view", "copy"] = "view"


class Emergency(BaseModel):
    target_kind: Literal["record", "dossier"] = "record"
    target: str = Field(max_length=200)
    purpose: str = Field(max_length=500)


class Review(BaseModel):
    upheld: bool
    reason: str = Field(max_length=500)


class Approve(BaseModel):
    days: int | None = None
    kind: Literal["view", "copy"] | None = None
    records: list[str] = Field(default=[], max_length=500, description="Only these records of the dossier")
    reason: str = Field(default="", max_length=500)


class Reason(BaseModel):
    reason: str = Field(default="", max_length=500)


@router.post("/requests", status_code=201)
def ask(request: Request, actor: Requester, body: Ask) -> dict[str, object]:
    made: dict[str, object] = plain(
        use.request_access(
            web_of(request).archive,
            actor,
            target_kind=body.target_kind,
            target=body.target,
            purpose=body.purpose,
            days=body.days,
            kind=body.kind,
        )
    )
    return made


@router.post("/requests/emergency", status_code=201)
def read_in_emergency(request: Request, actor: InEmergency, body: Emergency) -> dict[str, object]:
    """Read at once where the house allows it; a manager reviews it afterwards."""
    return shapes.grant(
        use.read_in_emergency(
            web_of(request).archive,
            actor,
            target_kind=body.target_kind,
            target=body.target,
            purpose=body.purpose,
        )
    )


@router.get("/requests")
def overview(
    request: Request, actor: Anyone, state: str | None = None, mine: bool = False
) -> list[dict[str, object]]:
    return [shapes.request(v) for v in use.requests(web_of(request).archive, actor, state=state, mine=mine)]


@router.get("/requests/{id}")
def one(request: Request, actor: Anyone, id: str) -> dict[str, object]:
    return shapes.request(use.request(web_of(request).archive, actor, id))


@router.post("/requests/{id}/approve")
def approve(request: Request, actor: Decider, id: str, body: Approve) -> dict[str, object]:
    return shapes.grant(
        use.approve(
            web_of(request).archive,
            actor,
            id,
            days=body.days,
            reason=body.reason,
            kind=body.kind,
            records=tuple(body.records),
        )
    )


@router.post("/requests/{id}/withdraw")
def withdraw(request: Request, actor: Requester, id: str) -> dict[str, object]:
    withdrawn: dict[str, object] = plain(use.withdraw(web_of(request).archive, actor, id))
    return withdrawn


@router.post("/requests/{id}/review")
def review(request: Request, actor: Decider, id: str, body: Review) -> dict[str, object]:
    """Say whether an emergency reading was right."""
    reviewed: dict[str, object] = plain(
        use.review_emergency(web_of(request).archive, actor, id, upheld=body.upheld, reason=body.reason)
    )
    return reviewed


@router.post("/requests/{id}/refuse")
def refuse(request: Request, actor: Decider, id: str, body: Reason) -> dict[str, object]:
    refused: dict[str, object] = plain(use.refuse(web_of(request).archive, actor, id, reason=body.reason))
    return refused


@router.post("/grants/{id}/revoke")
def revoke(request: Request, actor: Decider, id: str, body: Reason) -> dict[str, object]:
    return shapes.grant(use.revoke(web_of(request).archive, actor, id, reason=body.reason))
