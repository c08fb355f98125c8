"""What falls as chance lets it is even; what falls on one group is as uneven as can be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from touchstone.science.spread import unevenness


def test_the_share_is_pearsons_statistic_less_its_degrees_of_freedom_by_count():
    counts, expected = np.array([20.0, 30.0, 50.0]), np.array([40.0, 30.0, 30.0])
    found = unevenness(counts, expected)
    assert found.share == pytest.approx((chisquare(counts, expected).statistic - 2) / 100)
    assert found.z == pytest.approx(
        (chisquare(counts, expected).statistic - 2) / np.sqrt(4 + (100 * (1 / 40 + 2 / 30) - 13) / 100)
    )


def test_all_on_one_of_four_alike_is_nearly_three():
    assert unevenness([400, 0, 0, 0], [100] * 4).share == pytest.approx(3, abs=0.01)


def test_by_chance_z_has_mean_nothing_and_deviation_one_even_where_little_is_expected():
    chance = np.random.default_rng(5)
    likely = np.array([0.9, 0.05, 0.03, 0.02])
    drawn = [unevenness(chance.multinomial(40, likely), 40 * likely).z for _ in range(20_000)]
    assert abs(np.mean(drawn)) < 0.04
    assert abs(np.std(drawn) - 1) < 0.06


@pytest.mark.parametrize(("counts", "expected"), [([], []), ([5], [5]), ([0, 0], [1, 1]), ([4, 0], [4, 0])])
def test_where_nothing_can_be_uneven_nothing_is(counts: list[float], expected: list[float]):
    assert unevenness(counts, expected).z == 0


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        unevenness([-1, 2], [1, 1])
