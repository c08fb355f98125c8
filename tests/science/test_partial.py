"""What things weigh where each person rates only a few: planted weights come back, halo and units are no weight."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.opinion import believed
from touchstone.science.outline import outlined
from touchstone.science.partial import bends, regression, weights
from touchstone.science.portfolio import NONE, Choices, Limits

TRUE = np.array([0.5, 0.3, *[0.03] * 10])


def world(rows: int = 4000, *, seed: int = 1, halo: float = 0.5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings of four of twelve things each (NaN: not rated), the outcome and the unit of each row."""
    random = np.random.default_rng(seed)
    lived = halo * random.standard_normal((rows, 1)) + np.sqrt(1 - halo**2) * random.standard_normal((rows, len(TRUE)))
    unit = random.integers(0, 20, rows)
    outcome = lived @ TRUE + 0.3 * random.standard_normal(rows) + 0.5 * unit
    hidden = np.argsort(random.random(lived.shape), axis=1) >= 4
    return np.where(hidden, np.nan, lived), outcome, unit


def test_planted_weights_are_found_though_nobody_rates_everything():
    drawn = weights(regression(*world()), size=300, seed=3)
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    assert np.abs(drawn.mean(axis=0)[:2] - TRUE[:2]).max() < 0.06
    assert drawn.mean(axis=0)[2:].max() < 0.09
    assert ((low <= TRUE) & (high >= TRUE)).sum() >= 10
    assert (drawn >= 0).all()


def test_what_matters_little_is_drawn_together():
    of = regression(*world(1000))
    alone, _ = of.least_squares
    assert weights(of, size=200, seed=1).mean(axis=0)[2:].std() < alone[2:].std() / 2


def test_the_same_seed_draws_the_same():
    of = regression(*world(300))
    assert (weights(of, size=5, seed=2) == weights(of, size=5, seed=2)).all()


def test_a_thing_that_nobody_rates_has_no_weight_of_its_own():
    rated, outcome, unit = world(500)
    rated[:, 5] = np.nan
    drawn = weights(regression(rated, outcome, unit), size=50, seed=1)
    assert np.isfinite(drawn).all()


def test_a_thing_that_weighs_more_below_its_middle_is_told_from_those_that_weigh_alike():
    rated, outcome, unit = world(20_000)
    bent = outcome + 0.6 * np.fmin(np.nan_to_num(rated[:, 4]), 0.0)
    found = bends(rated, bent, unit, np.zeros((len(unit), len(TRUE))))
    drawn = found.draws(size=400, seed=1)
    low, high = np.quantile(drawn[:, 4], (0.025, 0.975))
    assert found.alike < 0.01
    assert low < 0.6 * 0.9 < high + 0.1  # a little less: others' common part tells of it too
    assert np.abs(np.delete(drawn.mean(axis=0), 4)).max() < 0.1


def test_where_everything_weighs_alike_or_bends_alike_hardly_any_asymmetry_is_told():
    rated, outcome, unit = world(4000)
    middle = np.zeros((len(unit), len(TRUE)))
    curved = outcome + 0.1 * np.fmin(np.nan_to_num(rated), 0.0).sum(axis=1)
    for each in (outcome, curved):
        found = bends(rated, each, unit, middle)
        assert found.alike > 0.5
        assert np.abs(found.draws(size=400, seed=1).mean(axis=0)).max() < 0.03
    assert (bends(rated[:, :1], outcome, unit, middle[:, :1]).draws(size=9, seed=1) == 0).all()


def test_opinions_on_levels_of_one_thing_inform_one_another_and_lose_their_error():
    random = np.random.default_rng(0)
    subject, step = (each.ravel() for each in np.indices((40, 3)))
    true = random.normal(0, 0.5, 40)[subject] + np.array([-0.7, 0.0, 0.4])[step]
    said = true + random.normal(0, 0.25, true.size)
    found = believed(said, np.full(true.size, 0.25**2), subject, step)
    assert np.square(found.mean - true).mean() < np.square(said - true).mean() / 2
    assert found.variance.mean() == pytest.approx(np.square(found.mean - true).mean(), rel=0.6)


def test_opinions_that_differ_by_more_than_their_doubt_keep_what_is_their_own():
    random = np.random.default_rng(0)
    subject, step = (each.ravel() for each in np.indices((40, 3)))
    true = random.normal(0, 1, subject.size)
    found = believed(true, np.full(true.size, 0.01**2), subject, step)
    assert np.abs(found.mean - true).max() < 0.01


def test_one_opinion_is_taken_as_it_is():
    found = believed(np.array([-1.0]), np.array([0.04]), np.zeros(1, int), np.zeros(1, int))
    assert found.expected[0] == pytest.approx(np.exp(-1 + 0.02))


@pytest.mark.parametrize("partners", [False, True])
def test_a_plan_at_a_glance_keeps_to_its_limits_and_is_near_the_best(partners: bool):
    random = np.random.default_rng(4)
    unit, touchpoint = (each.ravel() for each in np.indices((60, 10)))
    cost, short = random.uniform(1, 5, 600), random.normal(0, 1, 600) * partners
    free = np.full(600, NONE)
    choices = Choices(cost * random.lognormal(0, 0.5, 600), cost, unit, touchpoint, short, free, free)
    plan = outlined(choices, Limits(200.0, touchpoints=6))
    assert plan is not None
    assert plan.cost + plan.support.sum() <= 200 + 1e-6
    assert len(np.unique(touchpoint[plan.taken])) <= 6
    assert plan.gain <= plan.bound <= 1.1 * plan.gain
