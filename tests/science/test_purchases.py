"""The likelihood of purchases: its slopes are its own, whatever the customer and the model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.lifetime import NAMES, History
from touchstone.science.purchases import _left, likelihood, terms

customers = st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1), st.floats(1, 80)), min_size=1, max_size=5)
coefficients = st.lists(st.floats(-2, 2), min_size=6, max_size=6)


@given(known=customers, model=st.sampled_from(sorted(NAMES)), at=coefficients)
@settings(max_examples=60, deadline=None)
def test_slopes_are_those_of_the_likelihood(known: list[tuple[int, float, float]], model: str, at: list[float]) -> None:
    frequency, share, age = np.array(known, float).T
    trait = np.linspace(-1, 1, age.size)[:, None]
    history = History.of(frequency, np.where(frequency > 0, share * age, 0), age, trait)
    here = np.array(at)
    value, slope = likelihood(model, here, history)
    assert value == pytest.approx(np.logaddexp(*terms(model, here, history)), rel=1e-9)
    step = 1e-5
    for place, move in enumerate(np.eye(here.size) * step):
        above, below = (likelihood(model, here + sign * move, history)[0] for sign in (1, -1))
        assert slope[:, place] == pytest.approx((above - below) / (2 * step), rel=5e-3, abs=5e-3)  # an integral's own


customer = st.tuples(st.integers(0, 60), st.floats(0, 0.999), st.floats(1, 80))
pareto = st.tuples(st.floats(0.1, 8), st.floats(0.2, 100), st.floats(0.1, 8), st.floats(0.02, 50))


@given(customer, pareto)
@settings(max_examples=60, deadline=None)
def test_the_integral_over_the_time_of_leaving_is_taken_exactly_enough(
    known: tuple[int, float, float], model: tuple[float, float, float, float]
) -> None:
    (bought, share, age), (r, alpha, s, ratio) = known, model
    last, beta = (share * age if bought else 0.0), alpha * ratio
    history = History.of(np.array([float(bought)]), np.array([last]), np.array([age]), np.zeros((1, 0)))
    found = _left(history, r, np.array([alpha]), s, np.array([beta]))[0][0]
    at = np.linspace(np.log(alpha + last), np.log(alpha + age), 40_001)
    logs = at - (r + bought) * at - (s + 1) * np.log(np.exp(at) + beta - alpha)
    whole = np.trapezoid(np.exp(logs - logs.max()), at)
    assert found == pytest.approx(np.log(s) + s * np.log(beta) + logs.max() + np.log(whole), abs=2e-3)
