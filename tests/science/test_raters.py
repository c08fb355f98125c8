"""Raters of the same things are judged by what the others say of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.science.raters import shifts


def test_a_rater_who_gives_a_tenth_more_is_told_so_by_hand() -> None:
    found = shifts([[0.6, 0.5, 0.5], [0.9, 0.7, np.nan], [0.2, np.nan, np.nan]])
    assert found.interval.value == pytest.approx([(0.1 + 0.2) / 2, (-0.05 - 0.2) / 2, -0.05])
    assert found.interval.n.tolist() == [2, 2, 1]
    assert found.below.tolist() == [0, 1, 1]
    assert found.against[0] == pytest.approx([0.0, 0.15, 0.1])
    assert (found.interval.low[2], found.interval.high[2]) == (-1, 1)
    assert np.isnan(found.probability[2])


def test_raters_who_differ_by_chance_alone_are_called_apart_in_1_of_20() -> None:
    chance, called = np.random.default_rng(1), 0
    for _ in range(200):
        scores = chance.random((40, 1)) * 0.5 + chance.normal(0.25, 0.1, (40, 3))
        called += int((shifts(scores).probability < 0.05).sum())
    assert called / 600 <= 0.07


def test_the_interval_holds_a_shift_in_19_of_20_cases() -> None:
    chance, held = np.random.default_rng(2), 0
    for _ in range(200):
        scores = chance.random((12, 1)) * 0.5 + chance.normal(0.2, 0.1, (12, 2)) + np.array([0.1, 0.0])
        found = shifts(scores).interval
        held += found.low[0] <= 0.1 <= found.high[0]
    assert held >= 0.93 * 200


@given(
    st.lists(
        st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), min_size=3, max_size=3), min_size=1, max_size=12
    )
)
def test_limits_enclose_the_shift_and_a_scale_turned_round_turns_it(scores: list[list[float]]) -> None:
    found, turned = shifts(scores), shifts(1 - np.array(scores))
    told = found.interval.n > 0
    assert (found.interval.low <= found.interval.value)[told].all()
    assert (found.interval.value <= found.interval.high)[told].all()
    assert turned.interval.value[told] == pytest.approx(-found.interval.value[told])
