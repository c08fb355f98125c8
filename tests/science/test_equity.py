"""Customer equity: the paper's arithmetic, a market solved by hand, and honest draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.science.equity import Market, draws, equity, lifetime, lifted, return_on, reweighted, switching, weights


def test_the_papers_arithmetic() -> None:
    """American Airlines, Rust, Lemon & Zeithaml 2004: $70 M in, +$101.3 M customer equity, a return of 44.7 %."""
    assert return_on(70, 101.3) == pytest.approx(0.447, abs=0.0005)
    assert pytest.approx(101.3, abs=0.3) == 0.0139 * 7303, "the rise of 1.39 % of $7.303 bn, as far as it is printed"


def test_two_brands_by_hand() -> None:
    """Purchases now and in a year at 25 %: a customer of A stays with .8, one of B comes over with .3."""
    market = Market(purchases=1, years=2, rate=0.25)
    table = np.array([[0.8, 0.2], [0.3, 0.7]])
    assert lifetime(table, [10, 20], market) == pytest.approx(np.array([[16.4, 3.2], [2.4, 31.2]]))
    assert equity(table, [0.5, 0.5], [10, 20], market) == pytest.approx([9.4, 17.2])


def test_more_use_of_a_brand_is_a_logit() -> None:
    table = lifted([[0.5, 0.5], [0.2, 0.8]], 0, float(np.log(2)))
    assert table == pytest.approx(np.array([[2 / 3, 1 / 3], [1 / 3, 2 / 3]]))


def test_limits_hold_the_truth() -> None:
    random, market = np.random.default_rng(6), Market(purchases=2, years=3, rate=0.1)
    truth, start = np.array([[0.8, 0.15, 0.05], [0.1, 0.7, 0.2], [0.2, 0.2, 0.6]]), np.array([0.5, 0.3, 0.2])
    worth, held = np.array([1.0, 2.0, 3.0]), []
    true = equity(truth, start, worth, market)
    for seed in range(100):
        counts = np.array([random.multinomial(40, row) for row in truth])
        chances, shares = (
            draws(counts, size=400, seed=seed),
            draws(random.multinomial(100, start), size=400, seed=seed + 999),
        )
        low, high = np.quantile(equity(chances, shares, worth, market), [0.025, 0.975], axis=0)
        held.append((low <= true) & (true <= high))
    assert np.mean(held) >= 0.93


def bought(random: np.random.Generator, households: int, times: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Switches (households x from x to) and the last brand of households, each with a taste and a habit of its own."""
    taste, habit = random.beta(1, 1, households), random.beta(2, 1, households)
    now = (random.random(households) < taste).astype(int)
    table = np.zeros((households, 2, 2))
    for _ in range(times):
        later = np.where(random.random(households) < habit, now, random.random(households) < taste)
        np.add.at(table, (np.arange(households), now, later), 1)
        now = later.astype(int)
    return table, np.eye(2)[now]


def test_limits_hold_the_truth_where_households_buy_again_and_again() -> None:
    market, worth = Market(purchases=2, years=3, rate=0.1), np.array([1.0, 1.0])
    table, last = bought(np.random.default_rng(0), 200_000)
    true = equity(switching(table.sum(axis=0)), switching(last.sum(axis=0)), worth, market)
    held = {"households": [], "rows": []}  # type: dict[str, list[np.ndarray]]
    for seed in range(100):
        table, last = bought(np.random.default_rng(seed + 1), 80)
        weight = weights(80, size=400, seed=seed)
        known = {
            "households": (reweighted(table, weight, seed=1), reweighted(last, weight, seed=2)),
            "rows": (draws(table.sum(axis=0), size=400, seed=1), draws(last.sum(axis=0), size=400, seed=2)),
        }
        for name, (chances, start) in known.items():
            low, high = np.quantile(equity(chances, start, worth, market), [0.025, 0.975], axis=0)
            held[name].append((low <= true) & (true <= high))
    assert np.mean(held["households"]) >= 0.9
    assert np.mean(held["rows"]) < np.mean(held["households"])


def test_customers_seen_once_are_drawn_as_rows() -> None:
    once = np.repeat(np.eye(2)[[0, 1]], [30, 10], axis=0)
    drawn = reweighted(once, weights(40, size=4_000, seed=1), seed=2)
    plain = draws(once.sum(axis=0), size=4_000, seed=3)
    assert drawn.mean(axis=0) == pytest.approx(plain.mean(axis=0), abs=0.005)
    assert drawn.std(axis=0) == pytest.approx(plain.std(axis=0), rel=0.06)


rows = st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=3, max_size=3)


@given(counts=rows, change=st.floats(0, 3), brand=st.integers(0, 2))
def test_every_customer_buys_something_and_more_use_never_hurts(
    counts: list[list[int]], change: float, brand: int
) -> None:
    table, market = switching(counts), Market(purchases=4, years=2, rate=0.1)
    assert table.sum(axis=1) == pytest.approx(1)
    assert lifetime(table, [1, 1, 1], market).sum(axis=1) == pytest.approx(market.discounts.sum())
    start, worth = [0.2, 0.3, 0.5], [1, 2, 3]
    before, after = (equity(each, start, worth, market) for each in (table, lifted(table, brand, change)))
    assert after[brand] >= before[brand] - 1e-9


def test_an_outlay_of_nothing_has_no_return() -> None:
    with pytest.raises(ValueError, match="outlay"):
        return_on(0, 5)
