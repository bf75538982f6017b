"""The schedule in force: what was accepted for known types, what a pack adds, and what a change means."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import Schedule, changed_types, schedule_of, settle
from retention.schedule import Line, digest, from_plain, to_plain
from schemas import load_pack
from schemas.model import DecidedBy, RetentionRule

OURS = schedule_of(load_pack())
RULES = st.builds(
    RetentionRule,
    id=st.sampled_from(["a", "b", "c"]),
    period=st.sampled_from(["permanent", "long_term", "unscheduled", "P1Y", "P2Y", "P15D"]),
    trigger=st.sampled_from(["closed", "recorded"]),
    outcome=st.sampled_from(["destroy", "review"]),
    decided_by=st.sampled_from(list(DecidedBy)),
    when=st.dictionaries(st.just("grade"), st.sampled_from(["一般", "重大"])),
    reason=st.text(max_size=5),
)
LINES = st.lists(RULES, min_size=1, max_size=3, unique_by=lambda rule: rule.id).map(
    lambda rules: Line(tuple(rules), "v" + rules[0].id)
)


def consistent(lines: dict[str, Line]) -> dict[str, Line]:
    """A rule of one version is the same wherever it is named."""
    known: dict[tuple[str, str], RetentionRule] = {}
    return {
        code: Line(
            tuple(known.setdefault((line.version, rule.id), rule) for rule in line.rules), line.version
        )
        for code, line in lines.items()
    }


SCHEDULES = st.builds(
    Schedule,
    version=st.sampled_from(["v1", "v2"]),
    lines=st.dictionaries(st.sampled_from("xyz"), LINES).map(consistent),
    long_term_years=st.sampled_from([10, 30]),
    count_from=st.sampled_from(["event", "next_year"]),
)


@given(SCHEDULES)
def test_a_schedule_is_written_and_read_back(schedule: Schedule) -> None:
    assert from_plain(to_plain(schedule)) == schedule


def test_our_own_schedule_is_written_and_read_back() -> None:
    assert from_plain(to_plain(OURS)) == OURS


@given(SCHEDULES, SCHEDULES)
def test_what_is_in_force_decides_known_types_as_accepted_and_new_ones_as_brought(
    accepted: Schedule, brought: Schedule
) -> None:
    settled = settle(accepted, brought)
    assert changed_types(settled, accepted) == tuple(
        c for c in changed_types(settled, accepted) if c not in accepted.lines
    )
    for code in brought.lines.keys() - accepted.lines.keys():
        assert settled.lines[code] == brought.lines[code]
    assert settle(settled, brought) == settled


@given(SCHEDULES, SCHEDULES)
def test_equal_digests_change_nothing_and_a_change_has_another_digest(one: Schedule, other: Schedule) -> None:
    if digest(one) == digest(other):
        assert changed_types(one, other) == ()
    assert changed_types(one, one) == ()
    assert changed_types(one, other) == changed_types(other, one)


def with_line(code: str, **change: object) -> Schedule:
    line = OURS.lines[code]
    rule = replace(line.rules[0], **change)  # type: ignore[arg-type]
    return replace(OURS, version="new", lines={**OURS.lines, code: Line((rule, *line.rules[1:]), "new")})


@pytest.mark.parametrize("change", [{"reason": "clearer words"}, {"title_en": "x"}, {"clause": "004 4.9"}])
def test_other_words_need_no_decision_and_are_taken(change: dict[str, object]) -> None:
    brought = with_line("callback_record", **change)
    settled = settle(OURS, brought)
    assert changed_types(settled, brought) == ()
    assert settled.lines["callback_record"].version == "new"


@pytest.mark.parametrize(
    "change", [{"period": "P3Y"}, {"trigger": "recorded"}, {"outcome": "review"}, {"while_not": "closed"}]
)
def test_what_decides_waits_for_a_decision(change: dict[str, object]) -> None:
    brought = with_line("callback_record", **change)
    settled = settle(OURS, brought)
    assert changed_types(settled, brought) == ("callback_record",)
    assert settled.lines["callback_record"] == OURS.lines["callback_record"]


def test_settings_concern_the_types_that_count_by_them() -> None:
    longer = changed_types(OURS, replace(OURS, long_term_years=10))
    assert "committee_minutes" in longer
    assert "callback_record" not in longer
    counted = changed_types(OURS, replace(OURS, count_from="next_year"))
    assert {"callback_record", "committee_minutes"} <= set(counted)
    assert "controlled_document" not in counted


def test_a_type_that_a_pack_drops_keeps_its_rules_until_that_is_accepted() -> None:
    lines = {code: line for code, line in OURS.lines.items() if code != "callback_record"}
    brought = replace(OURS, version="new", lines=lines)
    settled = settle(OURS, brought)
    assert settled.lines["callback_record"].rules[0].period == "P2Y"
    assert changed_types(settled, brought) == ("callback_record",)
