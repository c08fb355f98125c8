"""Intervals hold their promise: exactly counted coverage, known limits, and laws over any counts."""

from __future__ import annotations

import time
from math import lgamma

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from touchstone.science.interval import count_interval, mean_interval, share_interval, table_interval

MOODS = [(0.5, 0.3, 0.2), (0.75, 0.2, 0.05), (0.9, 0.08, 0.02)]


def outcomes(n: int, classes: int) -> np.ndarray:
    """Every way n answers can fall."""
    if classes == 1:
        return np.array([[n]])
    parts = [(first, outcomes(n - first, classes - 1)) for first in range(n + 1)]
    return np.vstack([np.hstack([np.full((len(rest), 1), first), rest]) for first, rest in parts])


def chances(table: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    logs = np.array([lgamma(each + 1) for each in range(int(table[0].sum()) + 1)])
    return np.exp(logs[-1] - logs[table].sum(axis=1) + (table * np.log(shares)).sum(axis=1))


def coverage_and_width(n: int, shares: tuple[float, ...], scores: list[float]) -> tuple[float, float]:
    table = outcomes(n, len(shares))
    interval, weight = table_interval(table, scores), chances(table, shares)
    truth = float(np.dot(shares, scores))
    held = (interval.low <= truth + 1e-12) & (truth <= interval.high + 1e-12)
    return float(weight @ held), float(weight @ (interval.high - interval.low))


@pytest.mark.parametrize("n", [5, 10, 20, 50])
@pytest.mark.parametrize("shares", MOODS)
def test_nps_covers_94_percent_in_every_cell_and_is_hardly_wider_than_adjusted_wald(
    n: int, shares: tuple[float, ...]
) -> None:
    covered, width = coverage_and_width(n, shares, [1, 0, -1])
    table = outcomes(n, 3)
    up, down = (table[:, 0] + 0.75) / (n + 3), (table[:, 2] + 0.75) / (n + 3)
    half = 1.96 * np.sqrt((up + down - (up - down) ** 2) / (n + 3))
    adjusted = np.fmin(up - down + half, 1) - np.fmax(up - down - half, -1)
    assert covered >= 0.94
    assert width <= 1.1 * float(chances(table, shares) @ adjusted)


@pytest.mark.parametrize("n", [3, 5, 10])
@pytest.mark.parametrize(
    "shares", [(0.02, 0.03, 0.1, 0.3, 0.55), (0.1, 0.2, 0.4, 0.2, 0.1), (0.01, 0.02, 0.02, 0.15, 0.8)]
)
def test_a_mean_of_five_stars_covers_at_every_size(n: int, shares: tuple[float, ...]) -> None:
    assert coverage_and_width(n, shares, [1, 2, 3, 4, 5])[0] >= 0.94


def test_on_two_scores_it_is_wilsons_interval() -> None:
    hits, n = np.array([0, 1, 3, 7, 10]), np.array([10, 10, 10, 10, 10])
    wilson = share_interval(hits, n)
    ours = table_interval(np.column_stack([n - hits, hits]), [0, 1])
    assert ours.low == pytest.approx(wilson.low, abs=1e-9)
    assert ours.high == pytest.approx(wilson.high, abs=1e-9)


def test_limits_stay_exact_where_groups_of_one_answer_stand_beside_groups_of_a_thousand_million() -> None:
    n = np.array([1, 2, 7, 1e3, 1e6, 1e9])
    hits = np.array([1, 0, 3, 1, 999_999, 5e8])
    found = mean_interval(
        np.arange(6).repeat(2), [0, 1] * 6, np.stack([n - hits, hits], axis=1).ravel(), worst=0, best=1
    )
    exact = share_interval(hits, n)
    np.testing.assert_allclose(found.low, exact.low, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.high, exact.high, rtol=0, atol=1e-12)


def test_wilsons_interval_has_its_known_limits() -> None:
    found = share_interval([7], [10])
    assert (found.low[0], found.high[0]) == pytest.approx((0.3967781, 0.8922087), abs=1e-6)


def test_the_limits_solve_the_score_equation() -> None:
    counts, scores = np.array([2.0, 1, 0, 4, 3]), np.arange(1.0, 6)
    found = table_interval([counts], scores)
    mean = counts @ scores / 10
    for limit in (found.low[0], found.high[0]):
        beyond = _likeliest(counts, scores, limit)
        assert beyond @ scores == pytest.approx(limit, abs=1e-7)
        variance = beyond @ scores**2 - limit**2
        assert 10 * (limit - mean) ** 2 / variance == pytest.approx(1.959964**2, rel=1e-5)


def _likeliest(counts: np.ndarray, scores: np.ndarray, mean: float) -> np.ndarray:
    """The likeliest shares of given mean, by a solver that knows nothing of the path we walk."""
    from scipy.optimize import minimize

    found = minimize(
        lambda shares: -float(counts @ np.log(np.fmax(shares, 1e-300))), np.full(5, 0.2), method="SLSQP",
        bounds=[(1e-12, 1)] * 5, options={"ftol": 1e-15, "maxiter": 1000},
        constraints=[{"type": "eq", "fun": lambda shares: shares.sum() - 1},
                     {"type": "eq", "fun": lambda shares: shares @ scores - mean}],
    )  # fmt: skip
    return np.asarray(found.x)


def test_answers_nobody_gave_leave_room_for_doubt() -> None:
    found = table_interval([[0, 0, 0, 0, 3]], [1, 2, 3, 4, 5])
    assert found.value[0] == found.high[0] == 5
    assert found.low[0] < 3.5


def test_a_group_without_answers_has_no_value_and_the_whole_scale() -> None:
    found = table_interval([[0, 0, 0], [1, 0, 0]], [-1, 0, 1])
    assert np.isnan(found.value[0])
    assert (found.low[0], found.high[0]) == (-1, 1)


def test_a_scale_whose_best_is_below_mirrors() -> None:
    forth = mean_interval([0, 0], [1, 2], [3, 4], worst=1, best=6)
    back = mean_interval([0, 0], [1, 2], [3, 4], worst=6, best=1)
    assert (forth.low[0], forth.high[0]) == (back.low[0], back.high[0])


@pytest.mark.parametrize(("value", "count"), [(7, 1), (0, 1), (3, -1), (3, np.nan)])
def test_a_value_off_its_scale_or_a_broken_count_is_an_error(value: float, count: float) -> None:
    with pytest.raises(ValueError, match=r"scale|counts"):
        mean_interval([0], [value], [count], worst=1, best=5)


def test_more_hits_than_answers_are_an_error() -> None:
    with pytest.raises(ValueError, match="between"):
        share_interval([3], [2])
    with pytest.raises(ValueError, match="never negative"):
        count_interval([-1])


def test_a_count_has_garwoods_exact_limits() -> None:
    found = count_interval([0, 10])
    assert found.low == pytest.approx([0, 4.795389], abs=1e-5)
    assert found.high == pytest.approx([3.688879, 18.390356], abs=1e-5)


@given(st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=1, max_size=5), st.floats(0.1, 50))
@example([[0, 5, 0, 0]], 0.1)
def test_limits_enclose_the_mean_whatever_the_counts_and_the_scale(counts: list[list[int]], step: float) -> None:
    scores = step * np.array([-1.0, 0.0, 2.0, 3.0])
    found = table_interval(counts, scores)
    some = found.n > 0
    assert (found.low[some] <= found.value[some]).all()
    assert (found.value[some] <= found.high[some]).all()
    assert (found.low >= scores[0] - 1e-9 * step).all()
    assert (found.high <= scores[-1] + 1e-9 * step).all()
    mirrored = table_interval(counts, -scores)
    assert mirrored.low == pytest.approx(-found.high, abs=1e-6 * step)


@given(st.lists(st.integers(1, 30), min_size=3, max_size=3), st.randoms())
def test_the_order_of_rows_does_not_matter(counts: list[int], random: object) -> None:
    order = list(range(3))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis gives a Random
    straight = mean_interval([0, 0, 0], [1, 3, 5], counts, worst=1, best=5)
    shuffled = mean_interval([0, 0, 0], np.array([1, 3, 5])[order], np.array(counts)[order], worst=1, best=5)
    assert straight.low[0] == pytest.approx(shuffled.low[0], abs=1e-9)


def test_three_thousand_groups_take_less_than_a_second() -> None:
    counts = np.random.default_rng(1).poisson(4, (3000, 5))
    began = time.process_time()
    table_interval(counts, [1, 2, 3, 4, 5])
    assert time.process_time() - began < 1
