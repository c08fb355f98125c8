"""Shares in clusters: ten looks by one person are not ten people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from touchstone.science.clustered import Clusters, apart, beyond_chance, clustered_share
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
