"""Sessions of scripts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from archive.domain.people import Actor
from archive.services import people
from archive.services.errors import Refused
from archive.web.context import web_of
from archive.web.security import SIGNED_IN, NeedToken, bearer_token

router = APIRouter(tags=["session"])
Anyone = Annotated[Actor, Depends(NeedToken(SIGNED_IN))]


class SignIn(BaseModel):
    name: str = Field(max_length=64)
    password: str = Field(max_length=1024)
    code: str = Field(
        default="", max_length=32, description="One-time code, where a second factor is switched on"
    )


@router.post("/session", status_code=201)
def sign_in(request: Request, body: SignIn) -> dict[str, str]:
    """Sign in; send the token as `Authorization: Bearer …` from then on.

    Scripts that run unattended are better served by a token of their own (My account → Tokens).
    """
    entry = people.sign_in(
        web_of(request).archive,
        body.name,
        body.password,
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
        code=body.code,
    )
    if entry.half:
        raise Refused("需要两步验证的验证码。", code="code_needed", hint="请在 code 中发送六位验证码。")
    return {"token": entry.token, "token_type": "bearer"}


@router.delete("/session", status_code=204)
def sign_out(request: Request, actor: Anyone) -> Response:
    people.sign_out(web_of(request).archive, bearer_token(request))
    return Response(status_code=204)


@router.get("/session")
def who(request: Request, actor: Anyone) -> dict[str, object]:
    return {"id": actor.id, "name": actor.name, "roles": list(actor.roles)}
