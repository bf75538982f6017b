"""The one function that decides how long a record is kept, and says why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from retention.dates import LAST_DAY, last_day
from retention.model import Decision, Facts, FactsError, HoldFact, Outcome
from retention.wording import day_name, event_name, period_name, rule_name, sentence
from schemas.choices import read_choice
from schemas.model import FieldSpec, RecordType, RetentionRule
from schemas.periods import Period, parse_period
from schemas.text import fold


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One rule applied to the facts: `until` is None while it has no end; `order` says which is longer."""

    rule: RetentionRule
    until: date | None
    started: date | None
    order: tuple[int, date]


def decide(
    facts: Facts,
    rules: Sequence[RetentionRule],
    holds: Iterable[HoldFact],
    today: date,
    *,
    record_type: RecordType | None = None,
    long_term_years: int = 30,
    pack_version: str = "",
    count_from: str = "event",
    locale: str = "zh",
) -> Decision:
    """What may happen with a record on the day `today`, until when it must be kept, and why.

    Of the rules that hold, the longest wins; permanent is longer than no end, no end longer than any day. A
    rule whose trigger event has not happened by `today` has no end. Without any rule the record is kept until
    a person decides. `until` is the last day on which it must still be kept: the day of the event plus the
    period by the calendar (`retention.dates.last_day` says what 29 February does). A hold that covers `today`
    keeps the record whatever the rules say, until the hold ends or, while its end is open, without an end.

    `count_from` is "event" or "next_year" (periods start on 1 January after the event). `locale` chooses the
    language of `reasons`. Raises FactsError if a fact that a rule needs is missing in itself (a grade, the
    record's date).
    """
    weighed = [
        _weigh(rule, facts, today, long_term_years, count_from)
        for rule in _matching(facts, rules, today, record_type)
    ]
    weighed.sort(key=lambda w: w.order, reverse=True)
    covering = [h for h in holds if h.start <= today and (h.end is None or today <= h.end)]
    say = _Wording(locale, long_term_years, count_from)
    if not weighed:
        reasons = [sentence("no_rule", locale)]
        decision = Decision(Outcome.KEEP, None, False, "", (), tuple(reasons), pack_version=pack_version)
    else:
        decision = _by_rules(weighed, facts, rules, today, say, pack_version)
    return _with_holds(decision, covering, say)


def _by_rules(
    weighed: list[_Weighed],
    facts: Facts,
    rules: Sequence[RetentionRule],
    today: date,
    say: _Wording,
    version: str,
) -> Decision:
    first, rule = weighed[0], weighed[0].rule
    outcome = Outcome.KEEP
    reasons = [say.deciding(first)]
    if first.until is not None and today > first.until:
        outcome = Outcome.REVIEW if rule.outcome == "review" else Outcome.DUE
        reasons.insert(
            0, sentence("passed_review" if outcome is Outcome.REVIEW else "passed_destroy", say.locale)
        )
    reasons += say.beside(rule)
    reasons += [sentence("lost", say.locale, rule=rule_name(w.rule, say.locale)) for w in weighed[1:]]
    reasons += [say.ended(r) for r in rules if r.while_not and _happened(r.while_not, facts, today)]
    return Decision(
        outcome=outcome,
        until=first.until,
        permanent=rule.period == "permanent",
        rule=rule.id,
        clauses=(rule.clause,) if rule.clause else (),
        reasons=tuple(reasons),
        lost=tuple(w.rule.id for w in weighed[1:]),
        pack_version=version,
        trigger=rule.trigger,
        started=first.started,
    )


def _with_holds(decision: Decision, holds: list[HoldFact], say: _Wording) -> Decision:
    """The decision with the holds that cover the day put first.

    That the rules would let it go is not said then.
    """
    if not holds:
        return decision
    ends = [hold.end for hold in holds]
    until = None
    if decision.until is not None and None not in ends:
        until = max([decision.until, *(end for end in ends if end is not None)])
    reasons = [say.hold(hold) for hold in holds]
    rules = decision.reasons if decision.outcome is Outcome.KEEP else decision.reasons[1:]
    return Decision(
        outcome=Outcome.KEEP,
        until=until,
        permanent=decision.permanent,
        rule=decision.rule,
        clauses=decision.clauses,
        reasons=(*reasons, *rules),
        lost=decision.lost,
        pack_version=decision.pack_version,
        trigger=decision.trigger,
        started=decision.started,
    )


def _matching(
    facts: Facts, rules: Sequence[RetentionRule], today: date, record_type: RecordType | None
) -> list[RetentionRule]:
    asked: dict[str, set[str]] = {}
    for rule in rules:
        for code, value in rule.when.items():
            asked.setdefault(code, set()).add(value)
    given = {code: _given(code, values, facts, record_type) for code, values in asked.items()}
    return [
        rule
        for rule in rules
        if all(given[code] == value for code, value in rule.when.items())
        and not (rule.while_not and _happened(rule.while_not, facts, today))
    ]


def _given(code: str, values: set[str], facts: Facts, record_type: RecordType | None) -> str:
    """The value of the field `code` that rules ask for.

    FactsError when it is missing or none that the form offers.
    """
    spec = next((f for f in record_type.fields if f.code == code), None) if record_type else None
    name = f"{spec.label_zh} ({code})" if spec else code
    written = (facts.fields.get(code) or _by_label(facts, spec)).strip()
    offered = set(spec.choices) if spec and spec.choices else values
    if not written:
        raise FactsError(
            "missing_fact", f"the field {name} is missing", "give one of " + ", ".join(sorted(offered))
        )
    chosen = read_choice(written, offered)
    if chosen is not None:
        return chosen
    raise FactsError("unknown_value", f"{name} is {written!r}", "give one of " + ", ".join(sorted(offered)))


def _by_label(facts: Facts, spec: FieldSpec | None) -> str:
    labels = {fold(label) for label in (spec.label_zh, *spec.aliases)} if spec else set()
    return next((value for key, value in facts.fields.items() if fold(key) in labels), "")


def _happened(event: str, facts: Facts, today: date) -> date | None:
    """The latest day up to `today` on which `event` happened; of several the last one starts the period."""
    days = [e.date for e in facts.events if e.type == event and e.date <= today]
    if event == "recorded" and not any(e.type == "recorded" for e in facts.events):
        if facts.record_date is None:
            raise FactsError(
                "missing_fact", "the record has no date", "give record_date, or an event 'recorded'"
            )
        return facts.record_date
    return max(days, default=None)


def _weigh(rule: RetentionRule, facts: Facts, today: date, long_term_years: int, count_from: str) -> _Weighed:
    if rule.period == "permanent":
        return _Weighed(rule, None, None, (3, LAST_DAY))
    if rule.period == "unscheduled":
        return _Weighed(rule, None, None, (1, LAST_DAY))
    started = _happened(rule.trigger, facts, today)
    if started is None:
        return _Weighed(rule, None, None, (2, LAST_DAY))
    period = Period(long_term_years * 12, 0) if rule.period == "long_term" else parse_period(rule.period)
    until = last_day(started, period, count_from)
    return _Weighed(rule, until, started, (0, until))


@dataclass(frozen=True, slots=True)
class _Wording:
    """The sentences of one decision."""

    locale: str
    long_term_years: int
    count_from: str

    def deciding(self, weighed: _Weighed) -> str:
        rule = weighed.rule
        if rule.period in ("permanent", "unscheduled"):
            return sentence(rule.period, self.locale, rule=rule_name(rule, self.locale))
        values = {
            "rule": rule_name(rule, self.locale),
            "event": event_name(rule.trigger, self.locale),
            "period": period_name(rule.period, self.long_term_years, self.locale),
        }
        if weighed.until is None or weighed.started is None:
            return sentence("waiting", self.locale, **values)
        return sentence(
            "until_next_year" if self.count_from == "next_year" else "until",
            self.locale,
            start=day_name(weighed.started, self.locale),
            until=day_name(weighed.until, self.locale),
            **values,
        )

    def beside(self, rule: RetentionRule) -> list[str]:
        notes = []
        if rule.period == "long_term":
            notes.append(sentence("long_term", self.locale, years=self.long_term_years))
        if rule.reason:
            reason = (rule.reason_zh or rule.reason) if self.locale.startswith("zh") else rule.reason
            notes.append(sentence("house", self.locale, reason=reason))
        return notes

    def ended(self, rule: RetentionRule) -> str:
        return sentence(
            "ended",
            self.locale,
            event=event_name(rule.while_not, self.locale),
            rule=rule_name(rule, self.locale),
        )

    def hold(self, hold: HoldFact) -> str:
        zh = self.locale.startswith("zh")
        end = ""
        if hold.end is not None:
            end = ("至" if zh else " until ") + day_name(hold.end, self.locale)
        start = day_name(hold.start, self.locale)
        return sentence("hold", self.locale, start=start, end=end, reason=hold.reason.rstrip("。."))
