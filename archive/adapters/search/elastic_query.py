"""Query → Elasticsearch's query language. Text goes in as pairs for the whitespace analyser, never as syntax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.adapters.search import tokens
from archive.ports.search import InHouse, Query

Asked = dict[str, Any]

LIVE: Asked = {"term": {"state": "live"}}


def selecting(query: Query) -> Asked:
    """What `query` finds; scored by how many of its words are in the title."""
    wanted = tokens.needles(query.terms)
    clauses = [LIVE, *(phrase("body", needle) for needle in wanted)]
    clauses += [any_of("house", [t.key]) for t in query.terms if isinstance(t, InHouse)]
    filters = {"type": query.types, "house": query.houses, "dossier": query.dossiers}
    clauses += [any_of(name, values) for name, values in filters.items() if values]
    if query.classes is not None:
        clauses.append(any_of("access_class", query.classes))
    if query.date_from or query.date_to:
        clauses.append({"range": {"day": _days(query)}})
    titles = [phrase("title", n, single="title_characters") for n in wanted if query.sort == "relevance"]
    scored = [{"constant_score": {"filter": title, "boost": 1.0}} for title in titles]
    return {"bool": {"filter": clauses, "should": scored, "minimum_should_match": 0}}


def phrase(name: str, needle: str, single: str = "characters") -> Asked:
    """Entries whose field `name` has `needle` as a substring; `single` is the field of single characters."""
    if not needle:
        return {"match_none": {}}
    if len(needle) == 1:
        return {"term": {single: needle}}
    if len(needle) == 2:
        return {"term": {name: needle}}
    return {"match_phrase": {name: {"query": tokens.pairs(needle), "analyzer": "whitespace"}}}


def any_of(name: str, values: Sequence[str]) -> Asked:
    """Entries whose exact field `name` is one of `values`."""
    return {"terms": {name: list(values)}}


def _days(query: Query) -> dict[str, int]:
    days: dict[str, int] = {}
    if query.date_from:
        days["gte"] = tokens.number(query.date_from)
    if query.date_to:
        days["lte"] = tokens.number(query.date_to)
    return days
