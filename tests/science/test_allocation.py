"""Allocation: the plan of small problems is the best of all that can be tried, whatever limits are mixed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.allocation import allocate, conflicts
from touchstone.science.portfolio import NONE, Cap, Choices, Flags, Limits, least_support


def numbers(low: int, high: int, size: int) -> st.SearchStrategy[np.ndarray]:
    """Figures, some of them equal and some of them halves."""
    return st.lists(st.integers(2 * low, 2 * high), min_size=size, max_size=size).map(lambda x: np.array(x, float) / 2)


def groups(count: int, size: int, *, none: bool = True) -> st.SearchStrategy[np.ndarray]:
    lowest = NONE if none else 0
    return st.lists(st.integers(lowest, count - 1), min_size=size, max_size=size).map(lambda x: np.array(x, np.int64))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Choices, Limits]:
    """A few choices under any mixture of limits."""
    size = draw(st.integers(1, 9))
    regions = draw(groups(2, size))
    rare = st.sampled_from([NONE] * 8 + [0, 1])
    choices = Choices(
        gain=draw(numbers(-4, 20, size)),
        cost=draw(numbers(0, 9, size)),
        unit=draw(groups(3, size, none=False)),
        touchpoint=draw(groups(4, size, none=False)),
        shortfall=draw(numbers(-4, 6, size)),
        together=draw(st.one_of(groups(3, size), st.just(np.full(size, NONE)))),
        locked=np.array(draw(st.lists(rare, min_size=size, max_size=size)), np.int64),
    )
    limits = Limits(
        budget=draw(st.one_of(st.just(np.inf), st.integers(0, 40).map(float))),
        caps=draw(
            st.sampled_from([(), (Cap(regions, np.array([9.0, np.inf])),), (Cap(regions, np.array([5.0, 8.0])),)])
        ),
        touchpoints=draw(st.sampled_from([None, 0, 1, 2, 3])),
        standard=draw(st.one_of(st.none(), groups(1, size))),
    )
    return choices, limits


def keeps(choices: Choices, limits: Limits, taken: Flags) -> bool:
    """Whether a plan keeps to every limit, reckoned one by one."""
    together = all(len(set(taken[choices.together == each])) < 2 for each in set(choices.together) - {NONE})
    places = list(zip(choices.unit[taken], choices.touchpoint[taken], strict=True))
    spent = choices.cost[taken].sum() + least_support(choices, taken).sum()
    capped = all(
        choices.cost[taken & (cap.group == at)].sum() <= most for cap in limits.caps for at, most in enumerate(cap.most)
    )
    standard = limits.standard if limits.standard is not None else np.full(len(choices), NONE)
    return bool(
        together
        and len(places) == len(set(places))
        and spent <= limits.budget
        and capped
        and (limits.touchpoints is None or len(set(choices.touchpoint[taken])) <= limits.touchpoints)
        and not ((choices.locked == 1) & ~taken).any()
        and not ((choices.locked == 0) & taken).any()
        and all(taken[standard == each].any() for each in range(standard.max(initial=NONE) + 1))
    )


def best(choices: Choices, limits: Limits) -> float | None:
    """The gain of the best of all plans that keep to the limits."""
    every = (np.array(each, bool) for each in product([False, True], repeat=len(choices)))
    gains = [float(choices.gain[each].sum()) for each in every if keeps(choices, limits, each)]
    return max(gains, default=None)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(problems())
def test_no_plan_of_a_small_problem_gains_more(problem: tuple[Choices, Limits]) -> None:
    choices, limits = problem
    plan, known = allocate(choices, limits), best(choices, limits)
    if plan is None or known is None:
        assert plan is None
        assert known is None
        assert conflicts(choices, limits)
        return
    assert keeps(choices, limits, plan.taken)
    assert plan.gain == pytest.approx(known, abs=1e-9)
    assert plan.bound >= plan.gain
    assert plan.gap is None or plan.gap <= 1e-6
