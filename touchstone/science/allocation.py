"""Which of many possible choices to take so that they gain the most, within a budget and with partners on board.

The relaxed problem comes first: its prices bound what any plan can gain. Of few choices the rest is decided to the end
(branch and bound). Of many, those that the prices leave open are decided exactly and the others as the prices say
(kernel search: Angelelli, Mansini & Speranza 2010); the answer says how far it can be from the best plan there is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from touchstone.science.portfolio import NONE, Choices, Flags, Floats, Limits, Model, least_support
from touchstone.science.programme import Answer, Programme, relaxed, whole

ENOUGH = 1e-4
"""Of many choices, a plan is good enough where none can gain more than this share more."""
_FEW = 2000  # so many open choices are decided to the end
_NODES = 20_000  # steps of a search, so that it ends, and at the same plan each time
_ROUNDING = 1e-9  # of sums, as a share of what is added up


@dataclass(frozen=True)
class Plan:
    """What is taken, the support each unit needs for it, what all of it gains, and what no plan can exceed.

    `price` is what one more unit of budget would gain. `margin` is what each choice is worth after paying for what it
    uses at such prices: what is left out would have to gain so much more (its margin is below 0), what is taken so much
    less, before the plan changes. Both are of the relaxed problem: right but for the few choices at the edge.
    """

    taken: Flags
    support: Floats
    gain: float
    cost: float
    bound: float
    price: float
    margin: Floats

    @property
    def gap(self) -> float | None:
        """How much more than this plan any plan can gain, as a share; None where it gains nothing."""
        return None if self.gain == 0 else (self.bound - self.gain) / abs(self.gain)


def allocate(choices: Choices, limits: Limits) -> Plan | None:
    """The plan that gains the most; None where no plan keeps to the limits."""
    model = Model(choices, limits)
    programme, bound = model.programme, np.inf
    if (programme.lower > programme.upper).any():
        return None
    root = relaxed(programme)
    while root is not None and (answer := _decided(programme, root)) is not None:
        x = model.settled(answer.x)
        bound = answer.bound if np.isinf(bound) else bound
        over = np.asarray(programme.matrix @ x - model.programme.most, float)
        summed = abs(programme.matrix) @ np.abs(x) + np.abs(programme.most)
        if (over <= _ROUNDING * summed).all():
            return _plan(model, x, bound=bound, root=root)
        beyond = np.where(over > _ROUNDING * summed, 2 * over, 0.0)
        programme = replace(programme, most=programme.most - beyond)  # a hair too far: the limit moves by that
    return None


def _decided(programme: Programme, root: Answer) -> Answer | None:
    """The best x in whole numbers, with the bound that holds for it."""
    found = whole(programme, nodes=_NODES)
    return found and replace(found, bound=min(found.bound, root.bound))


def _plan(model: Model, x: Floats, *, bound: float, root: Answer) -> Plan:
    choices, taken = model.choices, model.taken(x)
    gain, cost = float(choices.gain[taken].sum()), float(choices.cost[taken].sum())
    price = float(root.price[0]) if np.isfinite(model.limits.budget) else 0.0
    support = least_support(choices, taken)
    return Plan(taken, support, gain, cost, max(bound, gain), price, model.margin(root.price))


def conflicts(choices: Choices, limits: Limits) -> list[str]:
    """Which kinds of limits are in each other's way: those without any one of which there would be a plan; or all."""
    free = np.full(len(choices), NONE)
    without = {
        "budget": (choices, replace(limits, budget=np.inf)),
        "caps": (choices, replace(limits, caps=())),
        "touchpoints": (choices, replace(limits, touchpoints=None)),
        "together": (replace(choices, together=free), limits),
        "standard": (choices, replace(limits, standard=None)),
        "locked": (replace(choices, locked=free), limits),
        "shortfall": (replace(choices, shortfall=np.zeros(len(choices))), limits),
    }
    alone = [name for name, (some, fewer) in without.items() if allocate(some, fewer) is not None]
    return alone or list(without)
