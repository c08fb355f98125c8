"""Shares of what drivers explain: known answers, and what holds whatever the correlations."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.covariance import Floats, correlations, pooling, proper, sums
from touchstone.science.importance import explained, johnson, latent_factor, lmg, sampled_lmg, slopes
from touchstone.science.imputation import expected

Data = Callable[[str], Path]


def table(path: Path, outcome: str) -> tuple[list[str], Floats]:
    """Names of the drivers, and the correlations with the outcome last."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("rownames", outcome)]
    values = np.array([[float(row[name]) for name in (*names, outcome)] for row in rows])
    return names, correlations(sums(values - values.mean(axis=0), seed=1).total())[0]


def alone(size: int) -> list[list[int]]:
    return [[each] for each in range(size)]


def mixed(seed: int, size: int) -> Floats:
    """Correlations of variables that are mixes of common ones."""
    loads = np.random.default_rng(seed).normal(size=(size + 1, size + 6))
    covariance = loads @ loads.T
    scale = np.sqrt(np.diag(covariance))
    return np.asarray((covariance / scale / scale[:, None])[None], float)


def test_swiss_to_the_printed_digits(real_data: Data) -> None:
    _, found = table(real_data("relimp_small") / "swiss.csv", "Fertility")
    exact = lmg(found, alone(5))[0]
    assert exact == pytest.approx([0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592], abs=5e-9)
    assert exact.sum() == pytest.approx(0.7067350, abs=5e-8)
    assert johnson(found)[0] == pytest.approx([0.04842, 0.15471, 0.27196, 0.11468, 0.11697], abs=5e-6)


def test_attitude_to_the_printed_digits(real_data: Data) -> None:
    _, found = table(real_data("relimp_small") / "attitude.csv", "rating")
    exact = lmg(found, alone(6))[0]
    assert exact == pytest.approx([0.37082, 0.05090, 0.15577, 0.12035, 0.00659, 0.02818], abs=5e-6)
    assert exact.sum() == pytest.approx(0.73260, abs=5e-6)


@given(seed=st.integers(0, 10_000), size=st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_a_share_is_the_mean_of_what_a_driver_adds_over_all_orders(seed: int, size: int) -> None:
    found = mixed(seed, size)
    subsets = explained(found, alone(size))[0]
    added = np.zeros(size)
    orders = list(permutations(range(size)))
    for order in orders:
        known = 0
        for each in order:
            added[each] += subsets[known | 1 << each] - subsets[known]
            known |= 1 << each
    assert lmg(found, alone(size))[0] == pytest.approx(added / len(orders), abs=1e-12)


@given(seed=st.integers(0, 10_000), size=st.integers(2, 8))
@settings(max_examples=20, deadline=None)
def test_shares_of_either_kind_are_never_below_nought_and_add_up(seed: int, size: int) -> None:
    found = mixed(seed, size)
    whole = float(slopes(found)[0] @ found[0, :-1, -1])
    for shares in (lmg(found, alone(size))[0], johnson(found)[0]):
        assert (shares > -1e-12).all()
        assert shares.sum() == pytest.approx(whole, abs=1e-9)


def test_a_driver_that_is_a_copy_shares_with_the_original() -> None:
    found = mixed(3, 3)[0]
    twice = found[np.ix_([0, 0, 1, 2, 3], [0, 0, 1, 2, 3])][None]
    shares = lmg(twice, alone(4))[0]
    assert shares[0] == pytest.approx(shares[1], abs=1e-12)
    assert shares.sum() == pytest.approx(lmg(found[None], alone(3))[0].sum(), abs=1e-9)


def test_a_group_counts_as_one_player() -> None:
    found = mixed(4, 5)
    shares = lmg(found, [[0, 3], [1], [2, 4]])[0]
    subsets = explained(found, alone(5))[0]
    first, second, third = 0b01001, 0b00010, 0b10100
    alone_with = [(0, 1 / 3), (second, 1 / 6), (third, 1 / 6), (second | third, 1 / 3)]
    assert shares[0] == pytest.approx(sum(w * (subsets[s | first] - subsets[s]) for s, w in alone_with), abs=1e-12)


def test_sampled_orders_come_close_to_all_orders() -> None:
    found = mixed(5, 12)
    exact = lmg(found, alone(12))
    assert np.abs(sampled_lmg(found, alone(12), rounds=300, seed=1) - exact).max() < 0.002
    grouped = [[0, 1, 2], [3, 4], *([each] for each in range(5, 12))]
    assert np.abs(sampled_lmg(found, grouped, rounds=300, seed=1) - lmg(found, grouped)).max() < 0.002


def test_25_drivers_by_sampled_orders_lie_within_two_thousandths_of_exact() -> None:
    parts = [
        mixed(seed, size)[0] for seed, size in ((11, 12), (12, 13))
    ]  # unrelated sets: each has its own exact shares
    found = np.eye(26)
    exact = []
    for start, part in zip((0, 12), parts, strict=True):
        size = len(part) - 1
        inside = slice(start, start + size)
        found[inside, inside] = part[:-1, :-1]
        found[inside, -1] = found[-1, inside] = part[:-1, -1] / np.sqrt(2)
        exact.append(lmg(part[None], alone(size))[0] / 2)
    assert np.abs(sampled_lmg(found[None], alone(25), rounds=500, seed=1)[0] - np.concatenate(exact)).max() < 0.002


def test_an_ordinal_outcome_gives_the_correlation_it_was_cut_from() -> None:
    random = np.random.default_rng(6)
    driver = random.normal(size=100_000)
    hidden = 0.6 * driver + 0.8 * random.normal(size=driver.size)
    seen = np.searchsorted([-1.5, -1.0, 0.2], hidden).astype(float)
    steps, counts = np.unique(seen, return_counts=True)
    raw = np.corrcoef(driver, seen)[0, 1]
    assert raw < 0.55
    assert raw * latent_factor(steps, counts) == pytest.approx(0.6, abs=0.01)
    assert latent_factor([3.0], [10]) == 1


def test_the_bootstrap_tells_the_doubt_of_a_correlation() -> None:
    random = np.random.default_rng(7)
    values = random.normal(size=(5_000, 2)) @ np.array([[1.0, 0.5], [0.0, np.sqrt(0.75)]])
    drawn, _ = correlations(sums(values, seed=1).resampled(2_000, seed=2))
    assert drawn[:, 0, 1].std() == pytest.approx(0.75 / np.sqrt(5_000), rel=0.12)


def test_the_order_of_rows_does_not_matter_even_to_the_blocks() -> None:
    random = np.random.default_rng(8)
    values = random.integers(1, 6, size=(1_500, 4)).astype(float)
    values[random.random(values.shape) < 0.2] = np.nan
    one, two = sums(values, seed=3), sums(random.permutation(values), seed=3)
    assert np.array_equal(one.product, two.product)
    assert np.array_equal(one.n, two.n)


def test_correlations_on_few_rows_are_drawn_to_their_mean_and_those_on_many_are_not() -> None:
    random = np.random.default_rng(9)
    size, true = 12, 0.25
    chol = np.linalg.cholesky(np.full((size, size), true) + (1 - true) * np.eye(size))
    values = random.normal(size=(4_000, size)) @ chol.T
    values[random.random(values.shape) < 0.85] = np.nan
    whole = sums(values, seed=1).total()
    raw = correlations(whole)[0]
    kind = 1 - np.eye(size, dtype=np.int64)
    drawn_in = pooling(raw[0], whole.n[0], kind).apply(raw)
    off = ~np.eye(size, dtype=bool)
    assert ((drawn_in[0][off] - true) ** 2).mean() < 0.2 * ((raw[0][off] - true) ** 2).mean()
    spread = np.random.default_rng(1).uniform(-0.6, 0.6, (size, size))
    spread = (spread + spread.T) / 2
    sure = pooling(spread, np.full((size, size), 1e6), kind).apply(spread[None])[0]
    assert sure[off] == pytest.approx(spread[off], abs=1e-3)


def test_correlations_that_do_not_fit_together_are_made_to() -> None:
    wrong = np.array([[[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]])
    mended = proper(wrong)
    assert np.linalg.eigvalsh(mended)[0, 0] > 0
    assert np.diagonal(mended[0]) == pytest.approx([1, 1, 1])
    right = mixed(2, 4)
    assert proper(right) is right


def test_gaps_that_depend_on_what_is_held_mislead_pairs_but_not_expectation() -> None:
    random = np.random.default_rng(10)
    values = random.normal(size=(4_000, 3)) @ np.linalg.cholesky([[1, 0.7, 0.3], [0.7, 1, 0.5], [0.3, 0.5, 1]]).T
    truth = np.corrcoef(values.T)
    values[(values[:, 0] > 0) & (random.random(4_000) < 0.9), 1] = np.nan
    found = expected(values, draws=60, seed=1)
    pairs = correlations(sums(values, seed=1).total())[0][0]
    assert np.abs(found[0] - truth).max() < 0.04 < np.abs(pairs - truth).max()
    assert 0.005 < found[1:, 0, 1].std() < 0.03
    assert expected(random.permutation(values), draws=5, seed=1)[0] == pytest.approx(found[0], abs=1e-7)
