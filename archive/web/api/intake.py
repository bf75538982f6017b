"""Sending files in and asking what became of them."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.datastructures import UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile as FormFile

from archive.domain.people import Actor
from archive.domain.records import Intake
from archive.services import intake as use
from archive.services.errors import BadInput
from archive.web import tus
from archive.web.api import shapes
from archive.web.context import web_of
from archive.web.security import NeedToken
from archive.web.uploads import body_file, file_name

router = APIRouter(tags=["intake"])
uploads = tus.routes(NeedToken("record.file"), "/uploads", tags=["intake"])
Watcher = Annotated[Actor, Depends(NeedToken("intake.see"))]
Filer = Annotated[Actor, Depends(NeedToken("record.file"))]


@uploads.post("/intake", status_code=202)
async def receive(
    request: Request,
    actor: Filer,
    name: str = "",
    batch: Annotated[str, Query(max_length=64)] = "",
    type: str | None = None,
    house: str | None = None,
) -> dict[str, object]:
    """Take files in: one as the raw body (its name in `name` or the percent-encoded header X-File-Name), or several
    as multipart/form-data. 202 means that the bytes are durable; `status` says where to ask for what came of them.
    """
    group = batch or secrets.token_hex(8)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        items = await _from_form(request, actor, group, type, house)
    else:
        given = file_name(request, name)
        items = [
            await run_in_threadpool(_take, request, actor, body_file(request), given, group, type, house)
        ]
    told = [shapes.intake(item) for item in items]
    return {**told[0], "items": told}


async def _from_form(
    request: Request, actor: Actor, batch: str, type: str | None, house: str | None
) -> list[Intake]:
    """Parsed only now that the sender is known; parts go to a temporary file, not to memory."""
    async with request.form() as form:
        files = [v for _, v in form.multi_items() if isinstance(v, UploadFile | FormFile)]
        if not files:
            raise BadInput("表单里没有文件。", code="no_file", hint="请把文件放在 file 字段里。")
        return [
            await run_in_threadpool(_take, request, actor, f.file, f.filename or "", batch, type, house)
            for f in files
        ]


def _take(
    request: Request, actor: Actor, source: object, name: str, batch: str, type: str | None, house: str | None
) -> Intake:
    return use.receive_file(
        web_of(request).archive,
        actor,
        source,  # type: ignore[arg-type]
        name,
        batch=batch,
        wanted_type=type,
        wanted_house=house,
    )


@router.get("/intake/{id}")
def item(request: Request, actor: Watcher, id: str) -> dict[str, object]:
    return shapes.intake(use.item(web_of(request).archive, actor, id))


@router.get("/batches/{batch}")
def batch(request: Request, actor: Watcher, batch: str) -> dict[str, object]:
    return shapes.batch(use.batch(web_of(request).archive, actor, batch))
