"""What a plan says of each touchpoint, region, unit and choice: what it costs and brings, why, what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.decide._budget_choices import Possible
from touchstone.decide._budget_standards import Standard, at_unit, standards
from touchstone.decide._file import row
from touchstone.science.allocation import Plan
from touchstone.science.portfolio import NONE, shared_out

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MOST = 12  # initiatives that a unit's row tells of


@dataclass(frozen=True)
class Made:
    """A plan with what it chose from; `taken` are the places of its choices."""

    ask: Ask
    maker: str
    of: Possible
    plan: Plan
    taken: Ints

    @cached_property
    def drawn(self) -> Floats:
        """Draws x choices taken: what each gains."""
        return self.of.drawn(self.taken)

    @cached_property
    def standards(self) -> tuple[Standard, ...]:
        """Touchpoints that must stand at a least rating everywhere."""
        return tuple(standards(self.of))

    @cached_property
    def support(self) -> Floats:
        """By choice taken its part of its unit's support."""
        return shared_out(self.of.choices, self.plan.taken, self.plan.support)[self.taken]

    def row(
        self, by: Mapping[str, str], value: float, drawn: Floats, *, detail: Mapping[str, Any], about: Sequence[str]
    ) -> dict[str, Any]:
        """A row with 95 % limits from draws; a unit's own row is about this unit alone."""
        low, high = (float(each) for each in np.quantile(drawn, (0.025, 0.975)))
        limits = (min(low, value), max(high, value))
        n = self.of.chain.told["surveys"]
        made = row(self.maker, by, value, n=n, measured_in="customer equity", detail=detail, limits=limits)
        id = ":".join(["budget", *(f"{key}={each}" for key, each in by.items())])
        return made | {"id": id, "about": list(about), "rests_on": []}


def choice_rows(told: Made) -> list[dict[str, Any]]:
    """A row for each initiative at each unit that the plan takes."""
    of, rows = told.of, []
    for place, at in enumerate(told.taken.tolist()):
        stated = of.known.rows[of.initiative[at]]
        unit = of.chain.sales.units[of.unit[at]]
        by = {"choice": f"{stated['id']}@{unit}", "unit": unit, "touchpoint": stated["touchpoint"],
              "level": str(stated["level"])}  # fmt: skip
        detail = {"name": stated["name"], **_money(told, at, place), "margin": float(told.plan.margin[at])}
        detail |= {"quarter": of.quarters[of.start[at]]} if of.quarters else {}
        rows.append(told.row(by, float(of.gain[at]), told.drawn[:, place], detail=detail, about=[unit]))
    return rows


def _money(told: Made, at: int, place: int) -> dict[str, float]:
    of = told.of
    return {
        "cost": float(of.cost[at]),
        "company_pays": float(of.choices.cost[at]),
        "partner_pays": float(of.partner_cost[at]),
        "support": float(told.support[place]),
        "partner_gain": float(of.partner_gain[at]),
    }


def by_group(told: Made) -> list[dict[str, Any]]:
    """Rows by touchpoint (also those without money, with what would bring them in), region and quarter of beginning."""
    of, rows = told.of, []
    for at in np.unique(of.touchpoint):
        mine = np.flatnonzero(of.touchpoint[told.taken] == at)
        name = of.known.touchpoints[at]
        detail = _sums(told, mine) | _turning(told, int(at)) | {"owner": _owner(told.ask, name)} | _why(told, int(at))
        rows.append(_group(told, {"touchpoint": name}, mine, detail))
    for at, name in enumerate(of.regions):
        mine = np.flatnonzero(of.region[of.unit[told.taken]] == at)
        rows.append(_group(told, {"region": name}, mine, _sums(told, mine)))
    for at, name in enumerate(of.quarters):
        mine = np.flatnonzero(of.start[told.taken] == at)
        rows.append(_group(told, {"quarter": name}, mine, _sums(told, mine)))
    return rows


def _group(told: Made, by: Mapping[str, str], mine: Ints, detail: Mapping[str, Any]) -> dict[str, Any]:
    value = float(told.of.gain[told.taken[mine]].sum())
    return told.row(by, value, told.drawn[:, mine].sum(axis=1), detail=detail, about=[])


def _sums(told: Made, mine: Ints) -> dict[str, Any]:
    of, some = told.of, told.taken[mine]
    return {
        "cost": float(of.choices.cost[some].sum()),
        "support": float(told.support[mine].sum()),
        "partner_pays": float(of.partner_cost[some].sum()),
        "partner_gain": float(of.partner_gain[some].sum()),
        "units": len(np.unique(of.unit[some])),
        "levels": {str(level): int(count) for level, count in zip(*np.unique(
            [of.known.rows[each]["level"] for each in of.initiative[some]], return_counts=True), strict=True)},
    }  # fmt: skip


def _owner(ask: Ask, name: str) -> str:
    found = ask.taxonomy.find(name)
    return found.owner if found is not None else ""


def _why(told: Made, at: int) -> dict[str, float]:
    """How much the touchpoint weighs, with its limits, how much more so below the middle, and how it stands."""
    chain = told.of.chain
    found: dict[str, float] = {}
    for name, drawn in (("weight", chain.weight[:, at]), ("asymmetry", chain.bend[:, at])):
        low, high = np.quantile(drawn, (0.025, 0.975))
        found |= {name: float(drawn.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}
    return found | {"standing": float(chain.standing.brand[at])}


def _turning(told: Made, at: int) -> dict[str, Any]:
    """By what factor of what is believed of its lift the touchpoint's place in the plan turns, at its price of money.

    Below that factor all money leaves a touchpoint that is in; above it the first money comes to one that is out.
    """
    of, plan = told.of, told.plan
    mine = np.flatnonzero((of.touchpoint == at) & (of.choices.gain > 0) & (of.choices.locked != 0))
    if not len(mine) or plan.price <= 0:
        return {"turning": None}
    return {"turning": float((plan.price * of.choices.cost[mine] / of.choices.gain[mine]).min())}


def learning(told: Made) -> dict[str, Any]:
    """What it would be worth to know each touchpoint's lift before choosing, the most first, at the price of money.

    Value of partial perfect information: what each unit would choose better, knowing; prices are taken to stay.
    """
    of, price = told.of, told.plan.price
    found = {}
    for at in np.unique(of.touchpoint):
        mine = np.flatnonzero((of.touchpoint == at) & (of.choices.locked != 0))
        drawn = of.chain.lift[:, of.initiative[mine]]
        factor = drawn / np.fmax(drawn.mean(axis=0), 1e-12)
        unit = np.unique(of.unit[mine], return_inverse=True)[1]
        best = np.zeros((len(factor) + 1, unit.max(initial=-1) + 1))
        net = np.concatenate([np.ones((1, len(mine))), factor]) * of.choices.gain[mine] - price * of.choices.cost[mine]
        for column in np.argsort(unit, kind="stable").tolist():
            np.maximum(best[:, unit[column]], net[:, column], out=best[:, unit[column]])
        total = best.sum(axis=1)
        found[of.known.touchpoints[at]] = max(0.0, float(total[1:].mean() - total[0]))
    return {"worth_knowing": dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))}


def unit_rows(told: Made) -> list[dict[str, Any]]:
    """Each unit's own view: what it pays, what it gets, what is done there and why; or why nothing is."""
    return [_unit(told, at, name) for at, name in enumerate(told.of.chain.sales.units)]


def _unit(told: Made, at: int, name: str) -> dict[str, Any]:
    of = told.of
    mine = np.flatnonzero(of.unit[told.taken] == at)
    detail = _sums(told, mine) | {"sales": float(of.chain.sales.amount[at]), "currency": of.chain.sales.currency}
    ranked = mine[np.argsort(-of.gain[told.taken[mine]], kind="stable")][:_MOST]
    detail["does"] = [_does(told, int(each), at) for each in ranked]
    if of.standards:
        detail["standards"] = at_unit(of, told.standards, at, told.taken)
    detail["profitable"] = _best(told, at)[1] > 0
    if not len(mine) or not detail["profitable"]:
        detail["why"] = _why_not(told, at)
    return told.row({"unit": name}, float(of.gain[told.taken[mine]].sum()), told.drawn[:, mine].sum(axis=1),
                    detail=detail, about=[name])  # fmt: skip


def _does(told: Made, place: int, unit: int) -> dict[str, Any]:
    of, at = told.of, int(told.taken[place])
    stated, touchpoint = of.known.rows[of.initiative[at]], int(of.touchpoint[at])
    return {
        "touchpoint": stated["touchpoint"],
        "name": stated["name"],
        "level": stated["level"],
        **_money(told, at, place),
        **({"quarter": of.quarters[of.start[at]]} if of.quarters else {}),
        "standing": float(of.chain.standing.value[unit, touchpoint]),
        "usual": float(of.chain.standing.brand[touchpoint]),
    }


def _best(told: Made, unit: int) -> tuple[int, float]:
    """The choice of a unit that leaves the company most after cost and support (NONE: it has none), and how much."""
    of = told.of
    mine = np.flatnonzero((of.unit == unit) & (of.choices.locked != 0))
    if not len(mine):
        return NONE, 0.0
    left = of.gain[mine] - of.choices.cost[mine] - np.fmax(of.choices.shortfall[mine], 0.0)
    return int(mine[np.argmax(left)]), float(left.max())


def _why_not(told: Made, unit: int) -> str:
    """Why a unit is left out, or brought in at a loss."""
    of = told.of
    best, left = _best(told, unit)
    if best == NONE:
        return "no initiative is stated for this unit"
    name = of.known.rows[of.initiative[best]]["touchpoint"]
    if left > 0:
        return f"the best that could be done, at {name}, brings less for the money than what is done elsewhere"
    lacks, paid = max(float(of.choices.shortfall[best]), 0.0), float(of.choices.cost[best])
    return (
        f"it cannot be brought in at a profit: even the best, at {name}, would gain the company "
        f"{of.gain[best]:,.0f} for {paid:,.0f} of its own and {lacks:,.0f} that the unit lacks"
    )
