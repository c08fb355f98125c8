"""An alert is worth its name: chance alone raises one seldom, however often a figure is looked at."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from touchstone.rules import alerting

COUNTS = st.integers(1, 10_000_000)


@given(COUNTS, st.integers(1, 1000), st.integers(0, 10))
def test_more_comparisons_and_unwanted_alerts_raise_the_bar(n: int, comparisons: int, raised: int) -> None:
    bar = alerting.widened(n, comparisons=comparisons, raised=raised)
    assert bar >= alerting.widened(n) >= 1
    assert alerting.widened(n, comparisons=comparisons + 1, raised=raised) >= bar
    assert alerting.widened(n, comparisons=comparisons, raised=raised + 1) >= bar


@given(st.floats(-100, 100), st.floats(0, 50), st.floats(0, 50), st.floats(-100, 100), st.floats(1, 9))
def test_a_figure_is_never_beyond_on_both_sides_and_less_often_with_more_doubt(
    value: float, below: float, above: float, threshold: float, stretch: float
) -> None:
    limits = value, value - below, value + above
    sides = [alerting.beyond(*limits, threshold=threshold, above=side, stretch=stretch) for side in (True, False)]
    assert sum(sides) <= 1
    for side, told in zip((True, False), sides, strict=True):
        assert not told or alerting.beyond(*limits, threshold=threshold, above=side)


def test_no_figure_no_alert() -> None:
    assert not alerting.beyond(None, None, None, threshold=0.0, above=True)
    assert not alerting.beyond(float("nan"), 1.0, 2.0, threshold=0.0, above=True)


def test_chance_raises_an_alert_in_few_of_many_series_that_are_looked_at_every_day() -> None:
    chance = np.random.default_rng(7)
    series, looks, each = 400, 200, 20
    answers = chance.normal(0.0, 1.0, (series, looks, each)).sum(axis=2).cumsum(axis=1)
    n = each * np.arange(1, looks + 1)
    plain, told = 1.959964 / np.sqrt(n), np.array([alerting.widened(int(count)) for count in n])
    high = np.abs(answers / n)
    assert (high > plain).any(axis=1).mean() > 0.3  # a plain interval cries wolf
    assert (high > plain * told).any(axis=1).mean() < 0.05
