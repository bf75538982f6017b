"""The laws every decision keeps, whatever the rules and facts."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import Event, Facts, FactsError, HoldFact, Outcome, decide, read_facts
from retention.dates import last_day
from schemas import load_pack
from schemas.model import EVENT_TYPES, RetentionRule
from schemas.periods import Period, parse_period
from schemas.titles import Titles
from tests.servers.base import shared_dir as shared

days = st.dates(date(2000, 1, 1), date(2080, 12, 31))
periods = st.sampled_from(
    ["P1Y", "P2Y", "P5Y", "P6M", "P15D", "P7D", "P1Y6M", "long_term", "permanent", "unscheduled"]
)


@st.composite
def rules(draw: st.DrawFn) -> RetentionRule:
    period = draw(periods)
    trigger = "" if period in ("permanent", "unscheduled") else draw(st.sampled_from(EVENT_TYPES))
    outcome = draw(st.sampled_from(["destroy", "review"]))
    return RetentionRule(
        id=f"{period}/{trigger}", period=period, trigger=trigger, outcome=outcome, clause="c"
    )


facts = st.builds(
    Facts,
    record_date=days,
    filed_date=days,
    events=st.lists(st.builds(Event, st.sampled_from(EVENT_TYPES), days), max_size=4).map(tuple),
)


@given(facts, st.lists(rules(), max_size=4), days)
def test_nothing_is_due_before_its_last_day_and_no_rule_is_shortened(
    known: Facts, some: list[RetentionRule], today: date
) -> None:
    decision = decide(known, some, (), today)
    assert decision.reasons
    if decision.outcome is Outcome.KEEP:
        assert decision.until is None or today <= decision.until
    else:
        assert decision.until is not None
        assert today > decision.until
    for rule in some:
        alone = decide(known, [rule], (), today)
        assert decision.until is None or (alone.until is not None and decision.until >= alone.until)
        assert decision.permanent or not alone.permanent


@given(facts, st.lists(rules(), max_size=3), days, days)
def test_a_hold_keeps_whatever_the_rules_say(
    known: Facts, some: list[RetentionRule], today: date, start: date
) -> None:
    hold = HoldFact(start, None, "r")
    decision = decide(known, some, (hold,), today)
    if start <= today:
        assert decision.outcome is Outcome.KEEP
        assert decision.until is None
    else:
        assert decision == decide(known, some, (), today)


@given(facts, days)
def test_without_a_rule_nothing_is_ever_disposed_of(known: Facts, today: date) -> None:
    decision = decide(known, (), (), today)
    assert (decision.outcome, decision.until, decision.rule) == (Outcome.KEEP, None, "")


@given(days, st.integers(0, 600), st.integers(0, 400), days)
def test_periods_never_shorten_and_never_overtake(start: date, months: int, extra: int, other: date) -> None:
    period = Period(months, extra)
    end = last_day(start, period)
    assert end >= start + timedelta(days=months * 28 + extra)
    assert last_day(min(start, other), period) <= last_day(max(start, other), period)
    assert last_day(start, period, "next_year") >= end or months % 12
    whole = last_day(start, Period(months, 0))
    assert (whole.year * 12 + whole.month) - (start.year * 12 + start.month) == months
    assert whole.day == start.day or (whole + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2023-08-31", "P6M", "2024-02-29"),
        ("2023-12-31", "P2M", "2024-02-29"),
        ("2022-06-20", "P1Y", "2023-06-20"),
        ("2022-06-20", "P15D", "2022-07-05"),
    ],
)
def test_calendar(start: str, period: str, end: str) -> None:
    assert last_day(date.fromisoformat(start), parse_period(period)) == date.fromisoformat(end)


def test_a_day_beyond_the_calendar_is_its_last() -> None:
    assert last_day(date(9999, 6, 1), Period(999 * 12, 0)) == date.max


def test_a_record_without_a_date_cannot_be_judged_by_it() -> None:
    rule = RetentionRule(id="x", period="P3Y", trigger="recorded", clause="c")
    with pytest.raises(FactsError, match="no date"):
        decide(Facts(None, None), [rule], (), date(2026, 1, 1))


def test_reasons_speak_both_languages() -> None:
    rule = RetentionRule(id="x", period="P2Y", trigger="closed", clause="004", title_zh="甲", title_en="Rule")
    known = Facts(None, None, events=(Event("closed", date(2022, 1, 1)),))
    assert "Rule" in decide(known, [rule], (), date(2023, 1, 1), locale="en").reasons[0]
    assert "甲" in decide(known, [rule], (), date(2023, 1, 1)).reasons[0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "bad_facts"),
        ({"recorddate": "2022-01-01"}, "unknown_key"),
        ({"record_date": "soon"}, "bad_date"),
        ({"record_date": 20220101}, "bad_date"),
        ({"events": {}}, "bad_facts"),
        ({"events": [{"type": "x"}]}, "unknown_event"),
        ({"events": [{"type": "closed"}]}, "bad_date"),
        ({"fields": [1]}, "bad_facts"),
        ({"fields": {"a": {}}}, "bad_facts"),
        ({"holds": [{"from": "2022-02-01", "to": "2022-01-01"}]}, "bad_hold"),
        ({"holds": [{"to": "2022-01-01"}]}, "bad_date"),
    ],
)
def test_bad_facts_are_refused_with_a_code_and_a_remedy(data: object, code: str) -> None:
    with pytest.raises(FactsError) as caught:
        read_facts(data)
    assert caught.value.code == code
    assert caught.value.hint


def test_the_open_cases_come_out_as_expected() -> None:
    titles = Titles(load_pack())
    for line in (shared() / "samples/open/retention.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        record_type = titles.exact(case["type"])
        assert record_type is not None
        on = date.fromisoformat(case["on"])
        known, holds = read_facts(case["facts"], record_type)
        if case.get("refused"):
            with pytest.raises(FactsError):
                decide(known, record_type.retention, holds, on, record_type=record_type)
            continue
        decision = decide(known, record_type.retention, holds, on, record_type=record_type)
        said = {"decision": str(decision.outcome), "permanent": decision.permanent, "until": decision.until}
        assert {key: said[key] for key in case["expect"]} == case["expect"], case["id"]
