"""What a threshold is expected to cost."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.threshold import expected

COUNTS = st.dictionaries(st.integers(0, 1000), st.integers(1, 500), max_size=30)


def test_the_figures_are_those_of_a_count_by_hand() -> None:
    found = expected(900, {0: 10, 850: 10, 900: 40, 990: 40})
    assert found.wrong == pytest.approx((100 * 40 + 10 * 40) / 80)
    assert found.waiting == pytest.approx(0.2)
    assert found.read == 100


def test_nothing_read_and_nothing_over_the_threshold_promise_nothing() -> None:
    assert expected(900, {}).wrong is None
    assert expected(900, {}).waiting is None
    assert (expected(900, {800: 3}).wrong, expected(900, {800: 3}).waiting) == (None, 1.0)


@given(COUNTS, st.integers(800, 998))
def test_a_higher_threshold_lets_fewer_wrong_ones_through_and_more_wait(
    counts: Counter[int], at: int
) -> None:
    low, high = expected(at, counts), expected(at + 1, counts)
    if low.waiting is not None and high.waiting is not None:
        assert high.waiting >= low.waiting
    if low.wrong is not None and high.wrong is not None:
        assert high.wrong <= low.wrong + 1e-9
    if low.wrong is not None:
        assert low.wrong <= 1000 - at
