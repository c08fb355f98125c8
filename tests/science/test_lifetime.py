"""Lifetime models: the textbook's CDNOW figures to the printed digits, recovery, honest limits, and laws."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from touchstone.science.lifetime import NAMES, History, Lifetime, fit
from touchstone.science.spending import spending

PAPERS = {  # Fader, Hardie & Lee 2005; Schmittlein, Morrison & Colombo's model on the same customers
    "bg_nbd": ({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, -9582.4),
    "pareto_nbd": ({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, -9595.0),
}


@pytest.fixture(scope="module")
def cdnow(real_data: Callable[[str], Path]) -> dict[str, np.ndarray]:
    with (real_data("cdnow_clv") / "cdnow_summary.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar")}


@pytest.mark.parametrize("model", PAPERS)
def test_cdnow_gives_the_papers_parameters(cdnow: dict[str, np.ndarray], model: str) -> None:
    found = fit(History.of(cdnow["x"], cdnow["t_x"], cdnow["T"]), model=model)
    parameters, likelihood = PAPERS[model]
    assert found.parameters == pytest.approx(parameters, abs=0.002)
    assert found.log_likelihood == pytest.approx(likelihood, abs=0.05)


def test_a_customer_of_the_paper_is_expected_to_buy_1_226_times(cdnow: dict[str, np.ndarray]) -> None:
    history = History.of(cdnow["x"], cdnow["t_x"], cdnow["T"])
    began = time.process_time()
    found, _ = fit(history), fit(history, model="pareto_nbd")
    assert time.process_time() - began < 1
    assert found.purchases(History.of(2, 30.43, 38.86), 39).value[0] == pytest.approx(1.226, abs=0.0005)


def test_gamma_gamma_of_946_repeat_buyers(cdnow: dict[str, np.ndarray]) -> None:
    again = cdnow["x"] > 0
    found = spending(cdnow["x"][again], cdnow["zbar"][again])
    assert found.customers == 946
    assert found.parameters == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.45}, abs=0.006)
    assert found.per_purchase(0, 0).value == pytest.approx(35.17, abs=0.01)


def lived(model: str, *, seed: int, customers: int = 3000, effect: float = 0.0) -> tuple[History, np.ndarray]:
    """Histories of 52 weeks of customers who truly live as the model says, and their purchases in the next 26."""
    random = np.random.default_rng(seed)
    trait = random.standard_normal(customers)
    rate = random.gamma(0.8, 1 / 6.0, customers) * np.exp(effect * trait)
    age = random.uniform(20, 52, customers)
    purchases = np.cumsum(random.exponential(1 / rate, (400, customers)), axis=0)
    if model == "pareto_nbd":
        end = random.exponential(1 / random.gamma(0.7, 1 / 15.0, customers))
    else:
        chance = random.beta(0.9, 2.5, customers)
        last = random.geometric(chance) - (model == "mbg_nbd")  # MBG/NBD: may leave after the first purchase
        end = np.where(last > 0, np.take_along_axis(purchases, np.clip(last - 1, 0, 399)[None, :], axis=0)[0], 0)
    purchases = np.where(purchases <= end, purchases, np.inf)
    x = (purchases <= age).sum(axis=0)
    recency = np.where(x > 0, np.where(purchases <= age, purchases, 0).max(axis=0), 0)
    extra = trait[:, None] if effect else None
    return History.of(x, recency, age, extra), ((purchases > age) & (purchases <= age + 26)).sum(axis=0)


@pytest.mark.parametrize("model", NAMES)
def test_a_world_of_the_model_is_forecast(model: str) -> None:
    history, later = lived(model, seed=5, customers=6000)
    found = fit(history, model=model)
    assert found.purchases(history, 26).value.sum() == pytest.approx(later.sum(), rel=0.06)
    alive = found.alive(history)
    assert later[alive > 0.8].astype(bool).mean() > 3 * later[alive < 0.3].astype(bool).mean()


def test_the_effect_of_a_trait_on_the_rate_is_found() -> None:
    history, _ = lived("pareto_nbd", seed=8, effect=0.4)
    found = fit(history, model="pareto_nbd")
    rate, dropout = found.coefficients[4:]
    spread = np.sqrt(np.diag(found.covariance)[4:])
    assert abs(rate - 0.4) < 2.5 * spread[0]
    assert abs(dropout) < 2.5 * spread[1]


def test_limits_of_the_mean_hold_the_models_truth() -> None:
    """The truth: what the generating parameters expect of the same customers."""
    held = []
    for seed in range(40):
        history, _ = lived("bg_nbd", seed=seed, customers=400)
        found = fit(history)
        true = Lifetime("bg_nbd", np.log([0.8, 6.0, 0.9, 2.5]), found.covariance, 0.0)
        low, high = found.purchases(history, 26).mean().limits(found.covariance)
        held.append(low[0] <= true.purchases(history, 26).value.mean() <= high[0])
    assert np.mean(held) >= 0.9


customer = st.tuples(st.integers(0, 300), st.floats(0, 1), st.floats(0.1, 200))


logs = st.lists(st.floats(-3, 3), min_size=4, max_size=4)


@given(customer=customer, model=st.sampled_from(sorted(NAMES)), time=st.floats(0.1, 300), log=logs)
@example(customer=(127, 1.0, 1.0), model="bg_nbd", time=10.0, log=[0.5, 0.0, 0.5, 1.0])
@example(customer=(98, 1.0, 1.0), model="bg_nbd", time=10.0, log=[0.609375, 0.0, 0.609375, 0.0])
@settings(max_examples=150, deadline=None)
def test_figures_are_possible_whatever_the_customer(
    customer: tuple[int, float, float], model: str, time: float, log: list[float]
) -> None:
    frequency, share, age = customer
    history = History.of(frequency, share * age if frequency else 0, age)
    found = Lifetime(model, np.array(log), np.eye(4), 0.0)
    assert 0 <= found.alive(history)[0] <= 1
    short, long = found.purchases(history, time).value[0], found.purchases(history, 2 * time).value[0]
    assert 0 <= short <= long * (1 + 1e-6) + 1e-9


@pytest.mark.parametrize("model", ["bg_nbd", "mbg_nbd"])
def test_customers_nearly_alike_in_readiness_to_leave_have_a_figure_too(model: str) -> None:
    known = History.of([7.0, 1.0, 2.0], [30.0, 2.0, 39.0], [31.0, 42.0, 40.0])
    bound = 3e4  # of readiness's beta: beyond what the series of the formula bears
    alike, nearly = (
        Lifetime(model, np.log([1.25, 4.3, 0.14 * size, 0.86 * size]), np.eye(4), 0.0).purchases(known, 52).value
        for size in (bound, bound / 100)
    )
    assert alike == pytest.approx(nearly, rel=0.05)


def test_the_rhythm_is_the_time_within_which_the_rarest_would_come() -> None:
    history, _ = lived("pareto_nbd", seed=6, customers=1_000)
    found, again = fit(history, model="pareto_nbd"), History.of([1, 5], [20, 30], [50, 50])
    rhythm = found.rhythm(again)
    fresh = History.of([1, 5], [50, 50], [50, 50])
    assert found.silence(fresh, rhythm).max() == pytest.approx(0.5, abs=1e-3)
    assert found.rhythm(History.of([1, 5], [2, 3], [4, 4])) == np.inf, "known for four weeks only"


def test_what_cannot_be_fitted_is_said() -> None:
    with pytest.raises(ValueError, match="no model"):
        fit(History.of([1], [2], [3]), model="magic")
    with pytest.raises(ValueError, match="bought again"):
        fit(History.of([0, 0], [0, 0], [3, 4]))
    with pytest.raises(ValueError, match="recency"):
        History.of([1], [5], [3])
    with pytest.raises(ValueError, match="spent"):
        spending([1, 2, 3], [1, 0, 2])


def test_many_customers_are_fitted_by_some_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    history, _ = lived("pareto_nbd", seed=4, customers=4_000)
    monkeypatch.setattr("touchstone.science.lifetime.CELLS", 1_500)
    cells, count, whose = history.cells(1_500)
    assert cells.age.size <= 1_500
    assert count.sum() == 4_000
    assert (cells.frequency[whose] == history.frequency).all()
    assert np.abs(cells.age[whose] - history.age).max() < 2
    found = fit(history, model="pareto_nbd")
    mean = found.purchases(cells, 26).mean(whose)
    assert mean.value == pytest.approx(found.expected(history, 26).mean(), rel=0.01)
    low, high = mean.limits(found.covariance)
    truth = Lifetime("pareto_nbd", np.log([0.8, 6.0, 0.7, 15.0]), found.covariance, 0.0)
    assert low[0] < truth.expected(history, 26).mean() < high[0]
