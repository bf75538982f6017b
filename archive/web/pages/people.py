"""Accounts: one's own, and those of others for who manages them."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote

import segno
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from archive.domain.access import may
from archive.domain.people import Actor
from archive.services import people
from archive.services.errors import BadInput, NotFound, Refused
from archive.web.context import web_of
from archive.web.failures import status_of
from archive.web.rendering import answer
from archive.web.security import SIGNED_IN, Need, page_token

router = APIRouter()
Anyone = Annotated[Actor, Depends(Need(SIGNED_IN))]
Manager = Annotated[Actor, Depends(Need("people.manage"))]
Password = Annotated[str, Form(max_length=1024)]
TOKEN_DAYS = 90


@router.get("/me")
def me(request: Request, actor: Anyone) -> Response:
    """One's own account: password, second factor, sessions, tokens."""
    return _me(request, actor)


def _me(request: Request, actor: Actor, error: BadInput | Refused | None = None, **shown: object) -> Response:
    archive = web_of(request).archive
    allowed = {
        a for role in actor.roles if role in archive.pack.roles for a in archive.pack.roles[role].actions
    }
    values: dict[str, object] = {
        "error": error,
        "section": "",
        "new_factor": None,
        "qr": "",
        "recovery": (),
        "new_token": "",
        **shown,
    }
    return answer(
        request,
        "me.html",
        status_of(error) if error else 200,
        factor=people.has_factor(archive, actor.id),
        sessions=people.sessions(archive, actor),
        this=people.this_session(page_token(request)),
        tokens=people.tokens(archive, actor),
        scopes=[a for a in sorted(allowed - people.NOT_FOR_SCRIPTS) if may(actor, a, archive.pack)],
        token_days=TOKEN_DAYS,
        **values,
    )


@router.post("/me/password")
def change_password(
    request: Request, actor: Anyone, old: Password, new: Password, again: Password
) -> Response:
    archive = web_of(request).archive
    try:
        if new != again:
            raise BadInput("两次输入的新密码不同。", code="passwords_differ", hint="请重新输入。")
        people.change_password(archive, actor, old, new, session=people.this_session(page_token(request)))
    except (BadInput, Refused) as error:
        return _me(request, actor, error, section="password")
    return RedirectResponse("/" if actor.new_password else "/me?done=password#password", status_code=303)


@router.post("/me/factor")
def begin_factor(request: Request, actor: Anyone, password: Password) -> Response:
    try:
        made = people.begin_factor(web_of(request).archive, actor, password)
    except Refused as error:
        return _me(request, actor, error, section="factor")
    qr = segno.make(made.address, error="m").svg_data_uri(scale=4, border=2)
    return _me(request, actor, section="factor", new_factor=made, qr=qr)


@router.post("/me/factor/confirm")
def confirm_factor(request: Request, actor: Anyone, code: Annotated[str, Form(max_length=32)]) -> Response:
    try:
        recovery = people.confirm_factor(web_of(request).archive, actor, code)
    except (Refused, NotFound) as error:
        failed = error if isinstance(error, Refused) else None
        return _me(request, actor, failed, section="factor")
    return _me(request, actor, section="factor", recovery=recovery)


@router.post("/me/factor/remove")
def remove_factor(request: Request, actor: Anyone, password: Password) -> Response:
    try:
        people.remove_factor(web_of(request).archive, actor, password)
    except Refused as error:
        return _me(request, actor, error, section="factor")
    return RedirectResponse("/me#factor", status_code=303)


@router.post("/me/sessions/end")
def end_session(request: Request, actor: Anyone, session: Annotated[str, Form(max_length=64)]) -> Response:
    people.end_session(web_of(request).archive, actor, session)
    return RedirectResponse("/me#sessions", status_code=303)


@router.post("/me/tokens")
def make_token(
    request: Request,
    actor: Anyone,
    password: Password,
    title: Annotated[str, Form(max_length=100)],
    days: Annotated[int, Form()],
    scope: Annotated[list[str] | None, Form()] = None,
) -> Response:
    try:
        token, _ = people.make_token(
            web_of(request).archive, actor, password, title=title, scope=tuple(scope or ()), days=days
        )
    except (BadInput, Refused) as error:
        return _me(request, actor, error, section="tokens")
    return _me(request, actor, section="tokens", new_token=token)


@router.post("/me/tokens/revoke")
def revoke_token(request: Request, actor: Anyone, token: Annotated[str, Form(max_length=64)]) -> Response:
    people.revoke_token(web_of(request).archive, actor, token)
    return RedirectResponse("/me#tokens", status_code=303)


@router.get("/people/{name}")
def account(request: Request, actor: Manager, name: str) -> Response:
    """One person's account, for who manages them."""
    return _account(request, actor, name)


def _account(
    request: Request, actor: Actor, name: str, error: BadInput | Refused | None = None, password: str = ""
) -> Response:
    archive = web_of(request).archive
    found = people.account(archive, actor, name)
    return answer(
        request,
        "person.html",
        status_of(error) if error else 200,
        person=found,
        factor=people.has_factor(archive, found.id),
        unsettled=people.unsettled(archive, actor, name),
        now=archive.clock.now(),
        error=error,
        password=password,
    )


@router.post("/people/{name}/roles")
def change_roles(
    request: Request, actor: Manager, name: str, role: Annotated[list[str] | None, Form()] = None
) -> Response:
    try:
        people.change_roles(web_of(request).archive, actor, name, tuple(role or ()))
    except (BadInput, Refused) as error:
        return _account(request, actor, name, error)
    return _back(name)


@router.post("/people/{name}/password")
def reset_password(request: Request, actor: Manager, name: str) -> Response:
    """A temporary password, shown once."""
    password = secrets.token_urlsafe(12)
    try:
        people.reset_password(web_of(request).archive, actor, name, password)
    except Refused as error:
        return _account(request, actor, name, error)
    return _account(request, actor, name, password=password)


@router.post("/people/{name}/factor/reset")
def reset_factor(request: Request, actor: Manager, name: str) -> Response:
    people.reset_factor(web_of(request).archive, actor, name)
    return _back(name)


@router.post("/people/{name}/disable")
def disable(request: Request, actor: Manager, name: str) -> Response:
    try:
        people.disable_person(web_of(request).archive, actor, name)
    except Refused as error:
        return _account(request, actor, name, error)
    return _back(name)


@router.post("/people/{name}/enable")
def enable(request: Request, actor: Manager, name: str) -> Response:
    people.enable_person(web_of(request).archive, actor, name)
    return _back(name)


def _back(name: str) -> Response:
    return RedirectResponse(f"/people/{quote(name, safe='')}", status_code=303)
