"""What our own codes add to what was read: they name type and house, and must not contradict the page."""

from __future__ import annotations

from dataclasses import replace

from ingest.facts import Problem, RecordFacts, Value
from ingest.problems import problem
from ingest.understand.classify import Call
from ingest.understand.split import Group
from schemas.houses import display_zh
from schemas.model import Pack

_BY_CODE = 0.99
"""Share of codes expected to lie on the form that they name."""


def call_by_code(group: Group, call: Call, pack: Pack) -> tuple[Call, tuple[Problem, ...]]:
    """The type by the code on the page or on its cover sheet; a page whose title says otherwise has none."""
    named = next((s.type for s in (group.slip, group.cover) if s is not None and s.type), "")
    kind = pack.record_types.get(named)
    if kind is None:
        return call, ()
    if call.kind is not None and call.kind.code != kind.code:
        clash = problem("code_contradicts", slip=kind.title_zh, page=call.kind.title_zh)
        return Call(None, 0.5, call.title), (clash,)
    return Call(kind, max(_BY_CODE, call.confidence), call.title), ()


def with_code(record: RecordFacts, group: Group) -> RecordFacts:
    """The record with the house that its code names; one that the page contradicts is a problem."""
    key = next((s.house for s in (group.slip, group.cover) if s is not None and s.house), "")
    if not key or record.house == key:
        return record
    if record.house is not None:
        clash = problem("code_contradicts", slip=display_zh(key), page=record.house_written)
        return replace(record, problems=(clash, *record.problems))
    value = Value("house", "房号", display_zh(key), key, confidence=_BY_CODE, origin="qr")
    fields = (*(v for v in record.fields if v.code != "house"), value)
    kept = tuple(p for p in record.problems if p.details.get("label") != "房号")
    return replace(record, house=key, house_written=display_zh(key), fields=fields, problems=kept)
