"""Allocation: the plan of small problems is the best of all that can be tried, whatever limits are mixed."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science import allocation, opening, pricing
from touchstone.science.allocation import allocate, conflicts
from touchstone.science.outline import outlined
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
        support=draw(st.sampled_from([True, True, False])),
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
        and (limits.support or not least_support(choices, taken).any())
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


@settings(max_examples=100, deadline=None, derandomize=True)
@given(problems())
def test_a_plan_at_a_glance_keeps_to_every_limit_and_its_bound_holds(problem: tuple[Choices, Limits]) -> None:
    choices, limits = problem
    plan, known = outlined(choices, limits, quick=True), best(choices, limits)
    assert (plan is None) == (known is None)
    if plan is not None and known is not None:
        assert keeps(choices, limits, plan.taken)
        assert plan.gain <= known + 1e-9
        assert plan.bound >= known - 1e-9 * max(1.0, abs(known))


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("most", "gap"), [(None, 0.03), (4, 0.15)])
def test_of_many_choices_a_plan_at_a_glance_tells_its_own_gap(most: int | None, gap: float) -> None:
    choices, limits = spread(110, 20, seed=3, partners=True)
    standard = np.where(choices.touchpoint == 7, choices.unit, NONE)
    for some in (limits, replace(limits, caps=(), standard=standard), replace(limits, support=False)):
        plan = outlined(choices, replace(some, touchpoints=most), quick=True)
        assert plan is not None
        assert keeps(choices, replace(some, touchpoints=most), plan.taken)
        assert plan.gap is not None
        assert plan.gap <= gap


def spread(units: int, touchpoints: int, *, seed: int, partners: bool = False) -> tuple[Choices, Limits]:
    """Choices of every unit at every touchpoint, a budget for a fifth of them, and regions with a cap each."""
    random = np.random.default_rng(seed)
    unit, touchpoint = (each.ravel() for each in np.indices((units, touchpoints)))
    cost = np.round(random.uniform(1, 20, unit.size), 2)
    short = np.round(cost * random.normal(0, 0.5, unit.size), 2) * partners
    free = np.full(unit.size, NONE)
    choices = Choices(
        np.round(cost * random.lognormal(0, 0.6, unit.size), 2), cost, unit, touchpoint, short, free, free
    )
    budget = float(np.round(cost.sum() / 5, 2))
    return choices, Limits(budget, (Cap(unit % 5, np.full(5, np.round(budget / 5 * 1.02, 2))),))


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thousand choices count as many."""
    for module in (pricing, allocation):
        monkeypatch.setattr(module, "FEW", 1000)
    monkeypatch.setattr(pricing, "_AT_ONCE", 1000)


@pytest.mark.parametrize(
    ("counted", "partners", "gap"), [(None, False, 1e-4), (6, False, 1e-3), (None, True, 3e-3), (6, True, 1e-2)]
)
@pytest.mark.usefixtures("many")
def test_of_many_choices_the_plan_is_proven_near_the_best(counted: int | None, partners: bool, gap: float) -> None:
    choices, limits = spread(110, 20, seed=3, partners=partners)
    plan = allocate(choices, replace(limits, touchpoints=counted))
    assert plan is not None
    assert keeps(choices, replace(limits, touchpoints=counted), plan.taken)
    assert plan.gap is not None
    assert 0 <= plan.gap <= gap


def test_a_last_unit_of_budget_gains_its_price_and_margins_say_what_would_change_the_plan() -> None:
    choices, _ = spread(30, 10, seed=5)
    plan, more = allocate(choices, Limits(500.0)), allocate(choices, Limits(520.0))
    assert plan is not None
    assert more is not None
    assert more.gain - plan.gain == pytest.approx(20 * plan.price, rel=0.25)
    clear = np.abs(plan.margin) > 1
    assert (plan.taken[clear] == (plan.margin[clear] > 0)).all()


@pytest.mark.usefixtures("many")
def test_of_many_choices_what_is_locked_or_goes_together_stays_so_when_touchpoints_are_counted() -> None:
    choices, limits = spread(110, 20, seed=4)
    locked, together = choices.locked.copy(), choices.together.copy()
    locked[[7, 2000]] = [1, 0]
    together[[0, 20, 40]] = 0
    tied, counted = replace(choices, locked=locked, together=together), replace(limits, touchpoints=4)
    plan = allocate(tied, counted)
    assert plan is not None
    assert keeps(tied, counted, plan.taken)
    assert plan.gap is not None
    assert plan.gap <= 0.02
    assert allocate(tied, replace(counted, touchpoints=0)) is None


@pytest.mark.usefixtures("many")
def test_where_touchpoints_hang_together_by_partners_exchanging_them_gains_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choices, limits = spread(110, 20, seed=6, partners=True)
    counted = replace(limits, touchpoints=6)
    exchanged = allocate(choices, counted)
    monkeypatch.setattr(opening, "_FAR", np.inf)
    first = allocate(choices, counted)
    assert exchanged is not None
    assert first is not None
    assert keeps(choices, counted, exchanged.taken)
    assert first.gain < exchanged.gain <= first.bound * (1 + 1e-9)


def test_what_goes_together_over_more_touchpoints_than_may_be_open_is_never_taken() -> None:
    choices, limits = spread(5, 4, seed=1)
    together = np.where(np.arange(len(choices)) < 4, 0, NONE)
    tied, counted = replace(choices, together=together), replace(limits, touchpoints=3)
    plan = allocate(tied, counted)
    assert plan is not None
    assert not plan.taken[:4].any()
    assert allocate(replace(tied, locked=np.where(together == 0, 1, NONE)), counted) is None
