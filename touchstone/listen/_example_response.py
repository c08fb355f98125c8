"""How the example brand answers to money: what effort at a touchpoint lifts, who is kept by it, what that is worth.

Nothing that is measured hangs on it: it says what would happen next. It judges plans; the planner never reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from touchstone.listen._example_events import PURCHASES
from touchstone.listen._example_planted import PAID
from touchstone.listen._example_surveys import expected
from touchstone.listen._example_world import CUTS, Floats, World

LEVELS = (0.5, 1.0, 2.0)
"""Efforts on offer at every touchpoint of every dealer, as multiples of the effort that brings half of all it can."""
BUILT = ("dealership exterior", "parking", "waiting area", "courtesy car", "test drive", "app and manual", "booking")
"""Touchpoints that answer in an S (little for a little) and cost something before anything is done."""
SPILLS = {
    "waiting area": "welcome",
    "booking": "repair time",
    "sales advice": "price and contract",
    "service adviser's attitude": "clarity of the bill",
    "repair quality": "complaint handling",
    "website and prices": "price and contract",
}
SPILL = 0.2
"""Share of what lifts the first touchpoint that lifts the second as well."""
STEP = 0.12
"""How much larger a share of customers stays per standard deviation of loyalty between dealers (see `_people`)."""
STAYING = (0.25, 0.9)
MARGIN = {"company": 0.15, "partner": 0.1}
"""Of a year's sales at a dealer: what is left to the maker and to the dealer."""
YEARS, DISCOUNT = 5, 0.1
BELIEF = 0.25
"""How far beliefs about an effort's lift lie from the truth: standard deviation of their logarithm."""


@dataclass(frozen=True)
class Response:
    """What is planted of spending: dealers x touchpoints, and by touchpoint."""

    sales: Floats  # of each dealer, a year
    ceiling: Floats  # greatest lift of hidden experience, where the touchpoint stands at 0
    price: Floats  # half of the ceiling costs this share of a dealer's yearly sales; what matters more costs more
    fixed: Floats  # and this share of an average dealer's, before anything is done
    built: Floats  # 1 where the answer is an S
    belief: Floats  # what is believed of the lift, as a multiple of the truth


def response(world: World, *, interactions: int) -> Response:
    """The response that is planted in a brand of about so many interactions."""
    random = np.random.default_rng([world.seed, 9])
    names, years = world.touchpoints, world.days / 365
    mean = 0.06 * 34_000 + 0.94 * float(np.exp(5.6 + 0.7**2 / 2))  # of a purchase
    built = np.array([float(name in BUILT) for name in names])
    return Response(
        sales=world.size * interactions * (PURCHASES + PAID) / years * mean,
        ceiling=random.uniform(0.3, 1.2, len(names)),
        price=np.exp(random.normal(np.log(0.003), 0.6, len(names))) * np.sqrt(world.weights / world.weights.mean()),
        fixed=built * np.exp(random.normal(np.log(0.001), 0.4, len(names))),
        built=built,
        belief=np.exp(random.normal(-(BELIEF**2) / 2, BELIEF, (len(LEVELS), len(names)))),
    )


def lift(world: World, planted: Response, effort: Floats) -> Floats:
    """Hidden experience gained by `effort`, both dealers x touchpoints; what stands low has more room to rise."""
    gained = _own(world, planted, effort)
    for origin, other in SPILLS.items():
        gained[:, world.touchpoints.index(other)] += SPILL * gained[:, world.touchpoints.index(origin)]
    return np.asarray(gained)


def _own(world: World, planted: Response, effort: Floats) -> Floats:
    """What effort at a touchpoint lifts there, nothing spilled over."""
    raised = effort ** np.where(planted.built > 0, 2.0, 1.0)
    room = np.clip(1 - world.quality[: world.dealers] / 2, 0.25, 1.75)
    return np.asarray(planted.ceiling * room * raised / (1 + raised))


def cost(planted: Response, effort: Floats) -> Floats:
    """What `effort` costs, dealers x touchpoints."""
    begun = (effort > 0) * planted.fixed * planted.sales.mean()
    return np.asarray(begun + effort * planted.price * planted.sales[:, None])


def kept(world: World, planted: Response, effort: Floats) -> Floats:
    """The larger share of each dealer's customers that stays."""
    loyalty = world.quality[: world.dealers] @ world.weights
    standing, scale = (loyalty - loyalty.mean()) / (loyalty.std() + 1e-9), STEP / (loyalty.std() + 1e-9)
    before = 0.6 + STEP * standing
    after = before + scale * (lift(world, planted, effort) @ world.weights)
    return np.asarray(np.clip(after, *STAYING) - np.clip(before, *STAYING))


def worth() -> float:
    """Years' sales, discounted, that a customer who stays brings beyond one who leaves (from day 120 to 1500)."""
    whole = sum((1 + DISCOUNT) ** -year for year in range(YEARS))
    ends = np.linspace(120, 1500, 1381) / 365
    year = np.arange(YEARS)
    partly = np.clip(ends[:, None] - year, 0, 1) @ (1 + DISCOUNT) ** -year.astype(float)
    return float(whole - partly.mean())


def gain(world: World, planted: Response, effort: Floats, *, of: str = "company") -> Floats:
    """Customer equity gained at each dealer by `effort` (dealers x touchpoints), before its cost."""
    return np.asarray(MARGIN[of] * planted.sales * kept(world, planted, effort) * worth())


def initiatives(world: World, planted: Response) -> list[dict[str, Any]]:
    """What the brand's people believe can be done: touchpoint, level, cost, and lift in points of a rating 1 to 5."""
    here = world.quality[: world.dealers]
    found = []
    for level, effort in enumerate(LEVELS):
        lifted = _own(world, planted, np.full(here.shape, effort))
        points = (expected(here + lifted, CUTS) - expected(here, CUTS)) @ np.arange(1.0, 6.0)
        believed = (world.size @ points) * planted.belief[level]
        found += [
            {
                "touchpoint": name,
                "level": level + 1,
                "fixed_cost": round(float(planted.fixed[at] * planted.sales.mean()), 2),
                "cost_share": round(float(effort * planted.price[at]), 6),
                "lift": round(float(believed[at]), 4),
                "lift_low": round(float(believed[at] * np.exp(-1.96 * BELIEF)), 4),
                "lift_high": round(float(believed[at] * np.exp(1.96 * BELIEF)), 4),
            }
            for at, name in enumerate(world.touchpoints)
        ]
    return found
