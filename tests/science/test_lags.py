"""Lags: what follows what, and when; trends, autocorrelation and the choice of lag find nothing in nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from touchstone.science.lags import follow

SEEDS, WEEKS = 1000, 104


def carried(seed: int, kept: float, shape: tuple[int, int] = (SEEDS, WEEKS)) -> Any:
    """Standard normal series that carry on from period to period."""
    series = np.random.default_rng(seed).standard_normal(shape)
    for at in range(1, shape[1]):
        series[:, at] = kept * series[:, at - 1] + np.sqrt(1 - kept**2) * series[:, at]
    return series


def followed(slope: float, *, lag: int = 2, kept: float = 0.4) -> Any:
    """1000 pairs of series, of which the outside moves by `slope` when the inside did `lag` weeks before."""
    inside, outside = carried(1, 0.7), carried(2, kept)
    outside[:, lag:] += slope * inside[:, : WEEKS - lag]
    return follow(inside, outside)


@pytest.mark.parametrize("kept", [0.0, 0.4, 0.8])
def test_nothing_is_found_where_nothing_is(kept: float) -> None:
    found = follow(carried(3, 0.7), carried(4, kept))
    assert (found.probability <= 0.05).mean() <= 0.05


def test_trends_they_share_are_no_finding() -> None:
    trend = np.linspace(0, 5, WEEKS)
    found = follow(carried(5, 0.3) + trend, carried(6, 0.3) - trend)
    assert (found.probability <= 0.05).mean() <= 0.05


def test_the_lag_and_the_slope_are_found_within_their_limits() -> None:
    found = followed(0.6)
    assert (found.lag == 2).mean() >= 0.95
    true = 0.6 * found.deviation  # the slope is told per standard deviation of the inside
    held = (found.best("low") <= true) & (true <= found.best("high"))
    assert held.mean() >= 0.93
    assert (found.probability <= 0.05).mean() >= 0.9


def test_twice_the_gap_is_twice_the_figure() -> None:
    one, two = (float(np.median(followed(slope).best("slope"))) for slope in (0.5, 1.0))
    assert two / one == pytest.approx(2, rel=0.2)


def test_a_line_without_noise_of_its_own_is_least_squares() -> None:
    """Without autocorrelation, gaps or lags it is ordinary least squares with a trend, by hand."""
    inside, outside = carried(7, 0.0, (1, 40)), carried(8, 0.0, (1, 40))
    outside = outside - 0.5 * np.pad(outside[:, :-1], ((0, 0), (1, 0)))  # noise that turns back is not carried on
    found = follow(inside, outside, lags=0)
    design = np.stack([np.ones(40), np.linspace(-1, 1, 40), inside[0]], axis=1)
    by_hand = np.linalg.lstsq(design, outside[0], rcond=None)[0][2]
    assert found.best("slope")[0] == pytest.approx(by_hand * found.deviation[0])


def test_gaps_are_left_out_and_weights_count() -> None:
    inside, outside = carried(9, 0.5), carried(10, 0.0)
    outside[:, 1:] += inside[:, :-1]
    outside[:, ::7] = np.nan
    weight = np.ones_like(outside)
    outside[:, 3::7] += 50 * carried(11, 0.0)[:, 3::7]
    weight[:, 3::7] = 1e-6
    found = follow(inside, outside, weight=weight)
    assert (found.lag == 1).mean() > 0.95
    assert found.n.max() < WEEKS * 6 / 7 + 1


def test_too_few_periods_and_constants_have_no_estimate() -> None:
    short = follow(carried(1, 0.2, (3, 22)), carried(2, 0.2, (3, 22)))  # four of 22 are lost to lags
    flat = follow(np.ones((1, 60)), carried(1, 0.2, (1, 60)))
    empty = follow(np.zeros((1, 0)), np.zeros((1, 0)))
    for found in (short, flat, empty):
        assert (found.lag == -1).all()
        assert np.isnan(found.probability).all()
        assert np.isnan(found.best("slope")).all()


def test_what_does_not_fit_together_is_told() -> None:
    with pytest.raises(ValueError, match="same pairs"):
        follow(np.zeros((2, 30)), np.zeros((3, 30)))
