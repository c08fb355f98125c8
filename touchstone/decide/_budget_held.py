"""Touchpoints that people hold in a home's plan at every unit, or leave out of it, whatever they gain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from touchstone.core.ask import Ask
from touchstone.decide._budget_choices import Possible
from touchstone.decide._budget_terms import by_touchpoint
from touchstone.rules.initiatives import HELD
from touchstone.science.portfolio import NONE


def stated(ask: Ask) -> dict[str, float]:
    """By touchpoint of the taxonomy that is held: 1 at every unit, 0 at none."""
    return by_touchpoint(ask, HELD)


def held(of: Possible, wanted: Mapping[str, float]) -> Possible:
    """The same choices, none of a touchpoint that is left out, and one at every unit of one that is held in."""
    places = of.known.touchpoints.index
    out, into = ([places(name) for name, value in wanted.items() if value == side] for side in (0.0, 1.0))
    locked = np.where(np.isin(of.touchpoint, out), 0, of.choices.locked)
    number = of.limits.standard
    standard = np.full(len(locked), NONE) if number is None else number.copy()
    pair = of.touchpoint * len(of.chain.sales.units) + of.unit
    sure = pair[(standard != NONE) | (locked == 1)]  # stands there already
    mine = np.isin(of.touchpoint, into) & ~np.isin(pair, sure)
    standard[mine] = np.unique(pair[mine], return_inverse=True)[1] + standard.max(initial=NONE) + 1
    limits = replace(of.limits, standard=standard if (standard != NONE).any() else None)
    return replace(of, choices=replace(of.choices, locked=locked), limits=limits)
