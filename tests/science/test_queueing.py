"""Erlang C against published figures, its own recursion, and numbers too large for factorials."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.science.queueing import agents_needed, mean_wait, waits, within


def by_recursion(load: float, agents: int) -> float:
    """Erlang C from Erlang B, agent by agent."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return agents * blocked / (agents - load * (1 - blocked))


@pytest.mark.parametrize(
    ("load", "agents", "waiting", "wait"),
    [(8, 10, 0.40918, 0.20459), (10, 12, 0.44939, 0.22469), (100, 110, 0.23701, 0.02370)],
)
def test_known_answers(load: float, agents: int, waiting: float, wait: float) -> None:
    assert waits(load, agents) == pytest.approx(waiting, abs=5e-6)
    assert mean_wait(load, agents) == pytest.approx(wait, abs=5e-6)


@given(st.integers(1, 900), st.floats(0.001, 0.999))
def test_it_is_what_the_recursion_says(agents: int, busy: float) -> None:
    assert waits(busy * agents, agents) == pytest.approx(by_recursion(busy * agents, agents), rel=1e-9, abs=1e-200)


def test_huge_queues_neither_overflow_nor_lose_their_digits() -> None:
    # many servers, load c - b sqrt(c): 1 / (1 + sqrt(2 pi) b Phi(b) exp(b^2 / 2)), Halfin & Whitt 1981
    agents = 1e8
    assert waits(agents - np.sqrt(agents), agents) == pytest.approx(0.2234, abs=1e-3)
    assert waits(1e-300, 10) == 0
    assert waits(1e12, 2e12) == 0


def test_too_few_agents_let_everybody_wait_for_ever() -> None:
    assert waits([10, 11, 1, 0], [10, 10, 0, 0]).tolist() == [1, 1, 1, 1]
    assert np.isinf(mean_wait(10, 10))
    assert within(10, 10, 5.0) == 0
    assert waits(0, 3) == 0


def test_the_longer_one_looks_the_more_were_answered() -> None:
    assert within(8, 10, 0.0) == pytest.approx(1 - 0.40918, abs=5e-6)
    assert within(8, 10, 0.5) == pytest.approx(1 - 0.40918 * np.exp(-1), abs=5e-6)


@given(st.floats(0, 5000), st.floats(0.001, 0.9))
def test_the_fewest_agents_are_enough_and_one_less_is_not(load: float, share: float) -> None:
    needed = agents_needed(load, share=share)
    assert waits(load, needed) <= share < waits(load, needed - 1)
