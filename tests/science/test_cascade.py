"""Whom words would reach: right where it can be worked out, and the lazy choice is the greedy one."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.cascade import Reached, reached, starters

EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=24, unique=True)


def drawn(edges: list[tuple[int, int]], *, chance: float = 0.5, sets: int = 60, size: int = 8) -> Reached:
    source, target = (np.array(each) for each in zip(*edges, strict=True))
    random = np.random.default_rng(5)
    return reached(source, target, np.full(len(edges), chance), size=size, sets=sets, random=random)


def greedy(held: Reached, count: int) -> list[int]:
    """Every gain reckoned anew at every step."""
    mine = [set(held.owner[held.node == node].tolist()) for node in range(held.size)]
    chosen, covered = list[int](), set[int]()
    while len(chosen) < count and (best := max(range(held.size), key=lambda node: len(mine[node] - covered))) >= 0:
        if not mine[best] - covered:
            break
        chosen.append(best)
        covered |= mine[best]
    return chosen


@settings(max_examples=60, deadline=None)
@given(EDGES, st.integers(1, 5))
def test_the_lazy_choice_is_the_greedy_one(edges: list[tuple[int, int]], count: int):
    held = drawn(edges)
    chosen, gains = starters(held, count)
    assert chosen.tolist() == greedy(held, count)
    assert int(gains.sum()) == held.hits(chosen)


@settings(max_examples=40, deadline=None)
@given(EDGES, st.integers(1, 3))
def test_the_choice_comes_within_its_bound_of_the_best(edges: list[tuple[int, int]], count: int):
    held = drawn(edges)
    chosen, _ = starters(held, count)
    best = max(held.hits(np.array(some)) for some in combinations(range(8), count))
    assert best * (1 - 1 / np.e) <= held.hits(chosen) <= best


def test_the_reach_agrees_with_every_world_counted_one_by_one():
    edges, chance = [(0, 1), (1, 2), (0, 2), (2, 3), (3, 1)], 0.3
    exact = np.zeros(4)
    for world in product([False, True], repeat=len(edges)):
        weight = np.prod([chance if live else 1 - chance for live in world])
        for start in range(4):
            seen, waiting = {start}, [start]
            while waiting:
                here = waiting.pop()
                fresh = {b for (a, b), live in zip(edges, world, strict=True) if live and a == here} - seen
                seen |= fresh
                waiting += fresh
            exact[start] += weight * len(seen)
    found = drawn(edges, chance=chance, sets=40_000, size=4).spread(np.arange(4))
    assert found == pytest.approx(exact, abs=0.04)


def test_who_passes_everything_on_reaches_everyone_and_an_empty_graph_reaches_nobody():
    line = drawn([(n, n + 1) for n in range(7)], chance=1.0, sets=4000)
    assert starters(line, 3)[0].tolist() == [0]  # nobody adds to what the first reaches
    assert line.spread(np.array([0])) == pytest.approx([8.0])
    nobody = np.zeros(0, np.int64)
    held = reached(nobody, nobody, np.zeros(0), size=0, sets=10, random=np.random.default_rng(1))
    assert starters(held, 2)[0].tolist() == []
