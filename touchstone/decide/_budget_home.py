"""A home's plan: what to do where with the budget, what it should bring with its doubt, and what else could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.tables import PLAN
from touchstone.decide import _budget_standards as standards
from touchstone.decide._budget_averse import averse
from touchstone.decide._budget_chain import PRIOR, UNKNOWN, catalogue, chain
from touchstone.decide._budget_choices import TAIL, Possible, possible
from touchstone.decide._budget_each import initiative_rows
from touchstone.decide._budget_held import held
from touchstone.decide._budget_held import stated as stated_held
from touchstone.decide._budget_terms import terms
from touchstone.decide._budget_told import Made, by_group, choice_rows, learning, unit_rows
from touchstone.decide._file import plans, row
from touchstone.science.allocation import Plan, conflicts
from touchstone.science.outline import outlined

Floats = NDArray[np.float64]
STEPS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0)
"""Budgets of the frontier, as multiples of the one planned with."""
AT_MOST = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20)
"""So many touchpoints at most, where it is asked what a plan of few would bring."""
MEASURED_IN = "customer equity"


def planned(ask: Ask, maker: str, *, frontier: bool = True, **given: Any) -> pa.Table:
    """Rows of the plan: as a whole, by choice, touchpoint, region and unit; and the frontier, with few touchpoints too.

    With the frontier, also each initiative with all that could be chosen of it.

    No row without initiatives; one that says why where no plan can be made.
    """
    chosen, source = terms(ask, **given)
    known = catalogue(ask)
    if not known.rows:
        return PLAN.empty_table()
    made = chain(ask, known, chosen)
    if not len(made.sales.units):
        return _none(maker, "nobody is known to have bought anything, so nothing says what customers are worth")
    free = standards.kept(possible(ask, known, made, chosen), standards.stated(ask))
    if not len(free.initiative):
        return _none(maker, "no initiative is at a unit where customers buy")
    fixed = stated_held(ask)
    of, plan = averse(held(free, fixed))
    if plan is None:
        at = ", ".join(conflicts(of.choices, of.limits))
        least = standards.least_cost(of)
        more = f"; the standards alone cost {least:,.0f} at least" if least else ""
        more += "".join(f"; {name} is held {'in' if side else 'out'}" for name, side in fixed.items())
        return _none(maker, f"no plan keeps to every limit; in each other's way are: {at}{more}")
    told = Made(ask, maker, of, plan, plan.taken.nonzero()[0])
    rows = [_whole(told, source, fixed), *by_group(told), *unit_rows(told), *choice_rows(told)]
    if frontier:
        rows += [*initiative_rows(told, free), *_frontier(told), *_few(told)]
    return plans(rows)


def _none(maker: str, why: str) -> pa.Table:
    return plans([row(maker, {}, None, n=0, measured_in=MEASURED_IN, detail={"why": why}) | {"about": []}])


def _whole(told: Made, source: Mapping[str, str], fixed: Mapping[str, float]) -> dict[str, Any]:
    of, plan = told.of, told.plan
    drawn = told.drawn.sum(axis=1)
    spent = plan.cost + float(plan.support.sum())
    worst = np.sort(drawn)[: max(1, int(TAIL * len(drawn)))]
    detail = {
        **_spent(plan),
        "probability": float((drawn > spent).mean()),
        "worst_tenth": float(worst.mean()),
        "partner_pays": float(of.partner_cost[told.taken].sum()),
        "partner_gain": float(of.partner_gain[told.taken].sum()),
        "touchpoints": len(np.unique(of.touchpoint[told.taken])),
        "units": len(np.unique(of.unit[told.taken])),
        "possible": len(of.initiative),
        "currency": of.chain.sales.currency,
        "sales": float(of.chain.sales.amount.sum()),
        "terms": asdict(of.terms) | {"budget": of.limits.budget},
        "terms_from": dict(source),
        "priors": {"lift": UNKNOWN[0], "kept_per_point": PRIOR[0]},
        **of.chain.told,
        **_required(told),
        **({"held": dict(fixed)} if fixed else {}),
        **learning(told),
    }
    return told.row({}, float(of.gain[told.taken].sum()), drawn, detail=detail, about=[])


def _required(told: Made) -> dict[str, Any]:
    """Standards and quarters, where somebody chose them."""
    of = told.of
    found: dict[str, Any] = {"standards": standards.told(of, told.standards, told.taken)} if of.standards else {}
    return found | ({"quarters": list(of.quarters)} if of.quarters else {})


def _spent(plan: Plan) -> dict[str, Any]:
    return {"cost": plan.cost, "support": float(plan.support.sum()), "chosen_by": plan.gain, "bound": plan.bound,
            "gap": plan.gap, "price": plan.price}  # fmt: skip


def _frontier(told: Made) -> list[dict[str, Any]]:
    """What other budgets would bring, each as a whole with what goes where."""
    of, rows = told.of, []
    whole = float(of.choices.cost.sum())
    for share in STEPS:
        budget = of.limits.budget * share
        if share > 1 and budget > whole:
            continue
        found = told.plan if share == 1 else outlined(of.choices, of.within(budget, of.limits.touchpoints))
        if found is not None:
            rows.append(_point(told, found, budget, None))
    return rows


def _few(told: Made) -> list[dict[str, Any]]:
    """What the same budget would bring at so many touchpoints at most, up to those that a plan could have at all."""
    of, rows = told.of, []
    every = len(np.unique(of.touchpoint[of.choices.locked != 0]))
    for most in (each for each in AT_MOST if each < every):
        own = most == of.limits.touchpoints
        found = told.plan if own else outlined(of.choices, of.within(of.limits.budget, most))
        if found is not None:
            rows.append(_point(told, found, of.limits.budget, most))
    return rows


def _point(told: Made, plan: Plan, budget: float, most: int | None) -> dict[str, Any]:
    taken = plan.taken.nonzero()[0]
    drawn = told.of.drawn(taken).sum(axis=1)
    by = {"budget": f"{budget:.2f}"} | ({} if most is None else {"touchpoints_at_most": str(most)})
    detail = _spent(plan) | {
        "probability": float((drawn > plan.cost + plan.support.sum()).mean()),
        "where": _where(told.of, taken),
    }
    return told.row(by, float(told.of.gain[taken].sum()), drawn, detail=detail, about=[])


def _where(of: Possible, taken: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """By touchpoint of a plan: cost, gain and units."""
    found = {}
    for at in np.unique(of.touchpoint[taken]):
        mine = taken[of.touchpoint[taken] == at]
        found[of.known.touchpoints[at]] = {
            "cost": float(of.choices.cost[mine].sum()),
            "gain": float(of.gain[mine].sum()),
            "units": len(np.unique(of.unit[mine])),
        }
    return found
