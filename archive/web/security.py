"""Who asks, whether they may, and what every answer says to the browser about itself."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.domain.people import Actor
from archive.services import people
from archive.services.common import allow
from archive.services.errors import Refused
from archive.web.context import web_of

SESSION_COOKIE = "dangan_session"
ENTRY_COOKIE = "dangan_entry"
"""A random value given to a browser that is not signed in, so that the sign-in form is bound to it."""
SESSION_SECONDS = 12 * 3600

SIGNED_IN = "signed_in"
"""The action of routes that anyone who is signed in may use; what they answer is cut to the person."""

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SignInNeeded(Exception):
    """Nobody is signed in: a page leads to the sign-in form, the API answers 401."""


class Headers:
    """Adds the headers above to every answer; nothing but static files may be stored by anyone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


def page_token(request: Request) -> str:
    """The session token of a browser; empty when there is none. A script's token opens no page."""
    token = request.cookies.get(SESSION_COOKIE, "")
    return "" if token.startswith(people.TOKEN_PREFIX) else token


def bearer_token(request: Request) -> str:
    """The session token of a script; the API takes no cookie, so no other site can use it."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class NewPasswordNeeded(Exception):
    """Somebody else chose this person's password: nothing opens before they have set their own."""


OWN_PASSWORD = ("/me", "/me/password", "/sign-out")
"""What stays open to someone who must set their own password first."""


def _actor(request: Request, token: str) -> Actor:
    actor = people.actor_of(web_of(request).archive, token) if token else None
    if actor is None:
        raise SignInNeeded
    request.state.actor = actor
    if actor.new_password and request.url.path not in OWN_PASSWORD:
        raise NewPasswordNeeded
    return actor


class Need:
    """A route's requirement: someone signed in whose role includes `action`. Refusals are in the audit log.

    Use cases ask again with the object at hand; this is the door, not the only lock.
    """

    token = staticmethod(page_token)

    def __init__(self, action: str) -> None:
        self.required_action = action

    def __call__(self, request: Request) -> Actor:
        actor = _actor(request, self.token(request))
        if self.required_action != SIGNED_IN:
            allow(web_of(request).archive, actor, self.required_action)
        return actor


class NeedToken(Need):
    """The same for the API."""

    token = staticmethod(bearer_token)


def csrf_token(secret: str) -> str:
    """The value that forms carry; bound to the session (or the entry cookie) and useless without it."""
    return hmac.new(secret.encode(), b"dangan form", "sha256").hexdigest()


def form_secret(request: Request) -> str:
    return page_token(request) or request.cookies.get(ENTRY_COOKIE, "")


async def check_form(request: Request) -> None:
    """Refuse a changing request that does not carry the form token of this session."""
    if request.method in SAFE_METHODS:
        return
    given = request.headers.get("x-csrf-token", "")
    if not given and request.headers.get("content-type", "").startswith(FORM_TYPES):
        given = str((await request.form()).get("csrf", ""))
    secret = form_secret(request)
    if not secret or not hmac.compare_digest(given, csrf_token(secret)):
        raise Refused("页面已过期,没有执行。", code="form_expired", hint="请返回上一页,刷新后再提交。")


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """A cookie that no script reads and no other site sends; secure wherever the connection is."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def new_entry() -> str:
    return secrets.token_urlsafe(24)


def required_actions(route: Any) -> list[str]:
    """The actions that a route's dependencies require (several when a router adds its own)."""
    found: list[str] = []
    pending = list(route.dependant.dependencies)
    while pending:
        dependant = pending.pop()
        action = getattr(dependant.call, "required_action", None)
        if action:
            found.append(action)
        pending += dependant.dependencies
    return found
