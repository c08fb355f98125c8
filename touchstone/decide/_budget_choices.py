"""Initiatives x units as possible choices, with their expected gains, and the draws of what a plan of them gains."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.decide._budget_chain import DRAWS, Catalogue, Chain
from touchstone.decide._budget_phases import left, open_to, quarters
from touchstone.decide._budget_terms import Terms
from touchstone.science.portfolio import NONE, Cap, Choices, Limits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TAIL = 0.1
"""The worst share of draws that caution looks at."""
_AT_ONCE = 4000  # choices whose draws are held at once


@dataclass(frozen=True)
class Possible:
    """All choices: `initiative` and `unit` of each, what it costs in all, and what of that the unit bears."""

    known: Catalogue
    chain: Chain
    terms: Terms
    initiative: Ints
    unit: Ints
    start: Ints  # place of the quarter in which it would begin, of those planned over
    cost: Floats
    partner_cost: Floats
    gain: Floats  # expected, to the company; what is chosen by (`choices.gain`) is that, with caution
    choices: Choices
    limits: Limits
    regions: tuple[str, ...]
    region: Ints  # of each unit; NONE where it has none
    quarters: tuple[str, ...]  # none where the plan is not phased
    standards: dict[str, float]  # by touchpoint the least rating (1 to 5) everywhere

    @property
    def touchpoint(self) -> Ints:
        """Place of each choice's touchpoint."""
        return self.known.touchpoint[self.initiative]

    @property
    def locked(self) -> Ints:
        """Of each choice whether it must (1) or must not (0) be taken, as stated; NONE: as it comes."""
        locked = [NONE if row["locked"] is None else row["locked"] for row in self.known.rows]
        return np.array(locked, np.int64)[self.initiative]

    @property
    def partner_gain(self) -> Floats:
        """What each choice brings the unit, by its own margin."""
        return self.gain * self.terms.partner_margin / self.terms.company_margin

    def drawn(self, taken: Ints) -> Floats:
        """Draws x choices taken: what each gains the company."""
        made, chain, known = np.empty((DRAWS, len(taken))), self.chain, self.known
        for start in range(0, len(taken), _AT_ONCE):
            some = taken[start : start + _AT_ONCE]
            which, unit = self.initiative[some], self.unit[some]
            weight = _weight(self, chain.weight, chain.bend, some)
            room = chain.rooms[:, unit, known.touchpoint[which]]
            made[:, start : start + _AT_ONCE] = chain.lift[:, which] * room * weight * chain.money[:, None]
        return made * _scale(self, taken)

    def within(self, budget: float, touchpoints: int | None) -> Limits:
        """The same limits with another budget and number of touchpoints."""
        return replace(self.limits, budget=budget, touchpoints=touchpoints, caps=_caps(self, budget))


def possible(ask: Ask, known: Catalogue, chain: Chain, terms: Terms) -> Possible:
    """Every initiative at its unit, or at every unit where customers buy, in each quarter in which it may begin."""
    units = chain.sales.units
    place = {name: at for at, name in enumerate(units)}
    names = quarters(ask.now, terms)
    triples = [
        (at, unit, start)
        for at, row in enumerate(known.rows)
        for unit in (range(len(units)) if row["unit"] is None else [place[row["unit"]]] if row["unit"] in place else [])
        for start in open_to(row, names)
    ]
    which, unit, start = (np.array([each[side] for each in triples], np.int64) for side in range(3))
    cost = sum((_of(known, name)[which] * per[unit] for name, per in (
        ("fixed_cost", np.ones(len(units))), ("cost_share", chain.sales.amount),
        ("cost_per_customer", chain.sales.customers))), np.zeros(len(which)))  # fmt: skip
    share = np.array([_borne(ask, row, terms) for row in known.rows])[which]
    regions, region = _regions(ask, units)
    made = Possible(known, chain, terms, which, unit, start, cost, share * cost, np.zeros(len(which)), _NO_CHOICES,
                    Limits(), regions, region, names, {})  # fmt: skip
    made = replace(made, gain=_expected(made))
    budget = 0.01 * float(chain.sales.amount.sum()) if terms.budget is None else terms.budget
    return replace(made, choices=_choices(made, _cautious(made)), limits=_limits(made, budget))


def _of(known: Catalogue, name: str) -> Floats:
    return np.array([row[name] or 0.0 for row in known.rows])


def _borne(ask: Ask, row: dict[str, object], terms: Terms) -> float:
    """The share of the cost that is the unit's: as stated, else by who owns the touchpoint."""
    if row["partner_share"] is not None:
        return float(str(row["partner_share"]))
    found = ask.taxonomy.find(str(row["touchpoint"]))
    return terms.partner_share if found is not None and found.owner == "partner" else 0.0


def _weight(of: Possible, weight: Floats, bend: Floats, some: Ints) -> Floats:
    """Weight of each choice's touchpoint at its unit, none below 0, with what spills over to another."""
    known, below, which, unit = of.known, of.chain.below, of.initiative[some], of.unit[some]

    def here(at: Ints) -> Floats:
        return np.fmax(weight[..., at] + bend[..., at] * below[unit, at], 0.0)

    spill = np.where(known.other >= 0, _of(known, "spill"), 0.0)[which]
    return np.asarray(here(known.touchpoint[which]) + spill * here(known.other[which]), float)


def _scale(of: Possible, some: Ints) -> Floats:
    """What is the same in every draw: sales, margin, share of customers who meet the touchpoint, rating's spread, and
    what is left of the years looked at when it begins."""
    share = np.array([1.0 if row["customers_share"] is None else row["customers_share"] for row in of.known.rows])
    sales = of.chain.sales.amount[of.unit[some]]
    waits = left(len(of.quarters), of.terms)[of.start[some]]
    return np.asarray(share[of.initiative[some]] * sales * waits * of.terms.company_margin / of.chain.spread, float)


def _expected(of: Possible) -> Floats:
    """The product of what is expected of each factor."""
    chain, known, every = of.chain, of.known, np.arange(len(of.initiative))
    weight = _weight(of, chain.weight.mean(axis=0), chain.bend.mean(axis=0), every)
    room = chain.room[of.unit, known.touchpoint[of.initiative]]
    gain = chain.lifted[of.initiative] * room * weight * float(chain.money.mean()) * _scale(of, every)
    return np.asarray(gain, float)


def _cautious(of: Possible) -> Floats:
    """Expected gains drawn towards the mean of each one's own worst tenth, as far as caution goes."""
    if of.terms.caution <= 0:
        return of.gain
    tail, every = max(1, int(TAIL * DRAWS)), np.arange(len(of.initiative))
    parts = np.array_split(every, -(-len(every) // _AT_ONCE))
    worst = np.concatenate([np.partition(of.drawn(some), tail - 1, axis=0)[:tail].mean(axis=0) for some in parts])
    return np.asarray((1 - of.terms.caution) * of.gain + of.terms.caution * worst, float)


def _regions(ask: Ask, units: tuple[str, ...]) -> tuple[tuple[str, ...], Ints]:
    rows = ask.lake("SELECT id, region FROM unit WHERE region IS NOT NULL ORDER BY id").to_pylist()
    of = {row["id"]: row["region"] for row in rows}
    names = tuple(sorted({of[unit] for unit in units if unit in of}))
    return names, np.array([names.index(of[unit]) if unit in of else NONE for unit in units], np.int64)


def _choices(of: Possible, gain: Floats) -> Choices:
    rows = of.known.rows
    groups = sorted({row["all_or_nothing"] for row in rows if row["all_or_nothing"]})
    together = np.array([groups.index(row["all_or_nothing"]) if row["all_or_nothing"] else NONE for row in rows])
    tied = together.astype(np.int64)[of.initiative]
    begun = max(len(of.quarters), 1)
    tied = np.where(tied == NONE, NONE, tied * begun + of.start)  # what goes together begins together
    return Choices(
        gain, of.cost - of.partner_cost, of.unit, of.touchpoint, of.partner_cost - of.partner_gain, tied, of.locked,
    )  # fmt: skip


def _limits(of: Possible, budget: float) -> Limits:
    most = None if of.terms.touchpoints_at_most is None else int(of.terms.touchpoints_at_most)
    return Limits(budget, _caps(of, budget), most, support=of.terms.support > 0)


def _caps(of: Possible, budget: float) -> tuple[Cap, ...]:
    terms, caps = of.terms, []
    if terms.region_cap is not None and of.regions:
        caps.append(Cap(of.region[of.unit], np.full(len(of.regions), terms.region_cap)))
    if of.quarters:
        most = budget / len(of.quarters) if terms.quarter_cap is None else terms.quarter_cap
        caps.append(Cap(of.start, np.full(len(of.quarters), most)))
    elif terms.quarter_cap is not None and (names := sorted({row["quarter"] for row in of.known.rows} - {None})):
        number = np.array([names.index(row["quarter"]) if row["quarter"] else NONE for row in of.known.rows])
        caps.append(Cap(number.astype(np.int64)[of.initiative], np.full(len(names), terms.quarter_cap)))
    return tuple(caps)


_NONE = np.zeros(0)
_NO_CHOICES = Choices(_NONE, _NONE, *(np.zeros(0, np.int64),) * 2, _NONE, *(np.zeros(0, np.int64),) * 2)
