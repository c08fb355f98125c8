"""Words of two sides: Monroe's log-odds to the digit, few false finds, the planted gap within its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.science.words import discoveries, log_odds, together

counts = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=2, max_size=30)


def test_the_log_odds_are_those_of_monroe_s_formula() -> None:
    found = log_odds([30, 70], [10, 90], prior=0.1)  # prior counts: 10 % of 100 words, shared 40 : 160
    one, two = np.log(32 / 78), np.log(12 / 98)
    assert found.value[0] == pytest.approx(one - two)
    assert found.z[0] == pytest.approx((one - two) / np.sqrt(1 / 32 + 1 / 12))
    assert found.low[0] == pytest.approx(one - two - 1.959964 * np.sqrt(1 / 32 + 1 / 12))


def test_the_probability_is_the_binomial_s() -> None:
    found = log_odds([9, 100], [1, 108])  # both sides say as many words: 10 tosses of a coin, 9 heads
    assert found.probability[0] == pytest.approx(2 * 11 / 2**10)


def test_counts_of_the_same_people_are_worth_fewer_and_the_value_stays() -> None:
    worth = together([40, 40, 0], [40, 1600, 0])  # forty people once each, one person forty times, nobody
    assert worth.tolist() == [1, 40, 1]
    plain, held = log_odds([40, 60], [2, 98]), log_odds([40, 60], [2, 98], together=([4, 1], [1, 1]))
    assert held.value.tolist() == plain.value.tolist()
    assert held.high[0] - held.low[0] > plain.high[0] - plain.low[0]
    assert held.probability[0] > plain.probability[0]
    assert held.probability[1] == plain.probability[1]


@given(counts)
def test_the_other_way_round_is_the_same_with_its_sign_turned(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    here, there = log_odds(first, second), log_odds(second, first)
    assert np.allclose(here.value, -there.value, equal_nan=True)
    assert np.allclose(here.low, -there.high, equal_nan=True)
    assert np.allclose(here.probability, there.probability, equal_nan=True)


def test_a_side_that_is_silent_can_not_be_compared() -> None:
    found = log_odds([3, 4], [0, 0])
    assert np.isnan(found.value).all()
    assert np.isnan(found.probability).all()
    with pytest.raises(ValueError, match="negative"):
        log_odds([-1], [2])


def zipf(words: int = 300) -> np.ndarray:
    return 1 / np.arange(3, words + 3)


def sides(seed: int, gap: float, *, sizes: tuple[int, int] = (6_000, 4_000)) -> tuple[np.ndarray, np.ndarray]:
    """Counts of 300 words on two sides; the first side says word 5 exp(gap) times as readily."""
    chance, weight = np.random.default_rng(seed), zipf()
    turned = weight.copy()
    turned[5] *= np.exp(gap)
    one, two = (chance.multinomial(n, w / w.sum()) for n, w in zip(sizes, (turned, weight), strict=True))
    return one, two


def true_gap(gap: float) -> float:
    weight = zipf()
    rest = weight.sum() - weight[5]
    return float(np.log(weight[5] * np.exp(gap) / rest) - np.log(weight[5] / rest))


def test_where_both_sides_speak_alike_hardly_anything_is_found() -> None:
    finds = [(discoveries(log_odds(*sides(seed, 0.0)).probability) <= 0.05).any() for seed in range(200)]
    assert np.mean(finds) <= 0.05


def test_the_planted_gap_lies_within_its_limits() -> None:
    found = [log_odds(*sides(seed, 0.5)) for seed in range(200)]
    held = [each.low[5] <= true_gap(0.5) <= each.high[5] for each in found]
    assert np.mean(held) >= 0.93


def test_twice_the_gap_is_twice_the_figure() -> None:
    one, two = (np.mean([log_odds(*sides(seed, gap)).value[5] for seed in range(40)]) for gap in (0.5, 1.0))
    assert two / one == pytest.approx(2, rel=0.2)


def test_discoveries_are_benjamini_and_hochberg_s() -> None:
    given_ones = [0.01, 0.04, 0.03, np.nan, 0.005]
    assert discoveries(given_ones) == pytest.approx([0.02, 0.04, 0.04, np.nan, 0.02], nan_ok=True)
    assert discoveries([]).size == 0
