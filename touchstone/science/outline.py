"""A plan at a glance: the relaxed plan without what it would take in part, with the bound that no plan exceeds.

A fraction of the time of a plan proven to the end, and of many choices within a small share of it: few are in part.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from touchstone.science.allocation import Plan, allocate
from touchstone.science.portfolio import Choices, Floats, Limits, Model, least_support
from touchstone.science.pricing import priced

ENOUGH = 0.02
"""A plan that may fall short of the best by more than this share is decided to the end instead."""
_WHOLE = 1 - 1e-6
_ROUNDING = 1e-9


def outlined(choices: Choices, limits: Limits) -> Plan | None:
    """The plan; where leaving out what is taken in part breaks a limit or loses much, the one decided to the end."""
    model = Model(choices, limits)
    if (model.lower > model.upper).any() or (found := priced(model)) is None:
        return None
    judged, x = found
    if limits.touchpoints is not None and (few := _few(choices, limits, x[model.bundle])) is not None:
        return replace(few, bound=max(judged.bound, few.gain))
    made = model.settled(np.where(x >= _WHOLE, x, 0.0))
    over = np.asarray(model.links @ made - model.most, float)
    kept = (made[: model.bundles] >= model.lower[: model.bundles]).all()
    if not kept or (over > _ROUNDING * (abs(model.links) @ np.abs(made) + np.abs(model.most))).any():
        return allocate(choices, limits)
    taken = model.taken(made)
    if judged.bound - float(choices.gain[taken].sum()) > ENOUGH * abs(judged.bound):
        return allocate(choices, limits)
    gain, cost = float(choices.gain[taken].sum()), float(choices.cost[taken].sum())
    price = float(judged.price[0]) if np.isfinite(limits.budget) else 0.0
    margin = judged.margin[model.bundle]
    return Plan(taken, least_support(choices, taken), gain, cost, max(judged.bound, gain), price, margin)


def _few(choices: Choices, limits: Limits, x: Floats) -> Plan | None:
    """The plan of those touchpoints alone that the relaxed plan gains the most at, and of those that must be."""
    gained = np.bincount(choices.touchpoint, x * np.fmax(choices.gain, 0.0))
    gained[choices.touchpoint[choices.locked == 1]] = np.inf
    kept = np.argsort(-gained, kind="stable")[: limits.touchpoints]
    outside = ~np.isin(choices.touchpoint, kept)
    if (choices.locked[outside] == 1).any():
        return None
    return outlined(replace(choices, locked=np.where(outside, 0, choices.locked)), replace(limits, touchpoints=None))
