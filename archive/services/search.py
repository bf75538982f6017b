"""Search: the index finds, the database says who may know what, one piece of code cuts snippets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from archive.domain.access import Allowed, authorize, knowable, may, reads_by_role
from archive.domain.access_model import AccessRequest, Grant
from archive.domain.audit_model import Event
from archive.domain.people import OPERATOR, Actor
from archive.domain.query import QueryError, parse_query
from archive.domain.records import Record, RecordState, VersionText, version_id
from archive.domain.snippets import snippet
from archive.ports.search import Hits, IndexUnavailable, InHouse, Phrase, Query, Word
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, grants_of
from archive.services.errors import Away, BadInput
from archive.services.indexing import NOT_IN_FORCE, newest_change, position
from archive.services.views import Hit, Piece, SearchPage
from schemas.houses import parse_house
from schemas.model import Pack

MAX_LIMIT = 1000
Term = Phrase | Word | InHouse


def search(
    archive: Archive,
    actor: Actor,
    text: str,
    *,
    types: tuple[str, ...] = (),
    house: str | None = None,
    date_from: date | None = None,
    date_to: date | None = None,
    limit: int = 20,
    offset: int = 0,
    superseded: bool = False,
) -> SearchPage:
    """Find records by their words; revisions of controlled documents that are not in force only when `superseded`.

    Raises BadInput for a query without words, Away when the engine is down.

    Rights come from the database now and are asked again for each hit; a hit that may be known but not opened
    carries only what its class lets be known.
    """
    allow(archive, actor, "search")
    terms = _terms(text)
    houses = _houses(house)
    if not terms and not houses and not types:
        raise BadInput("请输入要查找的文字、房号或编号。", code="empty_query")
    classes = searchable(actor, archive.pack, terms)
    if superseded:
        classes += tuple(c + NOT_IN_FORCE for c in classes)
    query = Query(
        terms=terms,
        types=types,
        houses=houses,
        date_from=date_from,
        date_to=date_to,
        classes=classes,
        limit=max(1, min(limit, MAX_LIMIT)),
        offset=max(0, offset),
    )
    try:
        found = archive.index.search(query)
        by_type = _facets(archive, actor, query, found)
    except IndexUnavailable as error:
        raise Away("检索引擎现在不可用。", hint="收档不受影响；请稍后再查，或请管理员查看健康页。") from error
    with archive.uow() as uow:
        hits = _hits(archive, uow, actor, found.records, terms)
        reached, newest = position(uow), newest_change(uow)
    counts = (reached, max(0, newest - reached)) if may(actor, "intake.see", archive.pack) else (None, None)
    _note_secret_search(archive, actor, text, hits)
    return SearchPage(found.total, hits, counts[0], counts[1], reached >= newest, by_type)


def _facets(archive: Archive, actor: Actor, query: Query, found: Hits) -> Mapping[str, int]:
    """Counts by type over the classes that the role reads: of the others only each hit is known, never how many."""
    classes = query.classes or ()
    policies = archive.pack.access_classes
    readable = tuple(c for c in classes if reads_by_role(actor, policies[c.removesuffix(NOT_IN_FORCE)]))
    if readable == classes:
        return found.by_type
    return archive.index.search(replace(query, classes=readable, offset=0, limit=1)).by_type


def _terms(text: str) -> tuple[Term, ...]:
    try:
        return parse_query(text)
    except QueryError as error:
        raise BadInput(str(error), code="bad_query", hint="请缩短或换一种写法。") from error


def _houses(house: str | None) -> tuple[str, ...]:
    if not house:
        return ()
    key = parse_house(house, field=True)
    if key is None:
        raise BadInput(f"「{house}」不像房号。", code="bad_house", hint="例如:3栋2单元1203 或 3-2-1203。")
    return (key,)


def searchable(actor: Actor, pack: Pack, terms: Sequence[Term]) -> tuple[str, ...]:
    """The access classes whose records this query may find for this actor.

    A class that may be found by metadata only is left out as soon as words are searched, so that neither hits nor
    counts tell what its texts say.
    """
    words = any(not isinstance(term, InHouse) for term in terms)
    return tuple(
        c.code
        for c in pack.access_classes.values()
        if reads_by_role(actor, c)
        or (knowable(actor, c) and (c.found_by == "text" or (c.found_by == "metadata" and not words)))
    )


def _hits(
    archive: Archive, uow: UnitOfWork, actor: Actor, ids: Sequence[str], terms: Sequence[Term]
) -> tuple[Hit, ...]:
    records = {r.id: r for r in uow.list(Record, id=tuple(ids))} if ids else {}
    grants = grants_of(archive, uow, actor)
    asked = _asked(uow, actor)
    readable: list[Record] = []
    known: list[Record] = []
    for record_id in ids:
        record = records.get(record_id)
        if record is None or record.state is RecordState.DESTROYED:
            continue
        if not isinstance(authorize(actor, "record.know", archive.pack, record=record), Allowed):
            continue
        known.append(record)
        if _opens(archive, actor, record, grants):
            readable.append(record)
    keys = tuple(version_id(r.id, r.version) for r in readable)
    texts = {t.record: t.text for t in uow.list(VersionText, id=keys)} if keys else {}
    return tuple(_hit(archive, actor, r, texts.get(r.id), terms, asked) for r in known)


def _opens(archive: Archive, actor: Actor, record: Record, grants: Sequence[Grant]) -> bool:
    answer = authorize(
        actor, "record.open", archive.pack, record=record, grants=grants, now=archive.clock.now()
    )
    return isinstance(answer, Allowed)


def _asked(uow: UnitOfWork, actor: Actor) -> dict[str, str]:
    """Target → request id of the actor's requests that wait for an answer."""
    return {r.target: r.id for r in uow.list(AccessRequest, requester=actor.id, state="open", limit=500)}


def _hit(
    archive: Archive,
    actor: Actor,
    record: Record,
    text: str | None,
    terms: Sequence[Term],
    asked: dict[str, str],
) -> Hit:
    restricted = text is None
    policy = archive.pack.access_classes[record.access_class]
    known = set(policy.known) if restricted else {"type", "house", "date", "title"}
    kind = archive.pack.record_types.get(record.type or "")
    pending = asked.get(record.id) or asked.get(record.dossier or "")
    return Hit(
        record=record.id,
        type=record.type if "type" in known else None,
        title=record.title if "title" in known else kind.title_zh if kind and "type" in known else "",
        house=record.house_key if "house" in known else None,
        date=record.record_date if "date" in known else None,
        access_class=record.access_class,
        restricted=restricted,
        snippet=None if text is None else tuple(Piece(p, h) for p, h in snippet(text, tuple(terms))),
        may_request=restricted and policy.viewing == "grant" and actor != OPERATOR and pending is None,
        state=record.state.value,
        pending_request=pending,
    )


def _note_secret_search(archive: Archive, actor: Actor, text: str, hits: Sequence[Hit]) -> None:
    """Full-text searches that reached secret classes are themselves in the audit log (design 5)."""
    secret = sum(archive.pack.access_classes[h.access_class].viewing == "grant" for h in hits)
    if not secret or actor == OPERATOR:
        return
    with archive.uow(write=True) as uow:
        uow.audit(
            Event.SEARCHED_SECRET,
            actor=actor.id,
            subject="",
            at=archive.clock.now(),
            query=text[:200],
            hits=secret,
        )
        uow.commit()
