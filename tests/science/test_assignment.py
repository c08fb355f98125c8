"""The exact assignment against every assignment there is."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.assignment import assigned


def brute(score: np.ndarray, capacity: np.ndarray) -> float | None:
    """The greatest total over every way to assign; None where there is none."""
    best = None
    for way in product(range(score.shape[1]), repeat=score.shape[0]):
        total = score[np.arange(score.shape[0]), way].sum()
        if (np.bincount(way, minlength=score.shape[1]) <= capacity).all() and not np.isnan(total):
            best = total if best is None else max(best, total)
    return best


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4))
def test_it_is_the_best_of_all_there_are(seed: int, rows: int, columns: int) -> None:
    random = np.random.default_rng(seed)
    score = np.where(
        random.random((rows, columns)) < 0.2, np.nan, random.integers(-5, 9, (rows, columns)).astype(float)
    )
    capacity = random.integers(0, 4, columns)
    found, best = assigned(score, capacity), brute(score, capacity)
    if best is None:
        assert isinstance(found, int)
        assert 0 <= found < rows
    else:
        assert not isinstance(found, int)
        assert (np.bincount(found, minlength=columns) <= capacity).all()
        assert score[np.arange(rows), found].sum() == best


def test_eight_hundred_find_their_place_at_once() -> None:
    # like the instances of OR-Library: costs of 1 to 100; each row has its one cost of 0 in a place of its own
    random = np.random.default_rng(8)
    cost, own = random.integers(1, 101, (800, 800)).astype(float), random.permutation(800)
    cost[np.arange(800), own] = 0
    assert (assigned(-cost, np.ones(800, np.int64)) == own).all()


def test_capacity_beyond_all_rows_costs_nothing() -> None:
    assert assigned(np.array([[1.0, 2.0]] * 3), np.array([5, 2**31])).tolist() == [1, 1, 1]  # type: ignore[union-attr]  # it is no count
    assert assigned(np.zeros((2, 0)), np.zeros(0, np.int64)) == 0
