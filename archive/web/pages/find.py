"""Finding records by words, house, type and date."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from archive.domain.access import may
from archive.domain.estate import House
from archive.domain.people import Actor
from archive.services import estate, search
from archive.services.archive import Archive
from archive.services.errors import BadInput
from archive.services.views import SearchPage
from archive.web.context import web_of
from archive.web.forms import maybe_day
from archive.web.rendering import answer
from archive.web.security import Need

router = APIRouter()
Searcher = Annotated[Actor, Depends(Need("search"))]
PAGE = 20


@router.get("/find")
def find(
    request: Request,
    actor: Searcher,
    q: str = "",
    type: Annotated[list[str] | None, Query()] = None,
    house: str = "",
    date_from: Annotated[str, Query(alias="from")] = "",
    date_to: Annotated[str, Query(alias="to")] = "",
    page: Annotated[int, Query(ge=1, le=500)] = 1,
) -> Response:
    """The search page; with nothing asked it says how to begin."""
    archive = web_of(request).archive
    types = tuple(t for t in type or () if t)
    asked = bool(q.strip() or types or house.strip())
    found: SearchPage | None = None
    error: BadInput | None = None
    if asked:
        try:
            found = search.search(
                archive,
                actor,
                q,
                types=types,
                house=house or None,
                date_from=maybe_day(date_from),
                date_to=maybe_day(date_to),
                limit=PAGE,
                offset=(page - 1) * PAGE,
            )
        except BadInput as bad:
            error = bad
    return answer(
        request,
        "find.html",
        200 if error is None else 422,
        q=q,
        types=types,
        house=house,
        date_from=date_from,
        date_to=date_to,
        page=page,
        per_page=PAGE,
        found=found,
        error=error,
        houses=_houses(archive, actor, house or q) if asked and page == 1 else [],
    )


def _houses(archive: Archive, actor: Actor, text: str) -> list[House]:
    """The house that was typed, to lead to its owner file; only when it is surely meant."""
    if not may(actor, "estate.see", archive.pack):
        return []
    found = estate.find_houses(archive, actor, text.strip(), limit=4)
    return found if len(found) < 4 else []
