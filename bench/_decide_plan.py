"""A home's plan against the planted truth: what it would truly gain, beside one who knows the truth, and evenly spread.

The planner sees what customers of the example brand answered and bought, and what its people believe can be done (about
a quarter off). The one who knows everything has the same choices, the same money and the same solver. Each link known
alone shows what the doubt about the others costs. Seeds that the planner was not developed on: 101 to 120.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.tables import INTERACTION, UNIT, conform
from touchstone.decide._budget_chain import catalogue, chain
from touchstone.decide._budget_choices import Possible, possible
from touchstone.decide._budget_terms import Terms
from touchstone.listen import _example_events as events
from touchstone.listen import _example_response as planted
from touchstone.listen import _example_surveys as surveys
from touchstone.listen._example_block import blocks
from touchstone.listen._example_people import units
from touchstone.listen._example_world import Floats, World, build
from touchstone.rules.initiatives import stated
from touchstone.science.outline import outlined
from touchstone.science.portfolio import NONE, Choices, Limits
from touchstone.store.scratch import Scratch, scratch

SEEDS = range(101, 121)
INTERACTIONS = 60_000
SCALE = {"dealers": 120, "regions": 6, "distributors": 2, "customers": 40_000, "years": 2, "until": "2026-09-30"}
SHARE = 0.1  # of what everything would cost at the second level
LINKS = ("weights", "lifts", "rooms")


def lines(seeds: Iterator[int] | range = SEEDS) -> Iterator[str]:
    """The medians over seeds, with the least and the most."""
    found: dict[str, list[float]] = {}
    for seed in seeds:
        for name, value in judged(seed).items():
            found.setdefault(name, []).append(value)
    for name, values in found.items():
        yield (
            f"{name}: median {np.median(values):.3f} (quartiles {np.quantile(values, 0.25):.3f} to "
            f"{np.quantile(values, 0.75):.3f}, least {min(values):.3f}), {len(values)} seeds"
        )


def judged(seed: int) -> dict[str, float]:
    """What the plan of one seed's brand truly gains, as a share of what the truth known would have gained."""
    world = build(seed=seed, **SCALE)
    response = planted.response(world, interactions=INTERACTIONS)
    effort = planted.cost(response, np.full((world.dealers, len(world.touchpoints)), planted.LEVELS[1]))
    budget = SHARE * float(effort.sum())
    ask = heard(world, planted.initiatives(world, response))
    terms = Terms(budget=budget, partner_share=0.0)
    known = catalogue(ask)
    made = possible(ask, known, chain(ask, known, terms), terms)
    own = _effort(world, made, made.choices.gain)  # as the plan chooses, with caution
    paid = float(planted.cost(response, own).sum())
    true = _true(world, response, made, {})
    best = _gain(world, response, _effort(world, made, true, budget=paid, response=response))
    gain = _gain(world, response, own)
    even = _gain(world, response, _evenly(response, paid))
    shares = {"share of what the truth known would gain": gain / best, "times as much as evenly spread": gain / even}
    for name in LINKS:
        better = _effort(world, made, _true(world, response, made, {"all but": name}), budget=paid, response=response)
        shares[f"share with the truth known of all but {name}"] = _gain(world, response, better) / best
    return shares | {"money spent, of the budget": paid / budget}


def heard(world: World, believed: list[dict[str, Any]]) -> Scratch:
    """What a planner sees: surveys, purchases, units, and initiatives as people state them."""
    tables = []
    for block in blocks(world, INTERACTIONS):
        asked = surveys.asked(block)
        nothing = pa.nulls(len(asked[0].unit), pa.string())
        tables += [surveys.answers(block, *asked, nothing), *(each for each in events.listen(block) if _bought(each))]
    said = conform(pa.concat_tables(tables), INTERACTION)
    rows = [stated(row, touchpoints=world.touchpoints, units=()) for row in believed]
    return scratch(said, units=conform(units(world), UNIT), taxonomy=world.taxonomy, recorded={"initiative": rows})


def _bought(table: pa.Table) -> bool:
    return len(table) > 0 and table["kind"][0].as_py() == "purchase"


def _gain(world: World, response: planted.Response, effort: Floats) -> float:
    return float(planted.gain(world, response, effort).sum())


def _effort(
    world: World, of: Possible, gain: Floats, *, budget: float | None = None, response: planted.Response | None = None
) -> Floats:
    """The effort at each dealer and touchpoint that a plan with these gains takes; costs true where `response` is."""
    dealer = np.array([world.unit_ids.index(each) for each in of.chain.sales.units])[of.unit]
    level = np.array([planted.LEVELS[row["level"] - 1] for row in of.known.rows])[of.initiative]
    cost = of.cost
    if response is not None:
        cost = (response.fixed * response.sales.mean())[of.touchpoint]
        cost = cost + level * response.price[of.touchpoint] * response.sales[dealer]
    free = np.full(len(cost), NONE)
    choices = Choices(gain, cost, dealer, of.touchpoint, np.full(len(cost), -1.0), free, free)
    plan = outlined(choices, Limits(of.limits.budget if budget is None else budget))
    assert plan is not None
    made = np.zeros((world.dealers, len(world.touchpoints)))
    made[dealer[plan.taken], of.touchpoint[plan.taken]] = level[plan.taken]
    return made


def _true(world: World, response: planted.Response, of: Possible, unknown: dict[str, str]) -> Floats:
    """True gains by choice; of one link (`all but`) what the planner believes."""
    dealer = np.array([world.unit_ids.index(each) for each in of.chain.sales.units])[of.unit]
    level = np.array([row["level"] - 1 for row in of.known.rows])[of.initiative]
    lift = np.stack([planted._own(world, response, np.full((world.dealers, len(world.touchpoints)), each))
                     for each in planted.LEVELS])  # fmt: skip
    usual = np.einsum("ldt,d->lt", lift, world.size)
    rooms = lift / usual[:, None, :]
    weight = world.weights.copy()
    for origin, other in planted.SPILLS.items():
        weight[world.touchpoints.index(origin)] += planted.SPILL * world.weights[world.touchpoints.index(other)]
    at, but = of.touchpoint, unknown.get("all but")
    weights = of.chain.weight.mean(axis=0)[at] if but == "weights" else weight[at]
    lifts = of.chain.lifted[of.initiative] if but == "lifts" else usual[level, at]
    room = of.chain.room[of.unit, at] if but == "rooms" else rooms[level, dealer, at]
    sales = of.chain.sales.amount[of.unit] if but is None and unknown else response.sales[dealer]
    return np.asarray(weights * lifts * room * sales, float)


def _evenly(response: planted.Response, budget: float) -> Floats:
    """The same share of the money for each touchpoint, and of that for each dealer by its sales."""
    sales = response.sales[:, None]
    money = budget * sales / (len(response.price) * sales.sum()) * np.ones((1, len(response.price)))
    left = money - response.fixed * response.sales.mean()
    return np.asarray(np.fmax(left, 0.0) / (response.price * sales), float)


if __name__ == "__main__":
    import sys

    for line in lines(range(*map(int, sys.argv[1:3])) if len(sys.argv) > 2 else SEEDS):
        print(line, flush=True)
