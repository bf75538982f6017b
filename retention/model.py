"""What a retention decision reads and what it answers: plain values, no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Event:
    """A trigger event 触发事件 that has happened on a day (`type` is one of schemas.model.EVENT_TYPES)."""

    type: str
    date: date


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A hold 冻结 that covers the record from a day until a day (None while it lasts)."""

    start: date
    end: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a record when its retention is decided. `fields` go by code."""

    record_date: date | None
    filed_date: date | None
    fields: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()


class FactsError(ValueError):
    """Facts that cannot be judged: a stable code, what is wrong, and what to do about it."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(f"{message}: {hint}")
        self.code, self.message, self.hint = code, message, hint


class Outcome(StrEnum):
    """What may happen with a record on the day asked about."""

    KEEP = "keep"
    REVIEW = "review"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: the outcome, the last day on which the record must still be kept (None: no end), and why.

    `reasons` are sentences for people, the deciding one first; `lost` are the ids of rules that were shorter.
    `trigger` is the event that the deciding rule waits for or counts from ("" where it has none), `started`
    its day.
    """

    outcome: Outcome
    until: date | None
    permanent: bool
    rule: str
    clauses: tuple[str, ...]
    reasons: tuple[str, ...]
    lost: tuple[str, ...] = ()
    pack_version: str = ""
    trigger: str = ""
    started: date | None = None
