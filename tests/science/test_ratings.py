"""Ratings to be expected: biases drawn in, likes that tell more than biases, limits that hold."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.ratings import Ratings, biases, expected


def tastes(seed: int = 4, *, raters: int = 120, products: int = 40, share: float = 0.4) -> tuple[Ratings, np.ndarray]:
    """Ratings of people of two tastes, and what everybody would say of everything."""
    random = np.random.default_rng(seed)
    taste, kind = random.choice([-1, 1], raters), random.choice([-1, 1], products)
    truth = 3 + 0.8 * np.outer(taste, kind) + 0.3 * random.standard_normal((raters, products))
    who, what = np.nonzero(random.random((raters, products)) < share)
    return Ratings(who, what, truth[who, what]), truth


def test_biases_are_drawn_towards_the_mean_by_ratings_imagined() -> None:
    given = Ratings(np.array([0, 1]), np.array([0, 1]), np.array([5.0, 3.0]))
    mean, of_rater, of_product = biases(given, raters=3, products=3)
    assert mean == 4
    assert of_rater[2] == of_product[2] == 0
    # both at rest: product = (1 - rater) / 4, rater = (1 - product) / 6
    assert [of_rater[0], of_product[0]] == pytest.approx([3 / 23, 5 / 23])


def test_likes_tell_more_than_biases_and_the_limits_hold() -> None:
    given, truth = tastes()
    who, what = np.nonzero(np.ones_like(truth))
    fresh = ~np.isin(who * 40 + what, given.rater * 40 + given.product)
    told = expected(given, who[fresh], what[fresh], best=9, worst=-3)
    true = truth[who[fresh], what[fresh]]
    assert np.sqrt(np.mean((told.value - true) ** 2)) < 0.6 * np.sqrt(np.mean((told.plain - true) ** 2))
    assert np.mean((told.low <= true) & (true <= told.high)) >= 0.9


def test_of_strangers_only_biases_are_known_and_nothing_leaves_the_scale() -> None:
    given, _ = tastes(raters=30)
    told = expected(given, np.array([35, 35, 0]), np.array([3, 77, 77]), best=3.2, worst=2.9)
    assert told.value == pytest.approx(np.clip(told.plain, 2.9, 3.2))
    assert ((told.low >= 2.9) & (told.low <= told.value) & (told.value <= told.high) & (told.high <= 3.2)).all()


def test_all_alike_is_told_alike_and_nothing_is_refused() -> None:
    same = Ratings(np.arange(6) % 3, np.arange(6) // 3, np.full(6, 4.0))
    assert expected(same, np.array([0]), np.array([5]), best=5, worst=1).value == pytest.approx([4.0])
    with pytest.raises(ValueError, match="nothing was rated"):
        expected(
            Ratings(np.zeros(0, int), np.zeros(0, int), np.zeros(0)), np.array([0]), np.array([0]), best=5, worst=1
        )
