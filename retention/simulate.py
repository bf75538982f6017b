"""What a changed pack would do to the records there are, before it is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from retention.decide import decide
from retention.model import Decision, Facts, FactsError, HoldFact, Outcome
from retention.schedule import Schedule, decide_by_schedule
from schemas.model import Pack, RecordType


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

    `before` and `after` are None where that schedule cannot decide, because a fact that its rules need is missing
    (`problem` says so).
    """

    record: str
    change: Change
    before: Decision | None
    after: Decision | None
    problem: str = ""

    @property
    def comes_due(self) -> bool:
        """Whether the record is kept today and would be due or up for review."""
        kept = self.before is None or self.before.outcome is Outcome.KEEP
        return kept and self.after is not None and self.after.outcome is not Outcome.KEEP


def simulate(
    cases: Iterable[Case],
    old: Schedule,
    new: Schedule,
    types: Mapping[str, RecordType],
    today: date,
    locale: str = "zh",
) -> Iterator[Effect]:
    """The effect of `new` on each case, in their order.

    One at a time, so that a large archive streams through. `types` tell how forms word their choices.
    """
    for case in cases:
        kind = types.get(case.record_type)
        before, problem = _decide(case, old, kind, today, locale)
        after, problem_after = _decide(case, new, kind, today, locale)
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


def _decide(
    case: Case, schedule: Schedule, kind: RecordType | None, today: date, locale: str
) -> tuple[Decision | None, str]:
    try:
        answer = decide_by_schedule(
            case.facts, schedule, case.record_type, case.holds, today, record_type=kind, locale=locale
        )
    except FactsError as error:
        return None, str(error)
    return answer, ""


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
