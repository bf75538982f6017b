"""Failures in the words of each door: a page that says what happened and what to do, or JSON for the API."""

from __future__ import annotations

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.ports.store import StoreUnavailable
from archive.ports.unit_of_work import DatabaseUnavailable, Unstorable
from archive.services.errors import ArchiveError, Away, BadInput, Clash, NotFound, Refused
from archive.web.context import language_of, wants_part, web_of
from archive.web.rendering import answer
from archive.web.security import NewPasswordNeeded, SignInNeeded
from archive.web.words import Words

log = logging.getLogger(__name__)

STATUS = ((Clash, 409), (Refused, 403), (NotFound, 404), (Away, 503), (BadInput, 422))
STATUS_BY_CODE = {
    "too_big": 413,
    "sign_in_throttled": 429,
    "checksum_mismatch": 460,
}
"""Codes with a status of their own; 460 is that of the tus protocol."""
INTERNAL = ArchiveError(
    "系统内部出错,没有改动任何数据。", code="error", hint="请重试;若仍出现,请把时间告诉系统管理员。"
)
HTTP_ERRORS = {
    404: NotFound("没有这个页面。", hint="请从导航或查找重新进入。"),
    405: BadInput("这个地址不接受这种请求。", code="bad_input"),
    413: BadInput("发送的内容太大。", code="too_big", hint="请分几次发送。"),
}


def status_of(error: ArchiveError) -> int:
    """HTTP status of a failure; 500 for one of no known kind."""
    if error.code in STATUS_BY_CODE:
        return STATUS_BY_CODE[error.code]
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def tell(request: Request, error: ArchiveError, status: int | None = None) -> Response:
    """The failure as this door says it."""
    code = status or status_of(error)
    said = language_of(request)
    message, hint = Words(said, web_of(request).archive.pack).error(error)
    if is_api(request) or "application/json" in request.headers.get("accept", ""):
        body = {"error": {"code": error.code, "message": message, "hint": hint}}
        return JSONResponse(body, status_code=code)
    template = "part_failure.html" if wants_part(request) else "failure.html"
    try:
        return answer(request, template, code, message=message, hint=hint, code=error.code, status_code=code)
    except (DatabaseUnavailable, ArchiveError):
        request.state.actor = None
        return answer(request, template, code, message=message, hint=hint, code=error.code, status_code=code)


def _sign_in(request: Request, error: Exception) -> Response:
    """A page leads to the form and comes back afterwards; an image or the API just says 401."""
    if is_api(request) or "image" in request.headers.get("sec-fetch-dest", ""):
        return tell(request, Refused("请先登录。", code="sign_in_needed", hint="用 Bearer 令牌发送。"), 401)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = "/sign-in" if here == "/" or request.method != "GET" else f"/sign-in?next={quote(here, safe='')}"
    if wants_part(request):
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    if "application/json" in request.headers.get("accept", ""):
        return tell(request, Refused("请先登录。", code="sign_in_needed"), 401)
    return RedirectResponse(target, status_code=303)


def _new_password(request: Request, error: Exception) -> Response:
    """A page leads to the form; whatever else asks is told."""
    if is_api(request) or request.method != "GET" or "image" in request.headers.get("sec-fetch-dest", ""):
        return tell(
            request, Refused("请先设置自己的密码。", code="new_password_needed", hint="登录网页后设置。")
        )
    if wants_part(request):
        return Response(status_code=204, headers={"HX-Redirect": "/me"})
    return RedirectResponse("/me", status_code=303)


def _archive_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ArchiveError)
    return tell(request, error)


def _engine_away(request: Request, error: Exception) -> Response:
    log.warning("%s %s: %s", request.method, request.url.path, error)
    away = Away("系统的一部分现在没有应答。", hint="请稍后重试;管理员可在健康页看到是哪一部分。")
    return tell(request, away)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places = ", ".join(".".join(str(p) for p in e["loc"][1:]) for e in error.errors())
    return tell(request, BadInput(f"填写的内容不对:{places}", code="bad_input", hint="请检查后再提交。"))


def _unstorable(request: Request, error: Exception) -> Response:
    """A NUL or half a character in an address, a form or a JSON text."""
    return tell(request, BadInput("文字里有不能保存的字符。", code="bad_input", hint="请检查后再提交。"))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = HTTP_ERRORS.get(error.status_code, BadInput("请求不对。", code="bad_input"))
    return tell(request, known, error.status_code)


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    return tell(request, INTERNAL, 500)


class TooBig:
    """Says in words what the body limit answers with a bare 413."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cut_off = False

        async def in_words(message: Message) -> None:
            nonlocal cut_off
            if message["type"] == "http.response.start" and message["status"] == 413:
                cut_off = MutableHeaders(scope=message).get("content-type", "").startswith("text/plain")
                if cut_off:
                    answer = tell(Request(scope, receive), HTTP_ERRORS[413], 413)
                    await answer(scope, receive, send)
            if not cut_off:
                await send(message)

        await self.app(scope, receive, in_words if scope["type"] == "http" else send)


def install(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(NewPasswordNeeded, _new_password)
    app.add_exception_handler(ArchiveError, _archive_error)
    app.add_exception_handler(StoreUnavailable, _engine_away)
    app.add_exception_handler(DatabaseUnavailable, _engine_away)
    app.add_exception_handler(Unstorable, _unstorable)
    app.add_exception_handler(UnicodeEncodeError, _unstorable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
