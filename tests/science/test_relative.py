"""How many times as often: ratios of shares within their limits."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.relative import relative


def test_a_textbook_ratio() -> None:
    """Aspirin and heart attacks (Agresti 2002, table 2.3): 1.82 (1.43 to 2.31), there without the half hit."""
    found = relative(189, 11034, 104, 11037)
    assert (found.value, found.low, found.high) == pytest.approx((1.82, 1.43, 2.31), abs=0.015)


@pytest.mark.parametrize(("one", "other"), [(0.3, 0.3), (0.3, 0.15)])
def test_the_true_ratio_lies_within_its_limits(one: float, other: float) -> None:
    chance = np.random.default_rng(1)
    found = relative(chance.binomial(60, one, 4000), 60, chance.binomial(90, other, 4000), 90)
    assert ((found.low <= one / other) & (found.high >= one / other)).mean() >= 0.94
    if one == other:
        assert (found.probability <= 0.05).mean() <= 0.055


def test_none_has_limits_and_nobody_has_none() -> None:
    found = relative([0, 1], [10, 0], [5, 1], [10, 4])
    assert 0 < found.low[0] < found.value[0] < 1
    assert np.isnan(found.value[1])
    assert np.isnan(found.probability[1])
