"""Confidences as shares: rising, bounded, and telling what a threshold costs."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.understand.calibration import KINDS, Calibration, Step, fitted, from_plain, measured, plain

CALLS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=200)


@given(CALLS, st.floats(0, 1), st.floats(0, 1))
def test_more_confidence_never_means_a_smaller_share(
    calls: list[tuple[float, bool]], a: float, b: float
) -> None:
    table = Calibration({"type": fitted(calls)})
    low, high = sorted((a, b))
    assert 0 <= table.share("type", low) <= 1
    if calls:
        assert table.share("type", low) <= table.share("type", high) + 1e-9


@given(CALLS)
def test_every_call_is_counted_once_and_shares_rise(calls: list[tuple[float, bool]]) -> None:
    steps = fitted(calls)
    assert sum(s.count for s in steps) == len(calls)
    assert sum(s.right for s in steps) == sum(right for _, right in calls)
    assert all(a.share < b.share for a, b in pairwise(steps))


def test_a_threshold_tells_what_it_costs() -> None:
    table = Calibration({"owner": (Step(0.0, 10, 20), Step(0.8, 95, 100), Step(0.95, 380, 380))})
    strict, mild = table.expectation("owner", 0.99), table.expectation("owner", 0.9)
    assert strict.left == pytest.approx(120 / 500)
    assert mild.left == pytest.approx(20 / 500)
    assert strict.wrong < mild.wrong < mild.wrong_most < 0.05
    assert mild.measured == 500
    assert table.expectation("owner", 1.0).wrong_most == 1.0


def test_what_was_not_measured_keeps_its_confidence() -> None:
    assert Calibration({}).share("type", 0.7) == 0.7


def test_the_kept_table_survives_its_file() -> None:
    table = Calibration({"type": (Step(0.5, 3, 4), Step(0.9, 9, 9))}, "here")
    assert from_plain(json.loads(json.dumps(plain(table)))) == table


def test_the_delivered_table_says_where_it_comes_from_and_lets_sure_titles_file() -> None:
    table = measured()
    assert "seed" in table.origin
    assert set(table.steps) == set(KINDS)
    assert all(sum(s.count for s in steps) >= 100 for steps in table.steps.values())
    assert table.share("type", 0.98) >= 0.97
    assert table.expectation("type", 0.95).wrong <= 0.005
