"""Daily rates compared: known answers, and limits that keep their promise when counts scatter more than chance."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.rates import lift

DAYS = (42, 168)


def scattered(seed: int, mean: float, days: int, *, series: int = 400) -> np.ndarray:
    """Daily counts whose variance is about three times their mean."""
    chance = np.random.default_rng(seed)
    return chance.poisson(chance.gamma(mean / 2, 2.0, (series, days)))


def test_twice_the_rate_is_a_lift_of_one() -> None:
    found = lift([[4, 4, 4]], [[2, 2, 2, 2]])
    assert found.value[0] == pytest.approx(1.0)
    assert found.low[0] < 1.0 < found.high[0]


@pytest.mark.parametrize("true", [0.0, 0.5, 2.0])
def test_limits_hold_the_truth_as_often_as_they_say(true: float) -> None:
    found = lift(scattered(1, 6 * (1 + true), DAYS[0]), scattered(2, 6, DAYS[1]))
    held = (found.low <= true) & (true <= found.high)
    assert held.mean() >= 0.93
    assert np.median(found.value) == pytest.approx(true, abs=0.06 * (1 + true))


def test_where_nothing_changed_few_are_called_changed() -> None:
    found = lift(scattered(3, 6, DAYS[0]), scattered(4, 6, DAYS[1]))
    assert (found.probability < 0.05).mean() <= 0.065


def test_probability_and_limits_agree() -> None:
    found = lift(scattered(5, 7, DAYS[0]), scattered(6, 6, DAYS[1]))
    assert ((found.low > 0) | (found.high < 0) == (found.probability < 0.05)).all()


def test_without_days_there_is_no_estimate_and_nothing_counted_still_has_limits() -> None:
    assert np.isnan(lift(np.zeros((2, 0)), np.ones((2, 9))).value).all()
    none = lift(np.zeros((1, 20)), np.ones((1, 40)))
    assert -1 < none.low[0] < none.value[0] < none.high[0] < 0
