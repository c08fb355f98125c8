"""An index of several shares: its limits hold what people's answers have in common."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.index import Index, index

PEOPLE, PARTS = 80, 4


def moments(said: np.ndarray, heard: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums, products and people of (groups, people, parts) answers."""
    each = np.concatenate([np.where(heard, said, 0.0), heard], axis=2)
    return each.sum(axis=1), np.einsum("gpi,gpj->gij", each, each), heard.sum(axis=1).astype(float)


def world(seed: int, level: float = 0.6, *, groups: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Yes-or-no answers to four parts that hang together by a mood of each person; some are not asked."""
    chance = np.random.default_rng(seed)
    mood = np.sqrt(0.5) * chance.normal(size=(groups, PEOPLE, 1))
    own = np.sqrt(0.5) * chance.normal(size=(groups, PEOPLE, PARTS))
    cut = np.quantile(np.random.default_rng(1).normal(size=400_000), level)
    return (mood + own < cut).astype(float), chance.random((groups, PEOPLE, PARTS)) < 0.7


def found(said: np.ndarray, heard: np.ndarray) -> Index:
    return index(*moments(said, heard), turned=[False] * PARTS)


def test_the_index_is_the_mean_of_its_parts_and_lies_within_its_limits() -> None:
    said, heard = world(1, groups=5)
    told = found(said, heard)
    assert told.value[:, 0] == pytest.approx(told.value[:, 1:].mean(axis=1))
    share = (said * heard).sum(axis=1) / heard.sum(axis=1)
    assert told.value[:, 1:] == pytest.approx(share)
    assert (told.low <= told.value).all()
    assert (told.value <= told.high).all()


def test_where_all_answer_all_its_width_is_that_of_the_people_s_own_means() -> None:
    said, _ = world(2, groups=1)
    told = found(said, np.ones(said.shape, bool))
    own = said[0].mean(axis=1)
    assert told.high[0, 0] - told.low[0, 0] == pytest.approx(2 * 1.96 * own.std() / np.sqrt(PEOPLE), rel=0.05)


def test_the_true_index_lies_within_the_limits_though_parts_hang_together() -> None:
    told = found(*world(3))
    held = (told.low[:, 0] <= 0.6) & (told.high[:, 0] >= 0.6)
    assert held.mean() >= 0.93


def test_a_part_that_speaks_against_counts_the_other_way_round() -> None:
    said, heard = world(4, groups=3)
    plain, turned = (index(*moments(said, heard), turned=each) for each in ([False] * 4, [False, False, False, True]))
    assert turned.value[:, 0] == pytest.approx(plain.value[:, 0] + (1 - 2 * plain.value[:, 4]) / 4)


def test_without_enough_people_or_parts_there_is_no_estimate() -> None:
    said, heard = world(5, groups=1)
    heard[:, 9:, 0] = False
    heard[:, :, 1] = False
    told = found(said, heard)
    assert np.isnan(told.value[0, :3]).tolist() == [True, True, True]
    assert np.isfinite(told.value[0, 3:]).all()


def test_all_of_one_mind_leave_room_for_doubt() -> None:
    told = found(np.ones((1, PEOPLE, PARTS)), np.ones((1, PEOPLE, PARTS), bool))
    assert told.value[0, 0] == 1.0
    assert told.low[0, 1] < 0.97
