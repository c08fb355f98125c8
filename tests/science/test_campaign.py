"""Stretches crowded with better scores are found to the day; crowds, seasons and trends without them are not."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.campaign import campaigns

DAYS = 365
GENUINE, BOUGHT = (0.05, 0.04, 0.07, 0.18, 0.66), (0.01, 0.01, 0.03, 0.13, 0.82)  # means 4.36 and 4.74


def found(
    rate: np.ndarray, crowd: np.ndarray, *, bought: tuple[float, ...] = BOUGHT, seed: int = 1
) -> list[tuple[int, int]]:
    """Campaigns in a year in which customers come at `rate` a day and are joined by `crowd` a day."""
    chance = np.random.default_rng(seed)
    sums = np.zeros((3, DAYS))
    for mood, amount in ((GENUINE, rate), (bought, crowd)):
        counts = np.array([chance.multinomial(n, mood) for n in chance.poisson(amount)])
        sums += np.array([counts @ np.arange(1.0, 6.0) ** power for power in range(3)])
    return campaigns(*sums, longest=120)


def during(first: int, stop: int, amount: float) -> np.ndarray:
    crowd = np.zeros(DAYS)
    crowd[first:stop] = amount
    return crowd


@pytest.mark.parametrize(("first", "stop"), [(150, 192), (0, 40), (330, 365), (100, 107)])
def test_a_campaign_is_found_to_the_day(first: int, stop: int) -> None:
    (stretch,) = found(np.full(DAYS, 4.0), during(first, stop, 14.0))
    assert stretch == pytest.approx((first, stop - 1), abs=2)


def test_two_campaigns_are_two() -> None:
    crowd = during(50, 80, 14.0) + during(250, 270, 20.0)
    assert [round(first, -1) for first, _ in found(np.full(DAYS, 4.0), crowd)] == [50, 250]


@pytest.mark.parametrize("seed", range(8))
def test_even_series_weekends_and_growth_are_none(seed: int) -> None:
    weekends = np.where(np.arange(DAYS) % 7 >= 5, 8.0, 4.0)
    for rate in (np.full(DAYS, 4.0), weekends, np.linspace(2, 8, DAYS)):
        assert found(rate, np.zeros(DAYS), seed=seed) == []


def test_a_crowd_that_is_no_better_pleased_is_hardly_ever_one() -> None:
    called = [bool(found(np.full(DAYS, 4.0), during(150, 192, 14.0), bought=GENUINE, seed=seed)) for seed in range(40)]
    assert sum(called) <= 5


@pytest.mark.parametrize("n", [[], [1.0], [0.0, 0.0, 0.0], [5.0] * 10])
def test_nothing_comes_of_too_little(n: list[float]) -> None:
    assert campaigns(n, n, n, longest=5) == []
