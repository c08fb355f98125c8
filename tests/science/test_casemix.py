"""Case-mix adjustment: it takes the cases out and leaves the units."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.casemix import CaseMix, adjusted
from touchstone.science.order import tiers


def answers(seed: int, *, units: int = 40, effect: float = 2.0, each: int = 30) -> tuple[CaseMix, np.ndarray]:
    """Units whose hard cases, told by one column, cost `effect`, and what each would have at the overall mix."""
    random = np.random.default_rng(seed)
    truth, mix = 6 + 0.4 * random.standard_normal(units), random.uniform(0.1, 0.9, units)
    unit = np.repeat(np.arange(units), each)
    hard = (random.random(unit.size) < mix[unit]).astype(float)
    value = truth[unit] - effect * (hard - hard.mean()) + random.standard_normal(unit.size)
    return adjusted(unit, value, hard[:, None], np.ones(unit.size), ends=(0, 10)), truth


def test_cases_that_differ_are_taken_out() -> None:
    found, truth = answers(1)
    assert ((found.mean - truth) ** 2).mean() < 0.25 * ((found.raw - truth) ** 2).mean()
    assert found.explained == pytest.approx(4 * 0.19 / (4 * 0.19 + 1), abs=0.07)


def test_the_variance_is_what_the_errors_are() -> None:
    errors = [((found.mean - truth) ** 2 / found.variance).mean() for found, truth in map(answers, range(20))]
    assert np.mean(errors) == pytest.approx(1, abs=0.1)


def test_without_cases_the_mean_is_the_raw_one() -> None:
    found = adjusted([0, 0, 1], [1.0, 3.0, 5.0], np.empty((3, 0)), [1, 1, 2], ends=(0, 10))
    assert found.mean.tolist() == found.raw.tolist() == [2, 5]
    assert found.explained == 0


def test_a_case_that_is_the_unit_itself_is_not_told_from_it() -> None:
    found = adjusted([0, 0, 1, 1], [1.0, 2.0, 5.0, 6.0], [[0], [0], [1], [1]], [1] * 4, ends=(0, 10))
    assert found.mean == pytest.approx([1.5, 5.5])


def test_counts_are_as_many_rows() -> None:
    random = np.random.default_rng(2)
    unit, value, case, count = (random.integers(0, top, 60) for top in (5, 11, 2, 4))
    unit[:5], count[:5] = range(5), 1
    whole = adjusted(*(np.repeat(each, count, axis=0) for each in (unit, value, case[:, None])), np.ones(count.sum()),
                     ends=(0, 10))  # fmt: skip
    short = adjusted(unit, value, case[:, None], count, ends=(0, 10))
    assert short.mean == pytest.approx(whole.mean)
    assert short.variance == pytest.approx(whole.variance)


def test_groups_end_where_the_order_is_sure() -> None:
    random = np.random.default_rng(3)
    value = np.array([5.0, 1.0, 4.9, 1.1, 3.0])
    drawn = value + 0.2 * random.standard_normal((2_000, 5))
    assert tiers(value, drawn).tolist() == [1, 3, 1, 3, 2]
    assert tiers(value, drawn, best_is_high=False).tolist() == [3, 1, 3, 1, 2]
    assert tiers(value, value + 9 * random.standard_normal((2_000, 5))).tolist() == [1] * 5
