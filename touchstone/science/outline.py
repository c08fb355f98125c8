"""A plan at a glance: the relaxed plan without what it would take in part, with the bound that no plan exceeds.

A fraction of the time of a plan proven to the end, and of many choices within a small share of it: few are in part.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from touchstone.science.allocation import Plan, allocate
from touchstone.science.filling import WHOLE, filled
from touchstone.science.portfolio import NONE, Choices, Flags, Floats, Ints, Limits, Model, least_support
from touchstone.science.pricing import Judged, edge, narrowed, priced
from touchstone.science.programme import whole

ENOUGH = 0.02
"""A plan that may fall short of the best by more than this share is decided to the end instead."""
_CLOSE = 2e-3  # a plan that falls short by no more is not looked at again
_PLACES = 300  # so many places nearest to the edge are decided together
_STEPS = 20  # of the search over them
_SOON = 300  # so few choices are decided near the edge however quick it is to be
_ROUNDING = 1e-9


def outlined(choices: Choices, limits: Limits, *, quick: bool = False) -> Plan | None:
    """The plan; where leaving out what is taken in part breaks a limit or loses much, choices change one by one.

    Where that is not enough either, it is decided near the edge, and then to the end. To be `quick`, that is left out
    but of few choices: the gap is what it is, and where limits hardly let a plan be, it may not be found.
    """
    model = Model(choices, limits)
    if (model.lower > model.upper).any() or (found := priced(model)) is None:
        return None
    judged, x = found
    if limits.touchpoints is not None and (few := _few(choices, limits, x[model.bundle], quick=quick)) is not None:
        return replace(few, bound=max(judged.bound, few.gain))
    soon = quick and model.bundles > _SOON
    plan = _kept(model, judged, np.where(x >= WHOLE, x, 0.0))
    if plan is None or _lacks(plan, _CLOSE):
        plan = _better(plan, _whole(model, judged, x))
    if plan is None or (_lacks(plan, _CLOSE) and not soon):
        plan = _better(plan, _near(model, judged, x))
    if soon or (quick and plan is not None):
        return plan
    return allocate(choices, limits) if plan is None or _lacks(plan, ENOUGH) else plan


def _better(one: Plan | None, other: Plan | None) -> Plan | None:
    return max((each for each in (one, other) if each is not None), key=lambda each: each.gain, default=None)


def _lacks(plan: Plan, share: float) -> bool:
    return plan.bound - plan.gain > share * abs(plan.bound)


def _whole(model: Model, judged: Judged, x: Floats) -> Plan | None:
    """The plan in which choices change one by one until all are whole."""
    made = filled(model, judged, x)
    return None if made is None else _kept(model, judged, made)


def _near(model: Model, judged: Judged, x: Floats) -> Plan | None:
    """The plan in which what is taken in part, and the places nearest to the edge, are decided in whole numbers."""
    weighed = edge(model, judged, x, _PLACES)
    apart = np.flatnonzero((model.place != NONE) & _partly(model, x))
    weighed[model.place[apart]] = True
    narrow = narrowed(model, judged, weighed, model.most)
    answer = whole(narrow.programme, nodes=_STEPS, gap=ENOUGH / 4)
    return None if answer is None else _kept(model, judged, narrow.widened(model, answer.x))


def _partly(model: Model, x: Floats) -> Flags:
    return np.asarray(np.abs(x - np.round(x))[: model.bundles] > 1 - WHOLE, bool)


def _kept(model: Model, judged: Judged, x: Floats) -> Plan | None:
    """Whole choices as a plan, with the support they need; None where they break a limit."""
    made = model.settled(x)
    over = np.asarray(model.links @ made - model.most, float)
    beyond = over > _ROUNDING * (abs(model.links) @ np.abs(made) + np.abs(model.most))
    short = made[model.support] > model.upper[model.support] + _ROUNDING * np.abs(model.choices.shortfall).sum()
    if beyond.any() or short.any() or (made[: model.bundles] < model.lower[: model.bundles]).any():
        return None
    choices, taken = model.choices, model.taken(made)
    gain, cost = float(choices.gain[taken].sum()), float(choices.cost[taken].sum())
    price = float(judged.price[0]) if np.isfinite(model.limits.budget) else 0.0
    margin = judged.margin[model.bundle]
    return Plan(taken, least_support(choices, taken), gain, cost, max(judged.bound, gain), price, margin)


def _few(choices: Choices, limits: Limits, x: Floats, *, quick: bool) -> Plan | None:
    """The plan of those touchpoints alone that the relaxed plan gains the most at, and of those that must be."""
    gained = np.bincount(choices.touchpoint, x * np.fmax(choices.gain, 0.0))
    gained[choices.touchpoint[choices.locked == 1]] = np.inf
    gained[_standing(choices, limits)] = np.inf
    kept = np.argsort(-gained, kind="stable")[: limits.touchpoints]
    outside = ~np.isin(choices.touchpoint, kept)
    if (choices.locked[outside] == 1).any():
        return None
    inside = replace(choices, locked=np.where(outside, 0, choices.locked))
    return outlined(inside, replace(limits, touchpoints=None), quick=quick)


def _standing(choices: Choices, limits: Limits) -> Ints:
    """Touchpoints that some standard can be met at alone."""
    if limits.standard is None:
        return np.zeros(0, np.int64)
    inside = np.flatnonzero(limits.standard != NONE)
    size, group = int(limits.standard.max(initial=NONE)) + 1, limits.standard[inside]
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, NONE)
    np.minimum.at(first, group, choices.touchpoint[inside])
    np.maximum.at(last, group, choices.touchpoint[inside])
    return np.unique(first[first == last])
