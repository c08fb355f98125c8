"""Groups that were planted among directions are found, and nothing is made of noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.clusters import clusters, means, nearest, probability


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def planted(groups: int, each: int, *, spread: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    middles = unit(chance.normal(size=(groups, 40)))
    of = np.repeat(np.arange(groups), each)
    return unit(middles[of] + spread * chance.normal(size=(groups * each, 40))), of


@pytest.mark.parametrize("seed", range(5))
def test_every_planted_group_is_one_group_whatever_the_seed(seed: int):
    rows, of = planted(6, 50, spread=0.08)
    found = clusters(rows, most=20, near=0.5, fewest=10, seed=seed)
    assert len(found.centres) == 6
    assert (found.of >= 0).all()
    assert len(np.unique(found.of * 10 + of)) == 6


def test_noise_belongs_nowhere():
    rows = unit(np.random.default_rng(3).normal(size=(400, 60)))
    assert (clusters(rows, most=20, near=0.6, fewest=10).of == -1).all()


def test_a_group_of_too_few_is_none_and_rows_without_words_belong_nowhere():
    rows, _ = planted(1, 9, spread=0.05)
    assert (clusters(rows, most=5, near=0.5, fewest=10).of == -1).all()
    held = np.concatenate([planted(1, 30, spread=0.05)[0], np.zeros((5, 40), np.float32)])
    assert (clusters(held, most=5, near=0.5, fewest=10).of[-5:] == -1).all()


def test_a_row_in_the_middle_of_its_group_is_surer_than_one_at_its_edge():
    rows, of = planted(2, 40, spread=0.1)
    centres = means(rows, of, 2)
    edge = unit(0.65 * centres[:1] + 0.35 * centres[1:])
    both = np.concatenate([centres[:1], edge])
    chance = probability(both, centres, nearest(both, centres, near=0.5), near=0.5)
    assert chance[0] > 0.95
    assert 0.5 < chance[1] < chance[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 60), st.integers(0, 8), st.integers(0, 10_000))
def test_groups_keep_to_their_limits(count: int, most: int, seed: int):
    rows = unit(np.random.default_rng(seed).normal(size=(count, 5))) if count else np.zeros((0, 5), np.float32)
    found = clusters(rows, most=most, near=0.4, fewest=4, seed=seed)
    assert len(found.centres) <= most
    assert found.of.max(initial=-1) < len(found.centres)
    again = clusters(rows, most=most, near=0.4, fewest=4, seed=seed)
    assert (again.of == found.of).all()
