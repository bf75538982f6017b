"""What a person should know of a record: what is missing, unclear, altered, out of order."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.facts import Mark, Problem, RecordFacts
from ingest.problems import problem
from ingest.understand.alterations import struck
from ingest.understand.picture import Signed
from ingest.understand.split import page_of
from schemas.model import FieldType, Place, RecordType

_TELLING = frozenset({FieldType.DATE, FieldType.DATETIME, FieldType.HOUSE, FieldType.CHOICE})
"""Types of field whose value is useless when it is not understood."""


def problems_of(kind: RecordType | None, record: RecordFacts, pages: Sequence[Signed]) -> tuple[Problem, ...]:
    """The problems of one record, the gravest first."""
    if kind is None:
        return (problem("type_unsure", title=record.title or "—"), *_paging(pages))
    return (
        *_fields(kind, record, in_table=_in_table(kind, pages)),
        *(
            problem("signature_missing", place=p.label_zh, clause=p.clause or "—")
            for p in _empty(kind.signatures, record.signatures)
        ),
        *(
            problem("seal_missing", place=p.label_zh, clause=p.clause or "—")
            for p in _empty(kind.seals, record.seals if any(page.picture for page in pages) else ())
        ),
        *_paging(pages),
        *_alterations(pages),
    )


def _in_table(kind: RecordType, pages: Sequence[Signed]) -> bool:
    """Whether the record is a table of entries, whose fields are columns."""
    return kind.kind == "register" or (
        any(page.sheet.headers for page in pages) and kind.dossier == "register_quarter"
    )


def _fields(kind: RecordType, record: RecordFacts, in_table: bool) -> list[Problem]:
    found = []
    values = {value.code: value for value in record.fields}
    known = {"house": record.house, "owner": record.owner, "date": record.date}
    for spec in kind.fields:
        value = values.get(spec.code)
        if known.get(spec.role) or (in_table and spec.role in ("house", "owner")):
            continue
        if value is not None and not value.value and spec.type in _TELLING:
            found.append(problem("field_unclear", label=spec.label_zh, written=value.written))
        elif value is None and spec.required:
            found.append(problem("field_missing", label=spec.label_zh))
    return found


def _empty(places: Sequence[Place], marks: Sequence[Mark]) -> list[Place]:
    present = {mark.place: mark.present for mark in marks}
    return [p for p in places if p.required and present.get(p.code) is False]


def _paging(pages: Sequence[Signed]) -> list[Problem]:
    """Gaps, double pages and wrong order by the printed 第N页 共M页."""
    printed = [numbered for page in pages if (numbered := page_of(page.sheet))]
    if not printed:
        return []
    numbers = [number for number, _ in printed]
    of = max(total for _, total in printed)
    alone = len(pages) == 1 and numbers[0] > 1
    found = []
    missing = [n for n in range(1, of + 1) if n not in numbers] if of <= 500 and not alone else []
    if missing:
        found.append(problem("pages_missing", missing=_list(missing), of=of))
    double = sorted({n for n in numbers if numbers.count(n) > 1})
    if double:
        found.append(problem("pages_double", pages=_list(double)))
    if list(dict.fromkeys(numbers)) != sorted(set(numbers)):
        found.append(problem("pages_out_of_order", pages=_list(numbers)))
    return found


def across(records: Sequence[RecordFacts], numbers: Sequence[Sequence[int]]) -> list[tuple[Problem, ...]]:
    """What a batch shows of a bound register whose pages became several records: pages that came twice, and those
    that are missing between them. `records` are all of one register, `numbers` the printed page numbers of each."""
    every = [n for found in numbers for n in found]
    missing = sorted(set(range(min(every), max(every) + 1)) - set(every)) if len(every) > 1 else []
    problems: list[tuple[Problem, ...]] = []
    before: set[int] = set()
    for record, found in zip(records, numbers, strict=True):
        again = sorted(before & set(found))
        told = (problem("pages_double", pages=_list(again)),) if again else ()
        gap = [n for n in missing if before and found and max(before) < n < min(found)]
        of = record.register_page[1] if record.register_page else max(every)
        before |= set(found)
        problems.append((*told, *((problem("pages_missing", missing=_list(gap), of=of),) if gap else ())))
    return problems


def _list(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers[:30])) + ("…" if len(numbers) > 30 else "")


def _alterations(pages: Sequence[Signed]) -> list[Problem]:
    return [
        problem("altered", page=page.sheet.sheet.page.number, entry=piece.text)
        for page in pages
        for piece in struck(page)
    ]
