"""The plan that counts its own worst tenth: conditional value at risk of the whole plan, with a proof.

Whatever the plan, the mean over its own worst draws is no more than the mean over any other draws. So with the worst
draws of one plan held, the best plan of these gains bounds every plan; its own worst draws come next (the cuts of
Rockafellar & Uryasev's programme, 2000, found one at a time: Kuenzi-Bay & Mayer 2006).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from touchstone.decide._budget_choices import TAIL, Possible
from touchstone.science.allocation import Plan, allocate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_ROUNDS = 4
_ENOUGH = 1e-3  # proven gap at which the search ends
_AT_ONCE = 4000  # choices whose draws are held at once


def averse(of: Possible) -> tuple[Possible, Plan | None]:
    """The plan, and the choices with the gains it is chosen by: so far as aversion goes, those in its worst draws."""
    plan = allocate(of.choices, of.limits)
    share = of.terms.aversion
    if plan is None or share <= 0:
        return of, plan
    value, tail = _worth(of, plan)
    bound, chosen = np.inf, of
    for turn in range(_ROUNDS):
        gains = (1 - share) * of.choices.gain + share * _mean(of, tail)
        found = allocate(replace(of.choices, gain=gains), of.limits)
        if found is None:
            break
        bound, (worth, tail) = min(bound, found.bound), _worth(of, found)
        if worth > value or not turn:
            chosen = replace(of, choices=replace(of.choices, gain=gains))
            price = replace(plan, price=found.price, margin=found.margin)  # what it is chosen by has other prices
            plan, value = (found, worth) if worth > value else (price, value)
        if worth < value or bound - value <= _ENOUGH * abs(value):
            break
    return chosen, replace(plan, gain=value, bound=max(bound, value))


def _worth(of: Possible, plan: Plan) -> tuple[float, Ints]:
    """What a plan is chosen by, its own worst tenth counted, and which draws these are."""
    drawn = of.drawn(plan.taken.nonzero()[0]).sum(axis=1)
    tail = np.argsort(drawn, kind="stable")[: max(1, int(TAIL * len(drawn)))]
    share = of.terms.aversion
    return float((1 - share) * of.choices.gain[plan.taken].sum() + share * drawn[tail].mean()), tail


def _mean(of: Possible, tail: Ints) -> Floats:
    """By choice the mean gain in these draws."""
    every = np.arange(len(of.initiative))
    return np.concatenate(
        [of.drawn(some)[tail].mean(axis=0) for some in np.array_split(every, -(-len(every) // _AT_ONCE))]
    )
