"""Figures from a machine that errs: corrected, and honest about it."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.misclassification import corrected, corrector, rectifier

GOOD = np.array([[0.85, 0.05, 0.10], [0.07, 0.80, 0.13], [0.20, 0.15, 0.65]])
POOR = np.array([[0.75, 0.10, 0.15], [0.10, 0.70, 0.20], [0.35, 0.25, 0.40]])
SCORES = [1, -1, 0]


@pytest.mark.parametrize("matrix", [GOOD, POOR], ids=["good", "poor"])
@pytest.mark.parametrize(("n", "labels"), [(5, 400), (50, 400), (1000, 400), (1000, 2000)])
def test_the_interval_holds_the_true_net_sentiment(matrix: np.ndarray, n: int, labels: int) -> None:
    random = np.random.default_rng(n + labels)
    held = []
    for _ in range(60):
        table = np.array(
            [random.multinomial(int(labels * s), row) for s, row in zip((0.45, 0.35, 0.2), matrix, strict=True)]
        )
        true = random.dirichlet([2, 1.5, 1], 20)
        found = corrected(np.array([random.multinomial(n, shares @ matrix) for shares in true]), table, SCORES)
        truth = true @ SCORES
        held.append((found.low <= truth) & (truth <= found.high))
    assert np.mean(held) >= 0.93


def test_the_correction_of_two_classes_is_rogan_and_gladens() -> None:
    found = corrected([[600, 400]], [[9000, 1000], [2000, 8000]], [1, 0])
    assert found.value[0] == pytest.approx((0.6 + 0.8 - 1) / (0.9 + 0.8 - 1), abs=1e-3)


def test_a_machine_that_never_errs_changes_nothing_but_adds_what_labels_leave_open() -> None:
    found = corrected([[60, 30, 10]], np.diag([10_000_000] * 3), SCORES)
    assert found.value[0] == pytest.approx(0.3, abs=1e-5)


def test_fewer_labels_mean_wider_limits() -> None:
    few, many = (corrected([[600, 300, 100]], amount * GOOD, SCORES) for amount in (30, 3000))
    assert few.high[0] - few.low[0] > 1.5 * (many.high[0] - many.low[0])


def test_values_stay_on_their_scale() -> None:
    found = corrected([[50, 0, 0], [0, 50, 0], [0, 0, 0]], 200 * GOOD, SCORES)
    assert found.value[0] == 1
    assert found.value[1] == -1
    assert np.isnan(found.value[2])
    assert found.low[0] < 0.95
    assert found.high[1] > -0.95
    assert (found.low[2], found.high[2]) == (-1, 1)


def test_labels_that_tell_nothing_teach_no_correction() -> None:
    assert corrector(np.full((3, 3), 10), SCORES) is None
    assert corrector([[5, 1, 0], [0, 0, 0], [1, 1, 9]], SCORES) is None
    with pytest.raises(ValueError, match="cannot tell"):
        corrected([[1, 2, 3]], np.full((3, 3), 10), SCORES)
    with pytest.raises(ValueError, match="square"):
        corrector([[1, 2]], SCORES)


def test_a_few_labelled_texts_mend_a_machine_that_overlooks_makes_up_and_misreads() -> None:
    random = np.random.default_rng(9)
    held = []
    for _ in range(200):
        spoken = random.random(4000) < 0.5
        true = np.where(spoken, random.choice([1, -1, 0], 4000, p=[0.6, 0.3, 0.1]), 0)
        found = random.random(4000) < np.where(spoken, np.where(true < 0, 0.9, 0.6), 0.2)
        said = np.where(found, np.where(random.random(4000) < 0.7, true, -1), 0)
        labelled = random.choice(4000, 200, replace=False)
        bias, deviation = rectifier(true[labelled], spoken[labelled], said[labelled], found[labelled])
        mean = said.sum() / found.sum()
        held.append(abs(mean + bias - 0.3) <= 1.96 * np.hypot(deviation, said[found].std() / np.sqrt(found.sum())))
    assert np.mean(held) >= 0.92  # 200 draws of a coverage of .95


def test_without_labels_there_is_nothing_to_add() -> None:
    assert np.isnan(rectifier([], [], [], [])).all()
    assert np.isnan(rectifier([1, 0], [1, 0], [0, 0], [0, 0])).all()
