"""Signing in and out, and what a person sets for their own screen."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from archive.services import people
from archive.services.errors import NotFound, Refused
from archive.web.context import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, web_of
from archive.web.failures import status_of
from archive.web.i18n import LANGUAGES
from archive.web.rendering import answer, came_from, link
from archive.web.security import (
    ENTRY_COOKIE,
    SESSION_COOKIE,
    SESSION_SECONDS,
    form_secret,
    new_entry,
    page_token,
    set_cookie,
)

router = APIRouter()
YEAR = 365 * 86400
HALF_COOKIE = "dangan_half"
HALF_SECONDS = 300


@router.get("/live")
def live() -> PlainTextResponse:
    """Whether the process answers at all; for a container's health check."""
    return PlainTextResponse("ok")


@router.get("/sign-in")
def form(request: Request, next: str = "/") -> Response:
    token = page_token(request)
    if token and people.actor_of(web_of(request).archive, token):
        return RedirectResponse(came_from(next), status_code=303)
    return _form(request, came_from(next))


def _form(request: Request, next: str, error: Refused | None = None, name: str = "") -> Response:
    entry = "" if form_secret(request) else new_entry()
    request.state.entry = entry
    page = answer(
        request, "sign_in.html", status_of(error) if error else 200, next=next, error=error, name=name
    )
    if entry:
        set_cookie(request, page, ENTRY_COOKIE, entry, SESSION_SECONDS)
    return page


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1024)],
    next: Annotated[str, Form()] = "/",
) -> Response:
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    try:
        entry = people.sign_in(web_of(request).archive, name, password, address=address, user_agent=agent)
    except Refused as error:
        return _form(request, came_from(next), error, name)
    if not entry.half:
        return _welcome(request, entry.token, next)
    on = RedirectResponse(link("/sign-in/code", next=came_from(next)), status_code=303)
    set_cookie(request, on, HALF_COOKIE, entry.token, HALF_SECONDS)
    return on


def _welcome(request: Request, token: str, next: str) -> Response:
    welcome = RedirectResponse(came_from(next), status_code=303)
    set_cookie(request, welcome, SESSION_COOKIE, token, SESSION_SECONDS)
    for cookie in (ENTRY_COOKIE, HALF_COOKIE):
        welcome.delete_cookie(cookie, path="/")
    return welcome


@router.get("/sign-in/code")
def code_form(request: Request, next: str = "/") -> Response:
    """The second factor, after the password was right."""
    if not people.half_open(web_of(request).archive, request.cookies.get(HALF_COOKIE, "")):
        return RedirectResponse(link("/sign-in", next=came_from(next)), status_code=303)
    return _code_form(request, came_from(next))


def _code_form(request: Request, next: str, error: Refused | None = None) -> Response:
    return answer(request, "sign_in_code.html", status_of(error) if error else 200, next=next, error=error)


@router.post("/sign-in/code")
def sign_in_code(
    request: Request, code: Annotated[str, Form(max_length=32)], next: Annotated[str, Form()] = "/"
) -> Response:
    token = request.cookies.get(HALF_COOKIE, "")
    try:
        entry = people.finish_sign_in(web_of(request).archive, token, code)
    except Refused as error:
        if error.code == "sign_in_expired":
            return _form(request, came_from(next), error)
        return _code_form(request, came_from(next), error)
    return _welcome(request, entry.token, next)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    token = page_token(request)
    if token:
        people.sign_out(web_of(request).archive, token)
    leaving = RedirectResponse("/sign-in", status_code=303)
    leaving.delete_cookie(SESSION_COOKIE, path="/")
    leaving.headers["Clear-Site-Data"] = '"cache"'
    return leaving


@router.get("/language/{code}")
def choose_language(request: Request, code: str, next: str = "/") -> Response:
    if code not in LANGUAGES:
        raise NotFound("没有这种语言。")
    return _remember(request, LANGUAGE_COOKIE, code, next)


@router.get("/theme/{mode}")
def choose_theme(request: Request, mode: str, next: str = "/") -> Response:
    if mode not in THEMES:
        raise NotFound("没有这种外观。")
    return _remember(request, THEME_COOKIE, mode, next)


def _remember(request: Request, cookie: str, value: str, next: str) -> Response:
    back = RedirectResponse(came_from(next), status_code=303)
    set_cookie(request, back, cookie, value, YEAR)
    return back
