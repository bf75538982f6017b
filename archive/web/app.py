"""The web application: pages and API over the same use cases."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from archive.bootstrap import read_settings
from archive.services.archive import Archive
from archive.web import api, failures, pages
from archive.web.context import Web
from archive.web.i18n import LANGUAGES
from archive.web.rendering import STATIC, environment
from archive.web.security import Headers, check_form

SMALL_BODY = 1024**2
"""Bytes that a request may have where no file is sent."""
FILE_OVERHEAD = 1024**2
"""Bytes that a file's form may have beside the file."""


class Assets(StaticFiles):
    """Served files carry a version in their address, so a browser may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response


def create_app(archive: Archive, *, zone: str | None = None) -> FastAPI:
    """The application over a wired archive. `zone` is the time zone in which moments are shown (None: the setting)."""
    app = FastAPI(
        title="Dangan",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{api.PREFIX}/openapi.json",
    )
    where = ZoneInfo(zone or read_settings().timezone)
    app.state.web = Web(archive, where, {code: environment(code, where, archive.pack) for code in LANGUAGES})
    app.add_middleware(failures.TooBig)
    app.add_middleware(Headers)
    failures.install(app)
    app.mount("/static", Assets(directory=STATIC), name="static")
    whole_file = archive.max_upload + FILE_OVERHEAD
    for router in pages.ROUTERS:
        app.include_router(router, dependencies=[Depends(check_form)], max_body_size=SMALL_BODY)
    for router in pages.UPLOADS:
        app.include_router(router, dependencies=[Depends(check_form)], max_body_size=whole_file)
    for router in api.ROUTERS:
        app.include_router(router, prefix=api.PREFIX, max_body_size=SMALL_BODY)
    for router in api.UPLOADS:
        app.include_router(router, prefix=api.PREFIX, max_body_size=whole_file)
    return app
