"""The verification desk: who has which record in hand, what was decided there, and in which order records come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from archive.domain.records import Record

IN_HAND = timedelta(minutes=3)
"""How long a record stays in hand after the last sign of life of the page that shows it."""

HEARTBEAT_SECONDS = 40
"""How often such a page gives a sign of life."""

UNDOABLE = 20
"""How many of a person's last decisions they can take back."""

ORDERS = ("doubt", "oldest")
"""Doubtful first, or in the order in which they came."""

RETURN_REASONS = ("rescan", "unreadable", "not_ours")
"""Why a record is sent back to whoever scanned it."""


@dataclass(frozen=True, slots=True)
class DeskLease:
    """A record in one person's hand; `id` is the record's. `deciding` while their decision is being written."""

    id: str
    person: str
    taken_at: datetime
    until: datetime
    deciding: bool = False


@dataclass(frozen=True, slots=True)
class DeskDecision:
    """What a person decided of a record: version `before` became version `after`.

    `kind`: accepted, sent_back, turned. `undone_at` is set when the person took it back, which is a version too.
    """

    id: str
    record: str
    person: str
    at: datetime
    kind: str
    before: int
    after: int
    undone_at: datetime | None = None


_WEIGHTS: Mapping[str, int] = {
    "form_forged": 70,
    "form_unknown": 65,
    "form_unsigned": 60,
    "owner_differs": 60,
    "form_tenure_ended": 60,
    "house_ambiguous": 55,
    "house_by_owner": 55,
    "house_unknown": 50,
    "no_tenure": 45,
    "house_missing": 45,
    "form_differs": 45,
    "form_void": 40,
    "form_again": 40,
    "form_other_copy": 40,
    "type_unsure": 40,
    "owner_near": 30,
    "owner_missing": 25,
    "signature_missing": 25,
    "seal_missing": 20,
    "date_missing": 15,
    "field_missing": 10,
}
"""What each doubt weighs; whatever may bring a paper into the wrong household weighs most."""

_OTHER = 12
_UNSURE_FIELD = 3
SURE_FIELD = 0.85
"""A field that was read less surely than this is shown as doubtful."""


def doubt_of(record: Record) -> int:
    """How doubtful the reading of a record is, 0 and up; the desk begins with the greatest."""
    codes = {str(p["code"]) for p in record.problems}
    unsure = sum(is_unsure(f) for f in record.fields)
    return sum(_WEIGHTS.get(code, _OTHER) for code in codes) + _UNSURE_FIELD * min(unsure, 10)


def is_unsure(field: Mapping[str, Any]) -> bool:
    """Whether a field has a value that was read with doubt and that no person has confirmed."""
    read = bool(field.get("value") or field.get("written")) and field.get("origin") != "person"
    return read and float(field.get("confidence", 1.0)) < SURE_FIELD


def reason_of(problems: Sequence[Mapping[str, Any]]) -> str:
    """The code of the gravest doubt, by which the queue is filtered; "" for none."""
    codes = [str(p["code"]) for p in problems]
    return max(codes, key=lambda code: _WEIGHTS.get(code, _OTHER), default="")


def with_doubt(record: Record) -> Record:
    """The record with its place in the queue worked out."""
    return replace(record, doubt=doubt_of(record), reason=reason_of(record.problems))
