"""Shares in clusters: ten looks by one person are not ten people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from touchstone.science.clustered import Clusters, apart, beyond_chance, clustered_ratio, clustered_share, paired
from touchstone.science.interval import share_interval


def clusters(hits: Any, sizes: Any) -> Clusters:
    """Sums of clusters (groups, clusters)."""
    k, n = np.asarray(hits, float), np.asarray(sizes, float)
    return Clusters(k.sum(1), n.sum(1), (k * k).sum(1), (k * n).sum(1), (n * n).sum(1))


def test_clusters_of_one_are_wilson_s_interval() -> None:
    told = clusters([[1] * 3 + [0] * 7], [[1] * 10])
    found, wilson = clustered_share(told), share_interval([3], [10])
    assert (found.low[0], found.high[0]) == pytest.approx((wilson.low[0], wilson.high[0]))


def test_clusters_that_always_agree_count_once_each() -> None:
    found = clustered_share(clusters([[10, 0, 10, 0, 0]], [[10] * 5]))
    alone = share_interval([2], [5])
    assert found.value[0] == 0.4
    assert (found.low[0], found.high[0]) == pytest.approx((alone.low[0], alone.high[0]))


def drawn(seed: int, share: float, groups: int = 2000) -> Clusters:
    """Sixty people a group, each with a share of their own around `share` and one to ten looks."""
    chance = np.random.default_rng(seed)
    own = chance.beta(6 * share, 6 * (1 - share), (groups, 60))
    sizes = chance.integers(1, 11, (groups, 60))
    return clusters(chance.binomial(sizes, own), sizes)


def test_the_interval_holds_what_is_true() -> None:
    found = clustered_share(drawn(1, 0.3))
    assert ((found.low <= 0.3) & (found.high >= 0.3)).mean() >= 0.93


def test_two_that_are_alike_are_told_apart_in_one_of_twenty() -> None:
    assert (apart(drawn(2, 0.3), drawn(3, 0.3)).probability <= 0.05).mean() <= 0.06


def test_a_difference_lies_within_its_limits() -> None:
    found = apart(drawn(4, 0.5), drawn(5, 0.3))
    assert ((found.low <= 0.2) & (found.high >= 0.2)).mean() >= 0.93


def test_nothing_has_no_share_and_nobody_acting_has_room_for_doubt() -> None:
    found = clustered_share(clusters([[0, 0], [0, 0]], [[0, 0], [5, 5]]))
    assert np.isnan(found.value[0])
    assert (found.value[1], found.low[1]) == (0, 0)
    assert found.high[1] == pytest.approx(share_interval([0], [2]).high[0])


def test_draws_that_chance_decides_are_beyond_it_in_one_of_twenty() -> None:
    chance = np.random.default_rng(6)
    p = chance.choice([0.25, 0.5, 0.75, 1.0], (2000, 80))
    last = chance.random(p.shape) < p
    found = beyond_chance(last.sum(1), p.sum(1), (p * (1 - p)).sum(1), np.full(2000, 80))
    assert (found.probability <= 0.05).mean() <= 0.06
    certain = beyond_chance([5], [5], [0], [5])
    assert np.isnan(certain.value[0])


def test_a_ratio_of_sums_over_clusters_lies_within_its_limits() -> None:
    chance = np.random.default_rng(7)
    sizes = chance.integers(1, 6, (2000, 80))
    deep = chance.poisson(1.5 * sizes * chance.gamma(4, 0.25, sizes.shape))
    found = clustered_ratio(clusters(deep, sizes))
    assert ((found.low <= 1.5) & (found.high >= 1.5)).mean() >= 0.93
    nothing = clustered_ratio(clusters([[0, 0]], [[5, 5]]))
    assert (nothing.value[0], nothing.low[0], nothing.high[0]) == (0, 0, pytest.approx(0.3))


def pairs(seed: int, before: float, after: float) -> Any:
    """The shares of 300 people in which something holds before and after, 2000 times over."""
    chance = np.random.default_rng(seed)
    own = chance.beta(2, 2, (2000, 300))
    sooner, later = (chance.random(own.shape) < own * 2 * share for share in (before, after))
    return paired(sooner.sum(1), later.sum(1), (sooner & later).sum(1), np.full(2000, 300))


def test_pairs_that_do_not_change_are_told_apart_in_one_of_twenty() -> None:
    assert (pairs(8, 0.2, 0.2).probability <= 0.05).mean() <= 0.055


def test_a_change_within_pairs_lies_within_its_limits_and_doubles() -> None:
    one, two = pairs(9, 0.2, 0.3), pairs(10, 0.2, 0.4)
    assert ((one.low <= 0.1) & (one.high >= 0.1)).mean() >= 0.93
    assert two.value.mean() / one.value.mean() == pytest.approx(2, rel=0.05)


def test_agresti_and_min_s_example_of_pairs() -> None:
    """Of 1600 voters (Agresti 2002, section 10.1) 944 approved first, 880 then, 794 both times: -.04, error .0095."""
    found = paired(944, 880, 794, 1600)
    assert found.value == pytest.approx(-0.04)
    assert (found.low, found.high) == pytest.approx((-0.0586, -0.0214), abs=2e-4)
    assert found.probability == pytest.approx(2 * ndtr(-4.17), rel=0.05)  # McNemar's z
