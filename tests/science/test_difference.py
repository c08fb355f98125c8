"""Differences: coverage, and how many looks may fool us."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.science.difference import difference, holm
from touchstone.science.interval import share_interval, table_interval


def test_newcombes_example_has_its_known_limits() -> None:
    found = difference(share_interval([56], [70]), share_interval([48], [80]))  # Newcombe 1998, method 10
    assert found.value[0] == pytest.approx(0.2)
    assert (found.low[0], found.high[0]) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_the_difference_of_two_scores_covers() -> None:
    random = np.random.default_rng(7)
    shares = np.array([0.7, 0.2, 0.1])
    for n, m in ((5, 8), (20, 30), (100, 50)):
        one = table_interval(random.multinomial(n, shares, 4000), [1, 0, -1])
        two = table_interval(random.multinomial(m, shares[[1, 0, 2]], 4000), [1, 0, -1])
        found = difference(two, one)
        assert 0.935 <= ((found.low <= -0.5) & (found.high >= -0.5)).mean() <= 0.995


def test_no_answers_on_one_side_is_no_difference() -> None:
    found = difference(table_interval([[0, 0]], [0, 1]), table_interval([[3, 4]], [0, 1]))
    assert np.isnan(found.value[0])
    assert np.isnan(found.probability[0])


@given(st.lists(st.integers(0, 20), min_size=6, max_size=6))
def test_the_probability_is_below_5_percent_just_where_the_interval_leaves_out_nought(counts: list[int]) -> None:
    one, two = np.array(counts).reshape(2, 3)
    found = difference(table_interval([one], [1, 0, -1]), table_interval([two], [1, 0, -1]))
    if one.sum() and two.sum():
        assert found.low[0] <= found.value[0] <= found.high[0]
        outside = found.low[0] > 1e-9 or found.high[0] < -1e-9
        assert outside == (found.probability[0] < 0.05 - 1e-9) or abs(found.probability[0] - 0.05) < 1e-6


def test_holm_gives_its_known_answer_and_passes_over_what_is_not_known() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([np.nan, 0.02])[1] == 0.02
    assert holm([]).size == 0


def test_twenty_looks_at_nothing_seldom_find_something() -> None:
    random = np.random.default_rng(5)
    alarms = [(holm(random.random(20)) <= 0.05).any() for _ in range(2000)]
    assert np.mean(alarms) <= 0.065
