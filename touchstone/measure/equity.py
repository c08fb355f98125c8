"""Equity: what all customers of a market are worth to each brand, from how they switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, NUMBER, TEXT
from touchstone.measure._answers import Question
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.measure._switches import Switches, switches
from touchstone.science.covariance import percentiles
from touchstone.science.equity import (
    Market,
    draws,
    equity,
    lifetime,
    lifted,
    return_on,
    reweighted,
    switching,
    weights,
)
from touchstone.science.interval import Interval

_Floats = NDArray[np.float64]
FIELDS = {
    "previous": TEXT, "brand": TEXT, "person": TEXT, "occurred_at": INSTANT, "sequence": NUMBER, "amount": NUMBER,
}  # fmt: skip
CUTS = (("brand",),)
"""What is stored of it by `run`."""
_FEW = 30  # switches and stays seen; fewer tell too little
_THIN = 10  # customers of a brand seen buying again; fewer are said
_DRAWS = 2000


@dataclass(frozen=True)
class _Plan:
    """How customers buy, what a purchase leaves, and what is to be changed: more use of a brand, at what outlay."""

    market: Market
    margin: float
    brand: str
    lift: float
    outlay: float
    population: float


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    purchases: float = 1.0,
    years: float = 3.0,
    rate: float = 0.1,
    margin: float = 1.0,
    brand: str = "",
    lift: float = 0.0,
    outlay: float = 0.0,
    population: float = 0.0,
) -> pa.Table:
    """Equity: what a customer of the market is worth to each brand, from how customers switch; one row for each brand.

    Customers buy `purchases` times a year, are looked at for `years`, and money is discounted by `rate` a year;
    `margin` is the share of an amount that is kept (or the money of a purchase, where no amount is known). With `brand`
    and `lift` (more use of it, in logits) `detail.change` says what that brings, and the return on `outlay` where
    `population` says how many customers the market has.
    """
    plan = _Plan(Market(purchases, years, rate), margin, brand, lift, outlay, population)
    _check(tuple(by), plan)
    question = Question(tuple(by), where, since, until)
    seen = switches(ask, question)
    return nothing() if seen is None else _table(ask, seen, plan, salt=salt(question))


def _table(ask: Ask, seen: Switches, plan: _Plan, *, salt: str) -> pa.Table:
    """A METRIC row for each brand."""
    if plan.brand and plan.brand not in seen.names:
        raise Refused(f"there is no brand {plan.brand!r}.", field="brand", todo=f"Known: {', '.join(seen.names)}.")
    told: dict[str, Any] = {"formula": _formula(plan.market), "scale": {"worst": 0, "best": None}}
    if seen.own:
        told["warning"] = "only purchases from us are seen: switching among our products, not to others"
    if (again := seen.counts.sum()) < _FEW:
        why = f"only {again:g} purchases after another are seen; it takes {_FEW}"
        none = np.full(len(seen.names), np.nan)
        values, details = Interval(none, none, none, none, none), [{**told, "why": why}] * len(seen.names)
    else:
        values, details = _valued(seen, plan, seed=ask.seed, told=told)
    return rows(
        pa.table({"brand": pa.array(seen.names, TEXT)}),
        values,
        n=seen.counts.sum(axis=1),
        measured_in=[f"{seen.currency or 'money'} per customer of the market"] * len(seen.names),
        detail=details,
        heading=Heading("equity", f"{plan}|{salt}", alone=False),
    )


def _check(by: tuple[str, ...], plan: _Plan) -> None:
    if not set(by) <= {"brand"}:
        raise Refused("equity is told by brand.", field="by", where="by", todo="Leave it, or say brand.")
    if not (plan.market.purchases > 0 and plan.market.years > 0 and plan.market.rate > -1):
        raise Refused("customers buy, for some time.", field="purchases", todo="Say how often a year, for how long.")
    if plan.outlay and not (plan.outlay > 0 and plan.population > 0):
        raise Refused("a return needs an outlay and how many customers.", field="population", todo="Say both.")


def _formula(market: Market) -> str:
    return (
        f"discounted margin of each brand over {market.years:g} years of {market.purchases:g} purchases each, at "
        f"{market.rate:g} a year, by the Markov chain of brand switching (Rust, Lemon & Zeithaml 2004)"
    )


@dataclass(frozen=True)
class _Known:
    """Chances of switching, shares of customers now, and what a purchase leaves: as seen, or as many draws of them."""

    chances: _Floats
    start: _Floats
    worth: _Floats

    def equity(self, market: Market) -> _Floats:
        """Equity of each brand per customer of the market."""
        return equity(self.chances, self.start, self.worth, market)


def _drawn(seen: Switches, plan: _Plan, *, seed: int) -> tuple[_Known, _Known]:
    """What is seen, and draws of it: each customer apart where the file tells rows, households as a whole otherwise."""
    amount = _mean(seen.paid.sum(axis=0), seen.priced.sum(axis=0))
    worth = plan.margin * np.where(np.isnan(amount), 1.0, amount)
    known = _Known(switching(seen.counts), switching(seen.now), worth)
    if seen.apart:
        chances, start = (draws(each, size=_DRAWS, seed=seed + at) for at, each in enumerate((seen.counts, seen.now)))
        return known, _Known(chances, start, np.broadcast_to(worth, start.shape))
    weight = weights(len(seen.here), size=_DRAWS, seed=seed)
    again = _mean(weight @ seen.paid, weight @ seen.priced)
    chances, start = (reweighted(each, weight, seed=seed + at) for at, each in enumerate((seen.switched, seen.here), 1))
    return known, _Known(chances, start, plan.margin * np.where(np.isnan(again), 1.0, again))


def _mean(total: _Floats, times: _Floats) -> _Floats:
    return np.asarray(np.divide(total, times, out=np.full(total.shape, np.nan), where=times > 0), float)


def _valued(seen: Switches, plan: _Plan, *, seed: int, told: dict[str, Any]) -> tuple[Interval, list[dict[str, Any]]]:
    """Equity of each brand with limits; what a change brings."""
    market = plan.market
    known, drawn = _drawn(seen, plan, seed=seed)
    blocks = int(seen.counts.sum()) if seen.apart else len(seen.here)

    def limits(figures: _Floats) -> Any:
        return percentiles(figures, blocks)

    value, (low, high) = known.equity(market), limits(drawn.equity(market))
    own, whole = lifetime(known.chances, known.worth, market), seen.counts.sum(axis=1)
    chance_low, chance_high = limits(drawn.chances)
    details = []
    for at, name in enumerate(seen.names):
        to = {
            other: {
                "value": tidy(known.chances[at, k]),
                "low": tidy(chance_low[at, k]),
                "high": tidy(chance_high[at, k]),
            }
            for k, other in enumerate(seen.names)
        }
        detail = {
            **told, "switching": to, "share_now": tidy(known.start[at]), "worth": tidy(known.worth[at]),
            "share_of_equity": tidy(value[at] / value.sum()), "lifetime_value": tidy(own[at, at]),
        }  # fmt: skip
        if whole[at] < _THIN:
            detail["warning"] = f"only {whole[at]:g} customers of it were seen to buy again"
        if name == plan.brand and plan.lift:
            detail["change"] = _change(at, plan, known, drawn, limits)
        details.append(detail)
    none = np.zeros_like(value)
    return Interval(value, np.fmin(low, value), np.fmax(high, value), whole, none), details


def _change(at: int, plan: _Plan, known: _Known, drawn: _Known, limits: Any) -> dict[str, Any]:
    """What more use of a brand brings per customer, and the return on its outlay, with limits."""

    def gain(of: _Known) -> _Floats:
        after = replace(of, chances=lifted(of.chances, at, plan.lift))
        return np.asarray((after.equity(plan.market) - of.equity(plan.market))[..., at], float)

    value, (low, high) = float(gain(known)), limits(gain(drawn))
    found: dict[str, Any] = {"value": tidy(value), "low": tidy(low), "high": tidy(high)}
    if plan.outlay:
        gains = {"value": value, "low": low, "high": high}
        back = {name: tidy(return_on(plan.outlay, each * plan.population)) for name, each in gains.items()}
        found |= {"equity": tidy(value * plan.population), "return": back}
    return found
