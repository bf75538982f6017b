"""What our own codes add to what was read: they name type and house, and must not contradict the page."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher

from ingest.facts import Problem, RecordFacts, Value
from ingest.problems import problem
from ingest.slips import Slip
from ingest.understand.classify import Call
from ingest.understand.layout import compact
from ingest.understand.split import Group, slip_on
from schemas.houses import display_zh
from schemas.model import Pack, RecordType

_BY_CODE = 0.99
"""Share of codes expected to lie on the form that they name."""
_BY_SEAL = 0.999
"""The same for a form that an archive printed, title and code in one go."""
_OWN_TITLE = 0.6
"""Likeness of a line to the form's title from which the page does not contradict the code, however it was read."""


def call_by_code(group: Group, call: Call, pack: Pack) -> tuple[Call, tuple[Problem, ...]]:
    """The type by the code on the page or on its cover sheet; a page whose title says otherwise has none."""
    named = next((s.type for s in (group.slip, group.cover) if s is not None and s.type), "")
    kind = pack.record_types.get(named)
    if kind is None:
        return call, ()
    printed = _printed(group)
    if call.kind is not None and call.kind.code != kind.code and not (printed and _titled(group, kind)):
        clash = problem("code_contradicts", slip=kind.title_zh, page=call.kind.title_zh)
        return Call(None, 0.5, call.title), (clash,)
    return Call(kind, max(_BY_SEAL if printed else _BY_CODE, call.confidence), call.title), ()


def _printed(group: Group) -> Slip | None:
    """The code of a form that an archive printed."""
    return group.slip if group.slip is not None and group.slip.serial and group.slip.kind == "form" else None


def _titled(group: Group, kind: RecordType) -> bool:
    """Whether the form's own title stands on the page, well read or badly."""
    wanted = compact(kind.title_zh)[0]
    pieces = (compact(p.text)[0] for s in group.sheets for row in s.sheet.rows[:8] for p in row)
    return any(
        wanted in piece or SequenceMatcher(None, wanted, piece, autojunk=False).ratio() >= _OWN_TITLE
        for piece in pieces
    )


def with_code(record: RecordFacts, group: Group) -> RecordFacts:
    """The record with the house that its code names; one that the page contradicts is a problem.

    A form that an archive printed keeps its code beside what was read: the archive holds the two together.
    """
    printed = _printed(group)
    if printed is not None:
        return _with_slip(record, group, printed)
    unsigned = group.slip if group.slip is not None and group.slip.kind == "form" else None
    record = replace(record, slip=unsigned)
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


def _with_slip(record: RecordFacts, group: Group, slip: Slip) -> RecordFacts:
    seen = {found.page for sheet in group.sheets if (found := slip_on(sheet)) is not None}
    missing = [str(n) for n in range(1, slip.of + 1) if n not in seen]
    problems = tuple(p for p in record.problems if p.code not in ("pages_missing", "pages_out_of_order"))
    if missing and len(group.sheets) < slip.of:
        problems = (problem("pages_missing", missing="、".join(missing), of=slip.of), *problems)
    return replace(record, slip=slip, problems=problems)
