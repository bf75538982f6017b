"""Obligations 归档期限.

What must be done or filed by when, as data; the calendar arithmetic is retention's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from schemas.model import DecidedBy
from schemas.periods import parse_period
from schemas.reading import Entry, as_entry


class DueKind(StrEnum):
    """How a due time is reckoned."""

    AFTER = "after"
    BEFORE = "before"
    EACH = "each"
    EVERY = "every"


SPANS = ("day", "week", "month", "quarter", "half_year", "year")
"""Stretches of the calendar that an `each` obligation comes round with."""


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due.

    AFTER: `within` after the event `event`: an ISO 8601 period of the calendar (P3D, P1M) or of the clock
    (PT20M), "WD<n>" for n working days, "day" for the same day or "shift" for the end of the shift. BEFORE:
    at the latest `within` before the event; "" is any time before it. EACH: once in every `span`, at the
    latest on `day` (from 1; 0 is the last) of the `month` (from 1) within the span, of the span itself or,
    with `next_span`, of the one that follows. The day itself still counts. EVERY: again at the latest
    `within` after the last time, while the condition `event` holds ("" is always). `earliest` is an ISO 8601 period:
    AFTER, it is not to be done before that much time has passed since the event; BEFORE, not earlier than that much
    before it.
    """

    kind: DueKind
    event: str = ""
    within: str = ""
    span: str = ""
    month: int = 1
    day: int = 0
    next_span: bool = False
    earliest: str = ""


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing the manuals want done in time: who does it, what proves it, who is told when it is late.

    `record_type` is the type whose filing fulfils it ("" where the evidence is no record). `who` and
    `escalate_to` are posts of the pack.
    """

    code: str
    title_zh: str
    title_en: str
    due: Due
    who: str
    evidence: str
    clause: str
    record_type: str = ""
    escalate_to: str = ""
    decided_by: DecidedBy = DecidedBy.MANUAL
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the office as the manuals name it, with the role of the system that it usually holds ("" for
    none).
    """

    code: str
    title_zh: str
    title_en: str
    role: str = ""
    aliases: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


_CLOCK = re.compile(r"PT(?=\d)(?:(\d{1,3})H)?(?:(\d{1,4})M)?")
_WORKING_DAYS = re.compile(r"WD([1-9]\d{0,2})")


def clock_minutes(within: str) -> int | None:
    """The minutes of a period of the clock such as PT20M or PT1H, else None."""
    match = _CLOCK.fullmatch(within)
    return int(match[1] or 0) * 60 + int(match[2] or 0) if match else None


def working_days(within: str) -> int | None:
    """The number of "WD3", else None."""
    match = _WORKING_DAYS.fullmatch(within)
    return int(match[1]) if match else None


def parse_obligation(entry: Entry, record_types: tuple[str, ...], posts: tuple[str, ...]) -> Obligation:
    """An obligation; its record type and posts must be of the pack."""
    value = Obligation(
        code=entry.text("code"),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        due=_due(entry),
        who=entry.choice("who", posts),
        evidence=entry.text("evidence"),
        clause=entry.text("clause"),
        record_type=entry.choice("record_type", ("", *record_types), ""),
        escalate_to=entry.choice("escalate_to", ("", *posts), ""),
        decided_by=DecidedBy(entry.choice("decided_by", DecidedBy, DecidedBy.MANUAL)),
        reason=entry.text("reason", ""),
    )
    if value.decided_by is DecidedBy.HOUSE and not value.reason:
        entry.at("decided_by").fail("the house's decision has no reason", "add 'reason: …'")
    entry.finish()
    return value


def parse_post(entry: Entry, roles: tuple[str, ...]) -> Post:
    """A post; its role must be one of the pack's."""
    value = Post(
        code=entry.text("code"),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        role=entry.choice("role", ("", *roles), ""),
        aliases=entry.texts("aliases"),
        clauses=entry.texts("clauses"),
    )
    entry.finish()
    return value


def _due(owner: Entry) -> Due:
    entry = as_entry(owner.mapping_of_anything("due"), owner.at("due"))
    kinds = [kind for kind in DueKind if kind in entry.data]
    if len(kinds) != 1:
        owner.at("due").fail("the due time is unclear", "write one of after, before, each or every")
    kind = kinds[0]
    if kind is DueKind.EACH:
        due = Due(
            kind,
            span=entry.choice("each", SPANS),
            month=entry.number("month", 0),
            day=entry.number("day", 0),
            next_span=entry.flag("next", False),
        )
        _check_place(entry, due)
    elif kind is DueKind.EVERY:
        due = Due(kind, event=entry.text("while", ""), within=entry.text("every"))
        _check_within(entry, "every", due.within, ())
    else:
        words = ("day", "shift") if kind is DueKind.AFTER else ("",)
        due = Due(
            kind,
            event=entry.text(kind.value),
            within=entry.text("within", None if kind is DueKind.AFTER else ""),
            earliest=entry.text("earliest", ""),
        )
        _check_within(entry, "earliest", due.earliest, ("",))
        _check_within(entry, "within", due.within, words)
    entry.finish()
    return due


def _check_within(entry: Entry, key: str, within: str, words: tuple[str, ...]) -> None:
    if within in words or clock_minutes(within) is not None or working_days(within) is not None:
        return
    try:
        parse_period(within)
    except ValueError:
        entry.at(key).fail(f"{within!r} is no length of time", "write such as P3D, PT20M, WD2, day or shift")


def _check_place(entry: Entry, due: Due) -> None:
    months = {"day": 0, "week": 0, "month": 1, "quarter": 3, "half_year": 6, "year": 12}[due.span]
    if due.month > months:
        entry.at("month").fail(f"a {due.span} has no month {due.month}", f"write 0 (the last) to {months}")
    most = 0 if due.span == "day" else 7 if due.span == "week" else 31
    if due.day > most:
        entry.at("day").fail(f"a {due.span} has no day {due.day}", f"write 0 (the last) to {most}")
