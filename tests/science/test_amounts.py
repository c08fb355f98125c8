"""Amounts of one kind and of two: heaps found where there are, means recovered, limits that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.amounts import Amounts, parting, spread
from touchstone.science.spending import likelihood


def sums(who: np.ndarray, amount: np.ndarray, customers: int, *, split: float | None = None) -> Amounts:
    """Amounts by customer and kind, none of them on a first day."""
    kinds = 1 if split is None else 2
    place = who * kinds + (0 if split is None else amount > split)
    logs = np.log(amount)
    table = [np.bincount(place, each, customers * kinds).reshape(customers, kinds)
             for each in (np.ones(who.size), amount, logs, logs**2)]  # fmt: skip
    count, total, first, second = (np.asarray(each, float) for each in table)
    return Amounts(count, count, total, first, second)


def shop(seed: int, *, customers: int = 600, cars: float = 0.06) -> tuple[np.ndarray, np.ndarray]:
    """Who spends what: repairs about an own mean, and cars."""
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), random.poisson(1.2, customers))
    own = random.normal(5.6, 0.4, customers)[who]
    car = random.random(who.size) < cars
    return who, np.exp(np.where(car, random.normal(10.4, 0.2, who.size), random.normal(own, 0.6)))


CAR, REPAIR = float(np.exp(10.4 + 0.02)), float(np.exp(5.6 + 0.08 + 0.18))


def test_a_log_normal_is_recovered() -> None:
    who, amount = shop(1, customers=6_000, cars=0)
    found = spread(sums(who, amount, 6_000))
    assert found.coefficients == pytest.approx([5.6, np.log(0.4), np.log(0.6)], abs=0.05)
    assert found.means() == pytest.approx([REPAIR], rel=0.03)


def test_two_heaps_are_parted_and_one_is_left_whole() -> None:
    _, amount = shop(2)
    assert 2_000 < (parting(amount) or 0) < 20_000
    random = np.random.default_rng(3)
    ones = [np.exp(random.normal(5, 1, 400)), random.gamma(6, 1, 400) / random.gamma(3.7, 1, 400),
            random.uniform(1, 9, 400), np.full(400, 7.0)]  # fmt: skip
    assert [parting(each) for each in ones] == [None] * 4
    assert parting([5, 6, 7, 9_000]) is None, "too few to make heaps"


@pytest.mark.parametrize("split", [None, 3_000.0])
def test_figures_follow_the_coefficients_as_they_say(split: float | None) -> None:
    who, amount = shop(4, customers=200)
    known = sums(who, amount, 200, split=split)
    found = spread(known)
    figure, step = found.per_purchase(known), 1e-5
    for place, move in enumerate(np.eye(found.coefficients.size) * step):
        moved = [replace(found, coefficients=found.coefficients + sign * move) for sign in (1, -1)]
        above, below = (np.log(each.per_purchase(known).value) for each in moved)
        assert figure.slope[:, place] == pytest.approx((above - below) / (2 * step), abs=1e-6)


def test_limits_of_two_kinds_hold_the_truth() -> None:
    held = []
    for seed in range(20):
        who, amount = shop(seed)
        known = sums(who, amount, 600, split=3_000)
        found = spread(known)
        low, high = found.per_purchase(known).mean().limits(found.covariance)
        held.append(low[0] < 0.06 * CAR + 0.94 * REPAIR < high[0])
    assert np.mean(held) >= 0.8  # 200 seeds: `python -m bench measures`


def test_whoever_spends_much_is_expected_to_and_the_unknown_stand_at_the_mean() -> None:
    who, amount = shop(4)
    known = sums(who, amount, 600, split=3_000)
    found = spread(known)
    value = found.per_purchase(known).value
    none = found.per_purchase(Amounts(*np.zeros((5, 1, 2)))).value[0]
    assert none == pytest.approx(0.06 * CAR + 0.94 * REPAIR, rel=0.35)
    small = known.count[:, 1] == 0
    mean = known.around()[0][small & (known.count[:, 0] > 1), 0]
    assert np.corrcoef(mean, value[small & (known.count[:, 0] > 1)])[0, 1] > 0.8


def test_gamma_amounts_are_likelier_under_gamma_gamma_and_log_normal_ones_under_their_own() -> None:
    random = np.random.default_rng(5)
    who = np.repeat(np.arange(2_000), 3)
    gamma = random.gamma(2.0, 1.0 / random.gamma(4.0, 0.05, 2_000)[who])
    _, plain = shop(6, customers=5_000, cars=0)
    for amount, better in ((gamma, True), (plain[: who.size], False)):
        known = sums(who[: amount.size], amount, 2_000)
        single = likelihood(known.count[:, 0], known.total[:, 0], known.logs[:, 0])
        assert (single > spread(known).log_likelihood) == better


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0.01, 1e6)), min_size=3, max_size=40))
@settings(max_examples=30, deadline=None)
def test_whatever_is_spent_the_figures_are_possible(rows: list[tuple[int, float]]) -> None:
    who, amount = np.array([who for who, _ in rows]), np.array([amount for _, amount in rows])
    known = sums(who, amount, 6)
    found = spread(known)
    value = found.per_purchase(known)
    assert np.isfinite(value.value).all()
    assert (value.value > 0).all()
    assert np.isfinite(value.slope).all()


def test_too_few_amounts_of_a_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="3 amounts"):
        spread(sums(np.array([0, 1, 2, 2]), np.array([1.0, 2.0, 3.0, 99.0]), 3, split=50))
