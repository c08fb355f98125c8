"""What goes with what: known answers, two ways to one model, and scores that are the sum of what each choice adds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from touchstone.science import items as model
from touchstone.science.items import NONE, Items, items


def world(seed: int = 1, *, persons: int = 40, products: int = 25, share: float = 0.2) -> csr_array:
    """Random choices with random weights."""
    random = np.random.default_rng(seed)
    return csr_array((random.random((persons, products)) < share) * random.uniform(0.5, 1, (persons, products)))


def dense(held: Items) -> np.ndarray:
    """What each product adds to each other, as a matrix without its diagonal."""
    places = np.arange(held.left.shape[0])
    weights = held.parts(places, places)
    np.fill_diagonal(weights, 0.0)
    return weights


@pytest.mark.parametrize("shape", [(40, 25), (25, 40)], ids=["by products", "by persons"])
def test_the_linear_model_is_the_ridge_regression_of_each_product_on_the_others(shape: tuple[int, int]) -> None:
    choices = world(persons=shape[0], products=shape[1])
    found, held = dense(items(choices, ridge=3.0)), choices.toarray()
    for product in range(shape[1]):
        others = np.delete(held, product, axis=1)
        slopes = np.linalg.solve(others.T @ others + 3.0 * np.eye(shape[1] - 1), others.T @ held[:, product])
        assert np.allclose(np.delete(found[:, product], product), slopes, atol=1e-6)


def test_neighbours_are_told_by_the_share_of_persons_both_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "_WORK", 0)
    found = dense(items(csr_array(np.array([[1.0, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 1]]))))
    # persons count 1/sqrt(2) and 1/2, who chose one product not at all; 5 choices of mean weight imagined apart
    apart = 10 * (2 / np.sqrt(2) + 4 / 2) / 6
    both = 1 / np.sqrt(2) + 1 / 2
    assert found[0].tolist() == pytest.approx([0, both / (both + apart), *[0.5 / (both + apart)] * 2])
    assert found == pytest.approx(found.T)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.booleans())
def test_taking_the_named_choices_away_takes_what_they_add_away(seed: int, wide: bool, near: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "_WORK", 0 if near else 1e11)
        choices = world(seed, persons=15 if wide else 40, products=25)
        held = items(choices, ridge=2.0)
        best = held.best(choices, count=5)
    for person in range(choices.shape[0]):
        for rank, product in enumerate(best.product[person].tolist()):
            named = [each for each in best.because[person, rank].tolist() if each != NONE]
            if product == NONE or not named:
                continue
            without = choices[[person]].toarray()
            without[0, named] = 0.0
            scores = held.scores(csr_array(without))
            left = float(np.asarray(scores.todense() if near else scores)[0, product])
            was = best.score[person, rank] - 0.01 * held.popular[product]
            assert left == pytest.approx(was - best.part[person, rank].sum(), abs=1e-6)
            assert left < was


@pytest.mark.parametrize("work", [0, 1e11], ids=["neighbours", "linear"])
def test_what_is_best_is_best_among_all_that_was_not_chosen(work: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "_WORK", work)
    monkeypatch.setattr(model, "_BLOCK", 7)
    choices = world(3)
    held = items(choices)
    best, scores = held.best(choices, count=6), held.scores(choices)
    every = np.asarray(scores.todense() if work == 0 else scores, float) + 0.01 * held.popular
    every[choices.toarray() > 0] = -np.inf
    assert np.allclose(best.score, -np.sort(-every, axis=1)[:, :6])
    assert not any(choices[[at], best.product[at]].any() for at in range(40))


def test_who_chose_nothing_is_told_what_is_popular_and_who_chose_everything_nothing() -> None:
    choices = csr_array(np.array([[1.0, 1, 1], [0, 0, 0], [0, 1, 1], [0, 1, 0]]))
    best = items(choices).best(choices, count=3)
    assert best.product[1].tolist() == [1, 2, 0]
    assert (best.because[1] == NONE).all()
    assert (best.product[0] == NONE).all()
