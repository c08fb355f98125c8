"""Increments against matches cover the truth, and no one stands out where nothing but chance is at work."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.matched import increment, nearest, outstanding


def test_the_nearest_are_taken_and_who_is_too_far_never():
    distance = np.array([[0.1, 0.4, np.nan, 0.2], [3.0, 2.0, 5.0, np.nan]])
    assert nearest(distance, matches=2, within=1.0).tolist() == [[True, False, False, True], [False] * 4]


def test_an_increment_worked_by_hand():
    treated, control = np.array([True, True, False, True]), np.array([[True, False]] * 4)
    found = increment(treated, control, np.ones((4, 2), bool), np.arange(4), np.arange(8).reshape(4, 2))
    assert (found.treated, found.control, found.value, found.n) == (0.75, 0.5, 0.25, 4)
    # Newcombe's method 10 from Wilson's limits of 3 of 4 (.3006, .9544) and of 4 of 8 (.2152, .7848)
    assert (found.low, found.high) == pytest.approx((-0.2820, 0.6006), abs=2e-4)


def test_nobody_matched_is_no_estimate():
    found = increment(np.array([True]), np.array([[True]]), np.array([[False]]), np.array([0]), np.array([[1]]))
    assert np.isnan(found.value)
    assert found.n == 0


def test_the_interval_of_an_increment_covers_the_truth():
    random = np.random.default_rng(3)
    covered = 0
    for _ in range(300):
        base = random.random(120) * 0.5
        treated = random.random(120) < base + 0.1
        control = random.random((120, 5)) < base[:, None]
        found = increment(treated, control, np.ones((120, 5), bool), np.arange(120), np.arange(600).reshape(120, 5))
        covered += found.low <= 0.1 <= found.high
    assert covered / 300 >= 0.93


def test_chance_alone_names_someone_in_few_of_many_worlds():
    random = np.random.default_rng(4)
    worlds = 0
    for _ in range(400):
        n = random.integers(1, 12, 150)
        worlds += outstanding(random.binomial(n, 0.2), n, alpha=0.05).any()
    assert worlds / 400 <= 0.05


def test_who_does_far_more_is_named_and_a_single_hit_never_is():
    n = np.array([10, 1, *[10] * 50, 0])
    hits = np.array([9, 1, *[1] * 50, 0])
    assert np.flatnonzero(outstanding(hits, n, alpha=0.05)).tolist() == [0]
    assert not outstanding(np.array([1, 0, 0]), np.array([2, 900, 900]), alpha=0.05).any()
    assert not outstanding(np.zeros(0, np.int64), np.zeros(0, np.int64), alpha=0.05).any()
