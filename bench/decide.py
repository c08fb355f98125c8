"""Budgets of 80,000 choices: speed and proof, HiGHS beside it; and a home's plan against the planted truth."""

from __future__ import annotations

import resource
import time
from collections.abc import Generator, Iterator

import numpy as np

from bench._decide_plan import SEEDS, lines
from touchstone.science.allocation import Plan, allocate
from touchstone.science.portfolio import NONE, Cap, Choices, Limits, Model
from touchstone.science.pricing import judge, narrowed
from touchstone.science.programme import whole


def bench(*, quick: bool = False) -> Iterator[str]:
    """Lines for one budget with regions, for counted touchpoints, and for partners with choices all or nothing."""
    units = 200 if quick else 2000
    choices, limits = world(units, partners=False)
    ours = yield from _timed("budget and region caps", choices, limits)
    yield from _timed("and at most 12 touchpoints", choices, Limits(limits.budget, limits.caps, 12))
    others, within = world(units, partners=True)
    yield from _timed("partners, all or nothing", others, within)
    yield from _timed("and at most 12 touchpoints", others, Limits(within.budget, within.caps, 12))
    model = Model(choices, limits)
    nothing, every = judge(model, np.zeros(len(model.most))), np.ones(len(model.opening), bool)
    began = time.process_time()
    whole(narrowed(model, nothing, every, model.most).programme, nodes=1000, gap=1e-4)
    yield f"HiGHS given the whole first problem: {(time.process_time() - began) / ours:.0f} times the CPU"
    yield from lines(range(101, 103) if quick else SEEDS)


def world(units: int, *, partners: bool, touchpoints: int = 40, regions: int = 10) -> tuple[Choices, Limits]:
    """A choice of every unit at every touchpoint, money for a fifth of them, a cap on each region."""
    random = np.random.default_rng(0)
    unit, touchpoint = (each.ravel() for each in np.indices((units, touchpoints)))
    cost = np.round(random.uniform(1, 20, unit.size), 2)
    gain = np.round(cost * random.lognormal(0, 0.6, unit.size), 2)
    short, together = np.zeros(unit.size), np.full(unit.size, NONE)
    if partners:
        short = np.round(cost * random.normal(0, 0.5, unit.size), 2)
        together[random.choice(unit.size, 400, replace=False)] = np.repeat(np.arange(20), 20)
    budget = float(cost.sum()) / 5
    caps = (Cap(unit % regions, np.full(regions, budget / regions * 1.02)),)
    return Choices(gain, cost, unit, touchpoint, short, together, np.full(unit.size, NONE)), Limits(budget, caps)


def _timed(name: str, choices: Choices, limits: Limits) -> Generator[str, None, float]:
    began = time.process_time()
    plan: Plan | None = allocate(choices, limits)
    took, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    gap = "no plan" if plan is None or plan.gap is None else f"proven gap {100 * plan.gap:.6f} %"
    yield f"{len(choices):,} choices, {name}: {took:.1f} CPU s, {peak:.0f} MB at most, {gap}"
    return took
