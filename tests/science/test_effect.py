"""Effects of fixes: found where they are, not found where they are not, and honest about how small one may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from touchstone.science.effect import compare, moved, slopes, synthetic

UNITS, PERIODS, START = 60, 18, 9
AFTER = np.arange(PERIODS) >= START


def world(seed: int, *, treated: int = 12, lift: float = 0.0, drift: float = 0.0) -> tuple[Any, Any, Any]:
    """Dealers with levels of their own and shocks that all share; some are lifted from the start on."""
    chance = np.random.default_rng(seed)
    n = chance.poisson(20, (UNITS, PERIODS))
    mean = 7 + chance.normal(0, 0.4, (UNITS, 1)) + chance.normal(0, 0.2, PERIODS) + chance.normal(0, 0.1, n.shape)
    mean = mean + chance.normal(0, 1.5, n.shape) / np.sqrt(np.maximum(n, 1))
    got = np.zeros(UNITS, bool)
    got[chance.choice(UNITS, treated, replace=False)] = True
    mean[got] += lift * AFTER + drift * np.arange(PERIODS)
    return np.where(n > 0, mean, np.nan), n, got


def told(seed: int, **planted: Any) -> Any:
    mean, n, got = world(seed, **planted)
    moves = moved(mean, n, got, AFTER, ~AFTER)
    return compare(moves[got], moves[~got], seed=seed)


def test_two_units_and_two_periods_are_reckoned_by_hand() -> None:
    mean = np.array([[5.0, 8.0], [4.0, 5.0], [6.0, 7.0], [2.0, 3.0]])
    moves = moved(
        mean, np.ones((4, 2)), np.array([True, False, False, False]), np.array([False, True]), np.array([True, False])
    )
    assert compare(moves[:1], moves[1:], seed=1).value == pytest.approx((8 - 5) - 1)


def test_a_shock_that_all_units_share_is_no_effect_even_where_some_have_gaps() -> None:
    mean, n, got = world(1)
    shock = np.where(np.arange(PERIODS) % 3 == 0, 5.0, 0.0)
    n[got, 3] = 0
    moves = moved(mean, n, got, AFTER, ~AFTER)
    assert moved(mean + shock, n, got, AFTER, ~AFTER) == pytest.approx(moves)


def test_where_nothing_was_fixed_5_in_100_are_called_real_at_most() -> None:
    """200 seeds; three deviations of the count are allowed."""
    called = sum(told(seed).probability <= 0.05 for seed in range(200))
    assert called <= 10 + 3 * np.sqrt(200 * 0.05 * 0.95)


@pytest.mark.parametrize(("treated", "least"), [(12, 0.93), (1, 0.9)])
def test_a_planted_fix_lies_within_its_interval(treated: int, least: float) -> None:
    found = [told(seed, treated=treated, lift=0.3) for seed in range(200)]
    assert np.mean([each.low <= 0.3 <= each.high for each in found]) >= least
    assert np.mean([each.value for each in found]) == pytest.approx(0.3, abs=0.03)


def test_the_smallest_effect_told_beforehand_is_found_four_times_in_five() -> None:
    smallest = np.median([told(seed).smallest() for seed in range(40)])
    found = [told(seed, lift=float(smallest)).probability <= 0.05 for seed in range(150)]
    assert 0.7 <= np.mean(found) <= 0.9


def test_twice_the_fix_is_twice_the_effect() -> None:
    assert told(3, lift=0.8).value - told(3).value == pytest.approx(2 * (told(3, lift=0.4).value - told(3).value))


def test_units_that_rose_before_already_are_seen_by_their_slopes() -> None:
    mean, n, got = world(5, drift=0.1)
    rise = slopes(mean, n, got, ~AFTER)
    assert compare(rise[got], rise[~got], seed=5).low > 0


@pytest.mark.parametrize(("some", "rest"), [([], [1, 2, 3]), ([1.0], [1, 2]), ([np.nan], [1, 2, 3])])
def test_too_few_units_give_no_estimate(some: list[float], rest: list[float]) -> None:
    assert np.isnan(compare(some, rest, seed=1).value)


def test_a_unit_that_is_a_mix_of_others_is_matched_and_its_fix_found() -> None:
    """What a synthetic control must find exactly: unit 0 runs as half of unit 1 and half of unit 2, lifted by 2."""
    chance = np.random.default_rng(8)
    mean = 50 + chance.normal(0, 3, (20, 30)).cumsum(axis=1)
    after = np.arange(30) >= 20
    mean[0] = 10 + (mean[1] + mean[2]) / 2 + 2.0 * after
    got = np.arange(20) == 0
    found, mix = synthetic(mean, got, after, ~after, seed=1)
    assert found.value == pytest.approx(2.0, abs=0.4)
    assert mix[[1, 2]].sum() > 0.9
    assert mix.sum() == pytest.approx(1.0, abs=1e-3)
    assert mix.min() >= 0
    assert found.probability <= 0.1  # no other of 19 units moves so far for how well it is matched


def test_placebo_fixes_of_a_synthetic_control_are_called_real_5_in_100_at_most() -> None:
    called = 0
    for seed in range(30):
        mean, _, got = world(seed, treated=6)
        called += synthetic(mean, got, AFTER, ~AFTER, seed=seed)[0].probability <= 0.05
    assert called <= 5


def test_too_few_whole_units_give_no_synthetic_control() -> None:
    mean = np.full((5, 4), np.nan)
    found, mix = synthetic(mean, np.arange(5) == 0, np.arange(4) > 1, np.arange(4) <= 1, seed=1)
    assert np.isnan(found.value)
    assert mix.sum() == 0
