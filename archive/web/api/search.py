"""Search."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from archive.domain.people import Actor
from archive.services import search as use
from archive.services import types
from archive.web.api import shapes
from archive.web.context import web_of
from archive.web.security import SIGNED_IN, NeedToken

router = APIRouter(tags=["search"])
Searcher = Annotated[Actor, Depends(NeedToken("search"))]
Anyone = Annotated[Actor, Depends(NeedToken(SIGNED_IN))]


@router.get("/search")
def search(
    request: Request,
    actor: Searcher,
    q: str = "",
    type: Annotated[list[str] | None, Query()] = None,
    house: str | None = None,
    date_from: Annotated[date | None, Query(alias="from")] = None,
    date_to: Annotated[date | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, object]:
    page = use.search(
        web_of(request).archive,
        actor,
        q,
        types=tuple(type or ()),
        house=house,
        date_from=date_from,
        date_to=date_to,
        limit=limit,
        offset=offset,
    )
    return shapes.search(page)


@router.get("/types")
def record_types(request: Request, actor: Anyone) -> list[dict[str, object]]:
    return types.list_types(web_of(request).archive.pack)
