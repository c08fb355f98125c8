"""From an initiative to money: what it lifts at a unit, what goes with that in loyalty, and what loyalty is worth.

gain = lift of the rating x room at the unit x weight of the touchpoint x what a step of loyalty is worth there. Each
factor has its own seeded draws; an initiative's expected gain is the product of their means, for they are told by
different things, and a plan's doubt comes from the draws of all factors together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from touchstone.core.ask import Ask
from touchstone.decide import _budget_heard as heard
from touchstone.decide._budget_premium import premium
from touchstone.decide._budget_terms import Terms
from touchstone.science.chain import Terms as Money
from touchstone.science.chain import periods
from touchstone.science.opinion import believed
from touchstone.science.partial import weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS = 400
UNKNOWN = (0.05, 0.6)
"""What an initiative is taken to lift where nobody says and nothing was measured: 5 % of the scale's width, within a
factor of about three either way (standard deviation of the logarithm)."""
PRIOR = (0.02, 0.35)
"""Share of customers more that stay a year per point of a score of 0-10, where the home's own link cannot be told: 2 %,
within a factor of two either way."""
_MOST = 0.95  # of the room there is, no effort takes more


@dataclass(frozen=True)
class Catalogue:
    """The initiatives that stand: rows as stated, and by initiative the place of its touchpoint (and of the other)."""

    rows: tuple[dict[str, Any], ...]
    touchpoint: Ints
    other: Ints
    touchpoints: tuple[str, ...]


@dataclass(frozen=True)
class Chain:
    """All factors of gain. `weight` draws x touchpoints (rating's standard deviations), `bend` how much more a step
    weighs below the middle of the scale than above, `below` units x touchpoints the share of ratings below it, beyond
    the brand's; `lift` draws x initiatives (in
    shares of the scale at an average unit), `room` units x touchpoints with draws, `money` draws: what a standard
    deviation of the outcome is worth per unit of sales. `told` says where each comes from."""

    weight: Floats
    bend: Floats
    below: Floats
    lift: Floats
    room: Floats
    rooms: Floats
    money: Floats
    lifted: Floats  # by initiative, expected
    spread: float
    sales: heard.Sales
    standing: heard.Standings
    told: dict[str, Any]


def catalogue(ask: Ask) -> Catalogue:
    """What people state that can be done; touchpoints that the taxonomy no longer has are left out."""
    rows = ask.lake("SELECT * FROM initiative WHERE withdrawn_at IS NULL ORDER BY id").to_pylist()
    names = tuple(ask.taxonomy.names)
    place = {name: at for at, name in enumerate(names)}
    rows = [row for row in rows if row["touchpoint"] in place]
    own = np.array([place[row["touchpoint"]] for row in rows], np.int64)
    other = np.array([place.get(row["spills_to"], -1) for row in rows], np.int64)
    return Catalogue(tuple(rows), own, other, names)


def chain(ask: Ask, known: Catalogue, terms: Terms) -> Chain:
    """Every factor, from what the home has heard; what it cannot tell is taken from priors, and `told` says so."""
    sold = heard.sales(ask)
    standing = heard.standings(ask, sold.units, known.touchpoints, size=DRAWS)
    of = heard.weights(ask, sold.units, known.touchpoints, standing)
    if of.of is None or of.bends is None:
        random = np.random.default_rng(ask.seed)
        bend, alike = np.zeros((DRAWS, len(known.touchpoints))), None
        weight = 0.06 * np.exp(0.7 * random.standard_normal((DRAWS, len(known.touchpoints))) - 0.7**2 / 2)
    else:
        weight = weights(of.of, size=DRAWS, seed=ask.seed)
        bend, alike = of.bends.draws(size=DRAWS, seed=ask.seed), of.bends.alike
    lifted, lift, lifts = _lifts(ask, known, most=_MOST * (1 - standing.brand)[known.touchpoint])
    rooms = (1 - standing.drawn) / (1 - standing.brand)
    money, link = _money(ask, terms, sold, step=of.step)
    told = {
        "surveys": of.surveys,
        "weights": "equal, with wide doubt: too few surveys rate touchpoints" if of.of is None else "learned",
        "lifts": lifts,
        "probably_symmetric": alike,
        **link,
    }
    room = (1 - standing.value) / (1 - standing.brand)
    return Chain(
        weight, bend, _below(standing), lift, room, rooms, money, lifted, standing.spread, sold, standing, told
    )


def _below(standing: heard.Standings) -> Floats:
    """Units x touchpoints: the share of customers whose rating lies below the middle, less the brand's."""
    here, brand = (ndtr((heard.MIDDLE - each) / standing.spread) for each in (standing.value, standing.brand))
    return np.asarray(here - brand, float)


def _lifts(ask: Ask, known: Catalogue, *, most: Floats) -> tuple[Floats, Floats, dict[str, int]]:
    """By initiative the expected lift and its draws, as shares of the scale, and where how many come from.

    Stated lifts of all initiatives are opinions that inform one another; what was measured counts as it is.
    """
    measured = heard.effects(ask)
    size = len(known.rows)
    mean, variance = np.full(size, np.log(UNKNOWN[0])), np.full(size, UNKNOWN[1] ** 2)
    source = np.array([_source(row, measured) for row in known.rows])
    for at, row in enumerate(known.rows):
        if source[at] != "prior":
            limits = measured[row["touchpoint"]] if source[at] == "measured" else _stated(row)
            mean[at], variance[at] = _logarithm(*limits)
    said = np.flatnonzero(source == "stated")
    if len(said) > 1:
        kind = [(bool(known.rows[at]["fixed_cost"]), known.rows[at]["level"]) for at in said]
        step = np.array([sorted(set(kind)).index(each) for each in kind], np.int64)
        found = believed(mean[said], variance[said], known.touchpoint[said], step)
        mean[said], variance[said] = found.mean, found.variance
    random = np.random.default_rng([ask.seed, 1])
    shared = random.standard_normal((DRAWS, len(known.touchpoints)))[:, known.touchpoint]
    drawn = np.exp(mean + np.sqrt(variance) * shared)  # levels of one touchpoint go wrong together
    counts = {name: int((source == name).sum()) for name in ("stated", "measured", "prior")}
    return np.fmin(np.exp(mean + variance / 2), most), np.fmin(drawn, most), counts


def _source(row: dict[str, Any], measured: dict[str, Any]) -> str:
    if row["lift"] is not None:
        return "stated"
    return "measured" if row["touchpoint"] in measured else "prior"


def _stated(row: dict[str, Any]) -> tuple[float, float, float]:
    width = abs(row["best"] - row["worst"])
    value = row["lift"] / width
    low = value / 2 if row["lift_low"] is None else row["lift_low"] / width
    high = value * 2 if row["lift_high"] is None else row["lift_high"] / width
    return value, low, high


def _logarithm(value: float, low: float, high: float) -> tuple[float, float]:
    """Mean and variance of the logarithm of an amount with these limits; `value` is taken as its mean."""
    least = max(value, 1e-6)
    far = np.log(max(high, least) / max(low, least / 50)) / 3.92
    variance = float(np.clip(far, 0.02, 1.5) ** 2)
    return float(np.log(least)) - variance / 2, variance


def _money(ask: Ask, terms: Terms, sold: heard.Sales, *, step: float) -> tuple[Floats, dict[str, Any]]:
    """Draws of what one standard deviation of the outcome is worth per unit of a year's sales, before the margin."""
    random = np.random.default_rng([ask.seed, 2])
    known = heard.links(ask)
    money = Money(1.0, int(terms.horizon), terms.discount)
    stays = periods(np.array([terms.retention]), money)[0]
    longer = (periods(np.array([terms.retention + 0.01]), money)[0] - stays) / 0.01
    slope, told = _slope(known.get("retention"), terms, random)
    worth = step * slope * longer
    for name, each in (("spend", stays), ("referrals", stays**2)):
        if name in known:
            per = float(sold.amount.sum() / sold.customers.sum()) if name == "spend" else 1.0
            worth = worth + step * np.fmax(_normal(known[name], random), 0.0) / per * each
            told["links"].append(name)
    told["premium"] = more = premium(ask)
    if more["real"] and "spend" not in known:  # or it would count twice
        worth = worth + step * np.fmax(_normal(more, random), 0.0) * stays
        told["links"].append("premium")
    return worth, told


def _slope(row: dict[str, Any] | None, terms: Terms, random: np.random.Generator) -> tuple[Floats, dict[str, Any]]:
    """Draws of the share of customers more that stay per point of a score of 0 to 10."""
    if terms.kept_per_point is not None:
        low = terms.kept_per_point
        return np.full(DRAWS, low), {"links": ["retention"], "retention_from": "stated", "kept_per_point": low}
    if row is not None:
        return np.fmax(_normal(row, random), 0.0), {"links": ["retention"], "retention_from": "measured",
                                                    "kept_per_point": float(row["value"])}  # fmt: skip
    drawn = PRIOR[0] * np.exp(PRIOR[1] * random.standard_normal(DRAWS) - PRIOR[1] ** 2 / 2)
    return drawn, {"links": ["retention"], "retention_from": "prior", "kept_per_point": PRIOR[0]}


def _normal(row: dict[str, Any], random: np.random.Generator) -> Floats:
    return np.asarray(row["value"] + (row["high"] - row["low"]) / 3.92 * random.standard_normal(DRAWS), float)
