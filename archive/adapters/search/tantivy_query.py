"""Query → tantivy's query objects. Nothing typed by a person ever reaches tantivy's query parser."""

from __future__ import annotations

from collections.abc import Sequence

from tantivy import FieldType, Occur, Schema
from tantivy import Query as Asked

from archive.adapters.search import tokens
from archive.ports.search import InHouse, Query

FIRST_DAY, LAST_DAY = 1, 99999999


def selecting(schema: Schema, query: Query) -> Asked:
    """What `query` finds, unordered."""
    clauses = [phrase(schema, "body", needle) for needle in tokens.needles(query.terms)]
    clauses += [any_of(schema, "house", [t.key]) for t in query.terms if isinstance(t, InHouse)]
    filters = {"type": query.types, "house": query.houses, "dossier": query.dossiers}
    clauses += [any_of(schema, name, wanted) for name, wanted in filters.items() if wanted]
    if query.classes is not None:
        clauses.append(any_of(schema, "access_class", query.classes))
    if query.date_from or query.date_to:
        first = tokens.number(query.date_from) if query.date_from else FIRST_DAY
        last = tokens.number(query.date_to) if query.date_to else LAST_DAY
        clauses.append(Asked.range_query(schema, "day", FieldType.Unsigned, first, last))
    if not clauses:
        return any_of(schema, "state", ["live"])
    return clauses[0] if len(clauses) == 1 else Asked.boolean_query([(Occur.Must, c) for c in clauses])


def by_relevance(schema: Schema, query: Query) -> list[Asked]:
    """`query` cut into parts by how many of its words are in the title, most first."""
    found = selecting(schema, query)
    wanted = [n for n in tokens.needles(query.terms) if n]
    titles = [(Occur.Should, phrase(schema, "title", n, single="title_characters")) for n in wanted]
    parts = []
    for count in range(len(titles), -1, -1):
        clauses = [(Occur.Must, found)]
        if count > 0:
            clauses.append((Occur.Must, Asked.boolean_query(titles, minimum_number_should_match=count)))
        if count < len(titles):
            more = Asked.boolean_query(titles, minimum_number_should_match=count + 1)
            clauses.append((Occur.MustNot, more))
        parts.append(Asked.boolean_query(clauses))
    return parts


def phrase(schema: Schema, name: str, needle: str, single: str = "characters") -> Asked:
    """Entries whose field `name` has `needle` as a substring; `single` is the field of single characters."""
    if not needle:
        return Asked.empty_query()
    if len(needle) == 1:
        return Asked.term_query(schema, single, needle)
    words = tokens.pairs(needle).split(" ")
    if len(words) == 1:
        return Asked.term_query(schema, name, words[0])
    return Asked.phrase_query(schema, name, list(words))


def any_of(schema: Schema, name: str, values: Sequence[str]) -> Asked:
    """Entries whose exact field `name` is one of `values`."""
    if len(values) == 1:
        return Asked.term_query(schema, name, values[0])
    return Asked.term_set_query(schema, name, list(values))
