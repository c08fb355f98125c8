"""Another plan, solved while somebody waits: other money, fewer touchpoints, other shares, more or less caution.

All that could be chosen is stored with the plan; the plan at a glance of it (`science/outline.py`) takes part of a
second, and its gap is told. Its doubt comes from the stored draws of each initiative, as if it were done everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.science.allocation import Plan
from touchstone.science.outline import outlined
from touchstone.science.portfolio import NONE, Cap, Choices, Limits
from touchstone.show import _stored
from touchstone.show._stored import Figure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_ROWS = """select id, name, "by", value, low, high, n, measured_in, detail from plan
    where name = 'budget' and array_to_string(list_sort(map_keys("by")), ',') = 'initiative' order by id"""
_TAKEN = """select "by"['choice'] as choice, detail from plan
    where name = 'budget' and array_to_string(list_sort(map_keys("by")), ',') = 'choice,level,touchpoint,unit'
    order by id"""
_REGIONS = "select id, region from unit where region is not null order by id"


@dataclass(frozen=True)
class Wish:
    """What a plan is to keep to. Shares are 0 to 1; `always` at every unit, `never` at any."""

    budget: float
    touchpoints: int | None
    caution: float
    partner_share: float
    support: bool = True
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Possible:
    """All that could be chosen: initiatives with their units, and of each choice the place of both."""

    initiatives: tuple[Figure, ...]
    units: tuple[str, ...]
    touchpoints: tuple[str, ...]
    terms: Mapping[str, Any]
    held: Mapping[str, float]
    regions: Mapping[str, str]
    quarters: tuple[str, ...]
    initiative: Ints
    unit: Ints

    @cached_property
    def touchpoint(self) -> Ints:
        """Of each choice, the place of its touchpoint."""
        own = [self.touchpoints.index(each.detail["touchpoint"]) for each in self.initiatives]
        return np.array(own, np.int64)[self.initiative]

    @cached_property
    def draws(self) -> Floats:
        """Draws x initiatives: multiples of what each is expected to gain."""
        return np.array([each.detail["draws"] for each in self.initiatives], float).T

    @cached_property
    def gain(self) -> Floats:
        """What each choice is expected to gain."""
        return self.each("gain")

    def each(self, name: str) -> Floats:
        """A figure of each choice."""
        return np.concatenate([np.asarray(each.detail[name], float) for each in self.initiatives])

    def told(self, name: str) -> list[Any]:
        """What is stated of each initiative."""
        return [each.detail[name] for each in self.initiatives]

    def group(self, name: str) -> Ints:
        """The number of each choice's group; NONE where it is of none."""
        parts = (each.detail.get(name, [NONE] * len(each.detail["unit"])) for each in self.initiatives)
        return np.concatenate([np.asarray(each, np.int64) for each in parts])

    def at(self, choices: set[tuple[str, str | None]]) -> NDArray[np.bool_]:
        """Which choices are called so: initiative@unit, and the quarter in which they begin, if any."""
        ids = [each.by["initiative"] for each in self.initiatives]
        starts = (self.quarters[each] if self.quarters else None for each in self.group("start").tolist())
        places = zip(self.initiative.tolist(), self.unit.tolist(), starts, strict=True)
        named = ((f"{ids[one]}@{self.units[unit]}", start) for one, unit, start in places)
        return np.fromiter((each in choices for each in named), bool, len(self.unit))

    def drawn(self, taken: NDArray[np.bool_]) -> Floats:
        """Draws of what the choices taken gain together."""
        gain = np.bincount(self.initiative[taken], self.gain[taken], minlength=len(self.initiatives))
        return np.asarray(self.draws @ gain, float)

    def partner_cost(self, wish: Wish) -> Floats:
        """What each choice costs its unit: as stated, else its share where it owns the touchpoint."""
        stated, owner = self.told("partner_share"), self.told("owner")
        share = [
            (wish.partner_share if whose == "partner" else 0.0) if own is None else float(own)
            for own, whose in zip(stated, owner, strict=True)
        ]
        return np.asarray(np.array(share)[self.initiative] * self.each("cost"), float)


@dataclass(frozen=True)
class Anew:
    """A plan as it would be: what it takes, with draws of what that gains."""

    wish: Wish
    possible: Possible
    plan: Plan
    partner_cost: Floats

    @cached_property
    def drawn(self) -> Floats:
        """Draws of what it gains."""
        return self.possible.drawn(self.plan.taken)

    @property
    def gain(self) -> float:
        """What it is expected to gain."""
        return float(self.possible.gain[self.plan.taken].sum())

    @property
    def partner_gain(self) -> Floats:
        """What each choice brings its unit, by its own margin."""
        return self.possible.gain * _margins(self.possible.terms)

    def paid(self, at: Ints) -> float:
        """What head office pays for these choices, without support."""
        return float((self.possible.each("cost") - self.partner_cost)[at].sum())

    def figure(self, whole: Figure) -> Figure:
        """It as the stored plan is told, in the same currency and from as many surveys."""
        plan, taken = self.plan, self.plan.taken
        low, high = (float(each) for each in np.quantile(self.drawn, (0.025, 0.975)))
        spent = plan.cost + float(plan.support.sum())
        detail = {
            "cost": plan.cost, "support": float(plan.support.sum()), "price": plan.price, "gap": plan.gap,
            "probability": float((self.drawn > spent).mean()),
            "worst_tenth": float(np.sort(self.drawn)[: max(1, len(self.drawn) // 10)].mean()),
            "partner_pays": float(self.partner_cost[taken].sum()),
            "partner_gain": float(self.partner_gain[taken].sum()),
        }  # fmt: skip
        return replace(whole, by={}, value=self.gain, low=min(low, self.gain), high=max(high, self.gain), detail=detail)


def possible(ask: Ask, whole: Figure) -> Possible | None:
    """What the stored plan was chosen from; None where that is not stored."""
    rows = tuple(_stored.unfolded(ask.lake(_ROWS)))
    if not rows:
        return None
    units = tuple(sorted({unit for each in rows for unit in each.detail["unit"]}))
    place = {name: at for at, name in enumerate(units)}
    touchpoints = tuple(sorted({each.detail["touchpoint"] for each in rows}))
    regions = {row["id"]: row["region"] for row in ask.lake(_REGIONS).to_pylist()}
    quarters = tuple(whole.detail.get("quarters", ()))
    initiative = np.repeat(np.arange(len(rows)), [len(each.detail["unit"]) for each in rows])
    unit = np.array([place[unit] for each in rows for unit in each.detail["unit"]], np.int64)
    terms, held = whole.detail["terms"], whole.detail.get("held", {})
    return Possible(rows, units, touchpoints, terms, held, regions, quarters, initiative, unit)


def in_force(ask: Ask, of: Possible) -> NDArray[np.bool_]:
    """Which choices the plan in force takes."""
    rows = ask.lake(_TAKEN).to_pylist()
    return of.at({(row["choice"], json.loads(row["detail"]).get("quarter")) for row in rows})


def solved(of: Possible, wish: Wish) -> Anew | None:
    """The plan that keeps to the wish, its gap told; None where none does."""
    cost, partner = of.each("cost"), of.partner_cost(wish)
    gain = (1 - wish.caution) * of.gain + wish.caution * of.each("worst")
    locked = of.group("locked")
    locked[np.isin(of.touchpoint, _places(of, wish.never))] = 0
    shortfall = partner - of.gain * _margins(of.terms)
    choices = Choices(gain, cost - partner, of.unit, of.touchpoint, shortfall, of.group("together"), locked)
    plan = outlined(choices, _limits(of, wish), quick=True)
    return None if plan is None else Anew(wish, of, plan, partner)


def least(of: Possible, wish: Wish) -> float:
    """The least that `always` costs head office: the cheapest at every unit."""
    own = of.each("cost") - of.partner_cost(wish)
    place = of.touchpoint * len(of.units) + of.unit
    inside = np.isin(of.touchpoint, _places(of, wish.always))
    cheapest = np.full(len(of.touchpoints) * len(of.units), np.inf)
    np.minimum.at(cheapest, place[inside], own[inside])
    return float(cheapest[np.isfinite(cheapest)].sum())


def _limits(of: Possible, wish: Wish) -> Limits:
    caps, terms = [], of.terms
    if terms["region_cap"] is not None and of.regions:
        names = sorted(set(of.regions.values()))
        own = np.array([names.index(of.regions[each]) if each in of.regions else NONE for each in of.units], np.int64)
        caps.append(Cap(own[of.unit], np.full(len(names), terms["region_cap"])))
    if of.quarters:
        most = wish.budget / len(of.quarters) if terms["quarter_cap"] is None else terms["quarter_cap"]
        caps.append(Cap(of.group("start"), np.full(len(of.quarters), most)))
    elif terms["quarter_cap"] is not None and (quarters := sorted(set(of.told("quarter")) - {None, ""})):
        own = np.array([quarters.index(each) if each else NONE for each in of.told("quarter")], np.int64)
        caps.append(Cap(own[of.initiative], np.full(len(quarters), terms["quarter_cap"])))
    return Limits(wish.budget, tuple(caps), wish.touchpoints, _standard(of, wish), wish.support)


def _standard(of: Possible, wish: Wish) -> Ints | None:
    """The sets of which one must be taken: those of the plan in force, and each unit's choices where it is wished."""
    standard = of.group("standard")
    pair = of.touchpoint * len(of.units) + of.unit
    wanted = np.isin(of.touchpoint, _places(of, wish.always)) & ~np.isin(pair, pair[standard != NONE])
    if wanted.any():
        standard[wanted] = np.unique(pair[wanted], return_inverse=True)[1] + standard.max(initial=NONE) + 1
    return standard if (standard != NONE).any() else None


def _places(of: Possible, names: tuple[str, ...]) -> list[int]:
    return [of.touchpoints.index(each) for each in names if each in of.touchpoints]


def _margins(terms: Mapping[str, Any]) -> float:
    """What a partner earns per unit of what the company earns."""
    return float(terms["partner_margin"]) / float(terms["company_margin"])
