"""Curves: the division of a budget is the best there is, whether the curves are concave or S-shaped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv
from scipy.optimize import minimize

from touchstone.science.curves import Curves, divide


@st.composite
def some(draw: st.DrawFn, steepest: float) -> tuple[Curves, float]:
    """A few curves and a budget."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    size = draw(st.integers(1, 8))
    slope = random.uniform(0.4, steepest, size)
    return Curves(random.uniform(1, 200, size), random.uniform(5, 80, size), slope), draw(st.floats(1, 400))


def searched(curves: Curves, start: np.ndarray, budget: float) -> np.ndarray:
    """Where SLSQP, what PyMC-Marketing allocates with, comes to from here."""
    reached = minimize(
        lambda spend: -curves.gain(np.fmax(spend, 1e-9)).sum(),
        start,
        bounds=[(0, budget)] * len(start),
        constraints={"type": "ineq", "fun": lambda spend: budget - spend.sum()},
        method="SLSQP",
    ).x
    return np.asarray(np.fmax(reached, 0) * min(1.0, budget / max(reached.sum(), 1e-9)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(some(steepest=1.0))
def test_where_curves_are_concave_a_last_unit_of_money_gains_the_same_everywhere(given: tuple[Curves, float]) -> None:
    curves, budget = given
    found = divide(curves.scale, curves.half, curves.slope, budget=budget)
    assert found.residual <= 1e-6
    assert found.spend.sum() == pytest.approx(budget, rel=1e-9)
    assert found.bound <= found.gain.sum() * (1 + 1e-6)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(some(steepest=5.0))
def test_no_search_from_many_starts_finds_a_better_division(given: tuple[Curves, float]) -> None:
    curves, budget = given
    found = divide(curves.scale, curves.half, curves.slope, budget=budget)
    size = len(curves.scale)
    starts = np.random.default_rng(0).dirichlet(np.ones(size) / 2, 4) * budget
    for start in (np.full(size, budget / size), *starts):
        fair = searched(curves, start, budget)
        assert curves.gain(fair).sum() <= found.gain.sum() * (1 + 1e-6)
    assert found.gain.sum() <= found.bound <= found.gain.sum() * (1 + 1e-4)
    assert found.spend.sum() <= budget * (1 + 1e-12)


def test_a_budget_too_small_for_all_goes_to_some() -> None:
    found = divide(np.full(12, 100.0), np.full(12, 20.0), np.full(12, 4.0), budget=100)
    assert (found.spend > 1).sum() == 4
    assert found.spend[found.spend > 1] == pytest.approx(25)
    assert found.bound == pytest.approx(found.gain.sum(), rel=1e-6)


def test_a_grid_of_every_division_of_two_curves_finds_none_better() -> None:
    curves, budget = Curves(np.array([50.0, 80.0]), np.array([10.0, 30.0]), np.array([0.7, 3.0])), 45.0
    found = divide(curves.scale, curves.half, curves.slope, budget=budget)
    grid = np.linspace(0, budget, 100_001)
    best = max(curves.gain(np.array([each, budget - each])).sum() for each in grid[::100])
    assert found.gain.sum() >= best
    assert found.gain.sum() == pytest.approx(best, rel=1e-4)


@pytest.mark.parametrize(("budget", "scale"), [(0.0, 10.0), (5.0, 0.0)])
def test_without_money_or_response_nothing_is_gained(budget: float, scale: float) -> None:
    found = divide([scale, scale], [5, 5], [2, 0.5], budget=budget)
    assert found.spend.tolist() == found.gain.tolist() == [0, 0]
    assert found.bound == 0


def marketing(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scale and half of the two channels of the published example, whose truth is known, and their mean weekly spend.

    Saturation (1 - e^-rx) / (1 + e^-rx) with rates 4 and 3, worth 3000 and 2000; carry-over is normalised, so that a
    steady spend is worth what its saturation says.
    """
    table = csv.read_csv(folder / "pymc_mmm_example.csv")
    spend = np.array([table[name].to_numpy().mean() for name in ("x1", "x2")])
    return np.array([3000.0, 2000.0]), np.log(3) / np.array([4.0, 3.0]), spend


def test_the_published_marketing_mix_with_known_curves_is_divided_no_worse_than_its_allocator_does(
    real_data: Callable[[str], Path],
) -> None:
    scale, half, spend = marketing(real_data("mmm"))
    curves = Curves(scale, half, np.ones(2), np.ones(2, bool))
    for share in (0.25, 0.5, 1.0, 2.0, 5.0):
        budget = share * spend.sum()
        found = divide(scale, half, np.ones(2), budget=budget, logistic=[True, True])
        rates = np.log(3) / half
        known = float((scale * (1 - np.exp(-rates * found.spend)) / (1 + np.exp(-rates * found.spend))).sum())
        assert found.gain.sum() == pytest.approx(known, rel=1e-12)
        assert found.residual <= 1e-6
        for start in ([0.5, 0.5], [0.9, 0.1], [0.1, 0.9], spend / spend.sum()):
            reached = searched(curves, np.array(start) * budget, budget)
            assert curves.gain(reached).sum() <= found.gain.sum() * (1 + 1e-9)
        assert found.gain.sum() >= curves.gain(spend * share).sum()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(some(steepest=4.0), st.integers(0, 255))
def test_logistic_curves_beside_others_are_divided_with_proof(given: tuple[Curves, float], which: int) -> None:
    curves, budget = given
    logistic = np.array([which >> at & 1 for at in range(len(curves.scale))], bool)
    found = divide(curves.scale, curves.half, curves.slope, budget=budget, logistic=logistic)
    mixed = Curves(curves.scale, curves.half, np.where(logistic, 1.0, curves.slope), logistic)
    reached = searched(mixed, np.full(len(logistic), budget / len(logistic)), budget)
    assert mixed.gain(reached).sum() <= found.gain.sum() * (1 + 1e-6)
    assert found.gain.sum() <= found.bound <= found.gain.sum() * (1 + 1e-4)
    steeper = np.diff(mixed.gain(np.linspace(0, budget, 50)[:, None]), n=2, axis=0)[:, logistic]
    assert (steeper <= 1e-9 * mixed.scale[logistic]).all()
