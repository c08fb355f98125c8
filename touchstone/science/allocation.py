"""Which of many possible choices to take so that they gain the most, within a budget and with partners on board.

Prices come first: they bound what any plan can gain and decide most places (pricing.py). Of few choices all are then
decided to the end by branch and bound. Of many, those nearest to the edge (kernel search: Angelelli, Mansini &
Speranza 2010); and if the plan is not good enough yet, all that the prices do not rule out (reduced-cost fixing).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from touchstone.science.opening import Opened, opened
from touchstone.science.partnering import closer_bound
from touchstone.science.portfolio import (
    NONE,
    Choices,
    Flags,
    Floats,
    Limits,
    Model,
    least_support,
)
from touchstone.science.pricing import FEW, Judged, edge, narrowed, priced
from touchstone.science.programme import whole

ENOUGH = 2e-4
"""Of many choices, a plan is good enough where none can gain more than this share more."""
_EXACT = 300  # so many choices are decided to the last
_KERNEL = 2500  # so many places nearest to the edge are decided first
_NODES = 20_000  # steps of a search over few choices, so that it ends, and at the same plan each time
_STEPS = 200  # of a search over many
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
    if (model.lower > model.upper).any():
        return None
    if model.bundles > FEW and len(model.open) and (found := opened(model)) is not None:
        plan = _planned(found.part, (found.judged, found.x))
        if plan is not None:
            return _among(choices, found, plan)
    priced_at = priced(model)
    return None if priced_at is None else _planned(model, priced_at)


def _among(choices: Choices, found: Opened, plan: Plan) -> Plan:
    """A plan of the open touchpoints as one of all."""
    taken = np.zeros(len(choices), bool)
    taken[found.inside] = plan.taken
    bound = max(found.bound, plan.gain)
    return replace(
        plan,
        taken=taken,
        support=least_support(choices, taken),
        bound=bound,
        margin=found.margin,
    )


def _planned(model: Model, found: tuple[Judged, Floats]) -> Plan | None:
    """The plan that follows from what the prices say, as whole choices that keep to every limit."""
    most, bound = model.most, np.inf
    while (decided := _decided(model, *found, most)) is not None:
        made = model.settled(decided[0])
        bound = min(bound, decided[1]) if np.isinf(bound) else bound
        over = np.asarray(model.links @ made - model.most, float)
        beyond = over > _ROUNDING * (abs(model.links) @ np.abs(made) + np.abs(model.most))
        if not beyond.any():
            return _plan(model, made, bound=bound, judged=found[0])
        most = most - np.where(beyond, 2 * over, 0.0)  # the solver went a hair too far: the limit moves by that
    return None


def _decided(model: Model, judged: Judged, x: Floats, most: Floats) -> tuple[Floats, float] | None:
    """The best x in whole numbers that was found, and the bound that holds for it."""
    places = len(model.opening)
    if model.bundles <= FEW:
        narrow = narrowed(model, judged, np.ones(places, bool), most)
        exact = model.bundles <= _EXACT
        answer = whole(narrow.programme, nodes=_NODES if exact else 10 * _STEPS, gap=0.0 if exact else ENOUGH)
        if answer is None:
            return None
        return narrow.widened(model, answer.x), min(answer.bound, judged.bound)
    partly = np.zeros(places, bool)
    between = model.place[np.flatnonzero(_partly(model, x))]
    partly[between[between != NONE]] = True
    narrow = narrowed(model, judged, partly | edge(model, judged, x, _KERNEL), most)
    answer = whole(narrow.programme, nodes=_STEPS, gap=ENOUGH / 4)
    if answer is None:  # too much was taken as clear
        narrow = narrowed(model, judged, np.ones(places, bool), most)
        answer = whole(narrow.programme, nodes=_STEPS, gap=ENOUGH / 4)
    if answer is None:
        return None
    made, bound = model.settled(narrow.widened(model, answer.x)), judged.bound
    if len(model.short) and bound > float(model.profit @ made) * (1 + ENOUGH):
        bound = closer_bound(model, judged, made, nodes=_STEPS, gap=ENOUGH / 20)
    return made, bound


def _partly(model: Model, x: Floats) -> Flags:
    return model.whole[: model.bundles] & (np.abs(x - np.round(x)) > 1e-6)[: model.bundles]


def _plan(model: Model, x: Floats, *, bound: float, judged: Judged) -> Plan:
    choices, taken = model.choices, model.taken(x)
    gain, cost = float(choices.gain[taken].sum()), float(choices.cost[taken].sum())
    price = float(judged.price[0]) if np.isfinite(model.limits.budget) else 0.0
    margin = judged.margin[model.bundle]
    return Plan(
        taken,
        least_support(choices, taken),
        gain,
        cost,
        max(bound, gain),
        price,
        margin,
    )


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
