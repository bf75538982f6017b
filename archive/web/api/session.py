"""Sessions of scripts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from archive.domain.people import Actor
from archive.services import people
from archive.web.context import web_of
from archive.web.security import SIGNED_IN, NeedToken, bearer_token

router = APIRouter(tags=["session"])
Anyone = Annotated[Actor, Depends(NeedToken(SIGNED_IN))]


class SignIn(BaseModel):
    name: str = Field(max_length=64)
    password: str = Field(max_length=1024)


@router.post("/session", status_code=201)
def sign_in(request: Request, body: SignIn) -> dict[str, str]:
    """Sign in; send the token as `Authorization: Bearer …` from then on."""
    token = people.sign_in(
        web_of(request).archive,
        body.name,
        body.password,
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
    )
    return {"token": token, "token_type": "bearer"}


@router.delete("/session", status_code=204)
def sign_out(request: Request, actor: Anyone) -> Response:
    people.sign_out(web_of(request).archive, bearer_token(request))
    return Response(status_code=204)


@router.get("/session")
def who(request: Request, actor: Anyone) -> dict[str, object]:
    return {"id": actor.id, "name": actor.name, "roles": list(actor.roles)}
