"""What a changed pack would do to the records there are, before it is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from retention.decide import decide
from retention.model import Decision, Facts, FactsError, HoldFact
from schemas.model import Pack


class Change(StrEnum):
    """How the new pack keeps a record compared with the old one."""

    SAME = "same"
    LONGER = "longer"
    SHORTER = "shorter"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Case:
    """One record to try both packs on: any id, the code of its type, its facts and holds."""

    record: str
    record_type: str
    facts: Facts
    holds: tuple[HoldFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes for one record.

    `before` and `after` are None where that pack cannot decide: it lacks the type, or a fact that its rules
    need is missing (`problem` says so).
    """

    record: str
    change: Change
    before: Decision | None
    after: Decision | None
    problem: str = ""


def simulate(
    cases: Iterable[Case], old: Pack, new: Pack, today: date, locale: str = "zh"
) -> Iterator[Effect]:
    """The effect of `new` on each case, in their order.

    One at a time, so that a large archive streams through.
    """
    for case in cases:
        before, problem = _decide(case, old, today, locale)
        after, problem_after = _decide(case, new, today, locale)
        yield Effect(case.record, _change(before, after), before, after, problem_after or problem)


def decide_by_pack(
    facts: Facts, pack: Pack, record_type: str, holds: Iterable[HoldFact], today: date, locale: str = "zh"
) -> Decision:
    """`decide` with everything that the pack sets; FactsError unknown_type if the pack lacks the type."""
    known = pack.record_types.get(record_type)
    if known is None:
        raise FactsError("unknown_type", f"{record_type!r} is no record type", "see: dangan types list")
    return decide(
        facts,
        known.retention,
        holds,
        today,
        record_type=known,
        long_term_years=pack.long_term_years,
        pack_version=pack.version,
        count_from=pack.count_from,
        locale=locale,
    )


def _decide(case: Case, pack: Pack, today: date, locale: str) -> tuple[Decision | None, str]:
    try:
        return decide_by_pack(case.facts, pack, case.record_type, case.holds, today, locale), ""
    except FactsError as error:
        return None, str(error)


def _length(decision: Decision) -> tuple[int, date]:
    """How long a decision keeps: for ever over no end, no end over any day."""
    if decision.permanent:
        return 2, date.max
    return (1, date.max) if decision.until is None else (0, decision.until)


def _change(before: Decision | None, after: Decision | None) -> Change:
    if before is None or after is None:
        return Change.SAME if before is after else Change.UNDECIDED
    old, new = _length(before), _length(after)
    if old == new:
        return Change.SAME
    return Change.LONGER if new > old else Change.SHORTER
