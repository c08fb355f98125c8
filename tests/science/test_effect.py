"""Effects of fixes: found where they are, not found where they are not, and honest about how small one may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from touchstone.science.effect import compare, moved, slopes, synthetic

UNITS, PERIODS, START, NOISE = 60, 18, 9, 1.5
AFTER = np.arange(PERIODS) >= START


def world(
    seed: int, *, treated: int = 12, units: int = UNITS, uneven: float = 0.0, lift: float = 0.0, drift: float = 0.0
) -> tuple[Any, Any, Any]:
    """Dealers with levels and drifts of their own and shocks that all share; some are lifted from the start on."""
    chance = np.random.default_rng(seed)
    n = chance.poisson(20 * np.exp(chance.normal(0, uneven, (units, 1))), (units, PERIODS))
    mean = 7 + chance.normal(0, 0.4, (units, 1)) + chance.normal(0, 0.2, PERIODS) + chance.normal(0, 0.1, n.shape)
    mean += chance.normal(0, 0.15 if uneven else 0.0, (units, 1)) * AFTER
    mean = mean + chance.normal(0, NOISE, n.shape) / np.sqrt(np.maximum(n, 1))
    got = np.zeros(units, bool)
    got[chance.choice(units, treated, replace=False)] = True
    mean[got] += lift * AFTER + drift * np.arange(PERIODS)
    return np.where(n > 0, mean, np.nan), n, got


def told(seed: int, **planted: Any) -> Any:
    mean, n, got = world(seed, **planted)
    moves = moved(mean, n, got, AFTER, ~AFTER)
    return compare(moves.value, NOISE**2 * moves.thin, got, seed=seed)


def test_two_units_and_two_periods_are_reckoned_by_hand() -> None:
    mean = np.array([[5.0, 8.0], [4.0, 5.0], [6.0, 7.0], [2.0, 3.0]])
    moves = moved(
        mean, np.ones((4, 2)), np.array([True, False, False, False]), np.array([False, True]), np.array([True, False])
    )
    assert moves.thin == pytest.approx([2.0] * 4)
    assert compare(moves.value, 0 * moves.thin, np.arange(4) == 0, seed=1).value == pytest.approx((8 - 5) - 1)


def test_a_shock_that_all_units_share_is_no_effect_even_where_some_have_gaps() -> None:
    mean, n, got = world(1)
    shock = np.where(np.arange(PERIODS) % 3 == 0, 5.0, 0.0)
    n[got, 3] = 0
    moves = moved(mean, n, got, AFTER, ~AFTER)
    assert moved(mean + shock, n, got, AFTER, ~AFTER).value == pytest.approx(moves.value)


@pytest.mark.parametrize(("treated", "units", "uneven"), [(12, 60, 0.0), (3, 60, 0.0), (1, 60, 0.9)])
def test_where_nothing_was_fixed_little_is_called_real_and_nought_lies_within_the_limits(
    treated: int, units: int, uneven: float
) -> None:
    """200 seeds (1,000 in `make bench`); two deviations of the count are allowed. A lift is added as it is."""
    found = [told(seed, treated=treated, units=units, uneven=uneven) for seed in range(200)]
    assert np.mean([each.probability <= 0.05 for each in found]) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)
    assert np.mean([each.low <= 0 <= each.high for each in found]) >= 0.93
    lifted = told(3, treated=treated, units=units, uneven=uneven, lift=0.3)
    assert lifted.value - found[3].value == pytest.approx(0.3)
    assert lifted.error == pytest.approx(found[3].error)


def test_units_weigh_by_their_answers_where_answers_are_what_is_uncertain() -> None:
    """Of two dealers that got it, the one with 100 times the answers tells nearly all."""
    others = np.array([-0.1, 0.1, 0.0, 0.05, -0.05, 0.0])
    moves, noise = np.array([1.0, 5.0, *others]), np.array([0.01, 1.0, *np.full(6, 0.01)])
    assert compare(moves, noise, np.arange(8) < 2, seed=1).value == pytest.approx((100 * 1 + 1 * 5) / 101, abs=1e-6)
    even = compare(moves, np.zeros(8), np.arange(8) < 2, seed=1)
    assert even.value == pytest.approx(3.0)


def test_weighted_means_and_spread_are_those_of_hartung_and_knapp() -> None:
    """By hand: four dealers against four, of known variances 1, 1, 2, 2, no spread beyond them."""
    noise = np.array([1.0, 1.0, 2.0, 2.0] * 2)
    moves = np.array([1.0, 2.0, 3.0, 2.0, 0.1, -0.1, 0.2, -0.2])
    weight = 1 / noise[:4]
    mean = weight @ moves[:4] / weight.sum()
    parts = [weight @ (moves[:4] - mean) ** 2 / 3 / weight.sum(), weight @ moves[4:] ** 2 / 3 / weight.sum()]
    found = compare(moves, noise, np.arange(8) < 4, seed=1)
    assert found.value == pytest.approx(mean)
    assert found.error == pytest.approx(np.sqrt(sum(parts)))
    assert found.freedom == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 3 + parts[1] ** 2 / 3))


def test_the_smallest_effect_told_beforehand_is_found_four_times_in_five() -> None:
    smallest = np.median([told(seed).smallest() for seed in range(40)])
    found = [told(seed, lift=float(smallest)).probability <= 0.05 for seed in range(150)]
    assert 0.7 <= np.mean(found) <= 0.9


def test_twice_the_fix_is_twice_the_effect() -> None:
    assert told(3, lift=0.8).value - told(3).value == pytest.approx(2 * (told(3, lift=0.4).value - told(3).value))


def test_units_that_rose_before_already_are_seen_by_their_slopes() -> None:
    mean, n, got = world(5, drift=0.1)
    rise = slopes(mean, n, got, ~AFTER)
    assert compare(rise.value, NOISE**2 * rise.thin, got, seed=5).low > 0


@pytest.mark.parametrize(("moves", "treated"), [([1, 2, 3], 0), ([1, 1, 2], 1), ([np.nan, 1, 2, 3], 1)])
def test_too_few_units_give_no_estimate(moves: list[float], treated: int) -> None:
    assert np.isnan(compare(moves, np.zeros(len(moves)), np.arange(len(moves)) < treated, seed=1).value)


def test_one_dealer_among_twelve_is_never_told_from_chance() -> None:
    """By lot it is one of twelve, however far it moved."""
    moves = np.concatenate([[100.0], np.linspace(-0.1, 0.1, 11)])
    found = compare(moves, np.zeros(12), np.arange(12) < 1, seed=1)
    assert found.probability == pytest.approx(1 / 12, abs=0.02)
    assert found.low < 0  # what lots cannot tell limits do not claim


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
