"""Signs of experts, counted by hand, and weights learned from whom others chose."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.experts import Signs, learned, probabilities, signs


def test_signs_are_logarithms_of_what_can_be_counted() -> None:
    found = signs(np.array([2, 0, 2, 2]), np.array([1.0, 0.0, np.nan, 1.0]), [np.array([0.0, 1.0, 0.0, 0.0])])
    assert found.expert.tolist() == [0, 2]
    assert found.sign[:, 0] == pytest.approx(np.log([1, 3]))
    for column, size in ((1, 50), (2, 500)):
        half = 0.5 ** (1 / size)
        assert found.sign[:, column] == pytest.approx(np.log([half**2 + 0.1, half**3 + half + 1 + 0.1]))
    assert found.sign[:, 3] == pytest.approx(np.log([(0 + 4 / 3) / (3 * 2 / 3), (2 + 4 / 3) / (4 * 2 / 3)]))
    assert found.sign[:, 4] == pytest.approx(np.log([(1 + 0.5) / (3 * 0.25), (0 + 0.5) / (5 * 0.25)]))


def test_what_nobody_has_tells_nothing() -> None:
    found = signs(np.array([0, 1]), np.full(2, np.nan), [np.zeros(2)])
    assert found.sign[:, 3:].tolist() == [[0, 0], [0, 0]]


def test_weights_are_found_again_in_choices_made_by_them() -> None:
    random = np.random.default_rng(5)
    true = np.array([1.0, -0.7])
    given, helped = [], []
    for _ in range(1500):
        each = Signs(np.arange(6), random.standard_normal((6, 2)))
        given.append(each)
        helped.append((np.arange(6) == random.choice(6, p=probabilities(each, true))).astype(float))
    assert learned(given, helped, np.zeros(2)) == pytest.approx(true, abs=0.12)
    few = learned(given[:1], helped[:1], true)
    assert few == pytest.approx(true, abs=0.5)
    assert learned([], [], true).tolist() == true.tolist()
