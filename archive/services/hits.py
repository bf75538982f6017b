"""Where a search's words stand on the pages of a record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive.domain.people import Actor
from archive.domain.query import QueryError, Term, parse_query
from archive.domain.records import Version, version_id
from archive.domain.snippets import spans
from archive.ports.store import NotStored, StoreUnavailable
from archive.services.archive import Archive
from archive.services.common import allow, known_record, must
from archive.services.objects import object_of_record
from ingest.facts import Box

MOST = 200
"""Places that are shown at most; beyond these a page would be all marks."""


def hit_places(archive: Archive, actor: Actor, record_id: str, number: int, query: str) -> tuple[Box, ...]:
    """The places of the query's words in version `number`: pages from 1, edges as fractions of the page.

    Empty where a text has no places of its own (Word, mail), where the words stand across lines, and while the
    store is away. Raises NotFound,
    Refused as for opening the record.
    """
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        allow(archive, actor, "record.open", uow=uow, record=record)
        must(uow.get(Version, version_id(record.id, number)), "该版本")
    try:
        terms = parse_query(query)
        facts = json.loads(archive.store.read(object_of_record(record.id), number, "facts.json"))
    except (QueryError, NotStored, StoreUnavailable):
        return ()
    return tuple(place for place, _ in zip(_places(facts, terms), range(MOST), strict=False))


def _places(facts: Mapping[str, Any], terms: Sequence[Term]) -> Iterator[Box]:
    pages = list(facts.get("pages") or ())
    for line in facts.get("lines") or ():
        text, box = line["text"], Box(**line["box"])
        if box.page not in pages:
            continue
        page = pages.index(box.page) + 1
        for term in terms:
            for start, end in spans(text, term):
                left = box.x0 + (box.x1 - box.x0) * _share(text, start)
                right = box.x0 + (box.x1 - box.x0) * _share(text, end)
                yield Box(page, round(left, 5), box.y0, round(right, 5), box.y1)


def _share(text: str, offset: int) -> float:
    """How far along its line a character begins: full width counts 1, the rest about half."""
    whole = sum(map(_width, text)) or 1.0
    return sum(map(_width, text[:offset])) / whole


def _width(char: str) -> float:
    return 1.0 if char > "\u2e80" else 0.55
