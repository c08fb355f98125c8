"""What the language bench stands on: folds, draws, figures and their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from bench._language_sets import Labelled, categories, few, folds
from bench._language_table import PLAIN, PRODUCT, Row, area, difference, lines, named, value
from touchstone.core.taxonomy import Taxonomy

EXAMPLES = tuple({"text": f"text {number}", "kinds": [f"kind {number % 3}"]} for number in range(60))


def row(product: list[list[float]], plain: list[list[float]], least: float = 10) -> Row:
    told = {PRODUCT: np.array(product, float), PLAIN: np.array(plain, float)}
    return Row("a set", "F1", told, [str(number // 2) for number in range(len(product))], least, 80)


def test_folds_keep_groups_whole_and_are_even():
    groups = [f"review {number // 3}" for number in range(300)]
    part = folds(groups, parts=5)
    assert all(len(set(part[number * 3 : number * 3 + 3])) == 1 for number in range(100))
    assert np.bincount(part).tolist() == [60] * 5
    assert (part == folds(groups, parts=5)).all()


def test_a_draw_has_as_many_of_each_category_and_is_the_same_for_its_seed():
    drawn = few(EXAMPLES, 4, seed=1)
    assert len(drawn) == 12
    assert [sum(EXAMPLES[place]["kinds"] == [f"kind {kind}"] for place in drawn) for kind in range(3)] == [4, 4, 4]
    assert drawn.tolist() == few(EXAMPLES, 4, seed=1).tolist() != few(EXAMPLES, 4, seed=2).tolist()
    assert len(few(EXAMPLES, 0, seed=1)) == 0


def test_chosen_examples_are_those_of_the_fold():
    held = Labelled("a set", Taxonomy("none", ()), EXAMPLES, tuple(each["text"] for each in EXAMPLES))
    part = held.folds(4)
    assert held.some(part == 0) == [each for each, fold in zip(EXAMPLES, part, strict=True) if fold == 0]
    assert categories(EXAMPLES[1]) == {"kind 1"}


def test_f1_and_area_are_those_worked_out_by_hand():
    told = named([{"a", "b"}, set()], [{"mentions": [{"touchpoint": "a"}]}, {"mentions": [{"touchpoint": "c"}]}])
    assert told.tolist() == [[1, 2, 1], [0, 0, 1]]
    assert value(told) == pytest.approx(0.5)
    assert area(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True])) == pytest.approx(0.875)


def test_a_method_that_is_always_better_has_an_interval_above_nothing():
    better = row([[1, 1, 1]] * 30, [[1, 1, 1], [0, 1, 1]] * 15)
    low, high = difference(better)
    assert low <= 0.5 <= high
    assert low > 0.2
    same = row([[1, 1, 1]] * 30, [[1, 1, 1]] * 30)
    assert difference(same) == (0, 0)


def test_a_line_says_whether_what_is_wanted_is_reached():
    reached = row([[1, 1, 1]] * 30, [[1, 1, 1], [0, 1, 1]] * 15)
    missed = row([[1, 1, 1]] * 30, [[1, 1, 1]] * 30)
    _, first, second = lines([reached, missed])
    assert "+50.0" in first
    assert first.endswith("reached (F1)")
    assert "NOT REACHED" not in first
    assert "NOT REACHED" in second
