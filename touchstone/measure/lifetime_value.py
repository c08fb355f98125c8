"""Lifetime value: what customers will still bring, in purchases or money, within so many weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtr

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, NUMBER, TEXT
from touchstone.measure._answers import Question
from touchstone.measure._customers import FEW, Customers, customers, scores
from touchstone.measure._details import Details
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import grouped, salt
from touchstone.measure._spending import MODELS, Outlay, outlay
from touchstone.science.difference import holm
from touchstone.science.forecast import Forecast, apart, averaged
from touchstone.science.lifetime import History, Lifetime, fit
from touchstone.science.worth import Worth

FIELDS = {"person": TEXT, "occurred_at": INSTANT, "amount": NUMBER}
CUTS = ((), ("unit",))
"""What is stored of it by `run`; by unit, customers stand with the unit of their first purchase."""
_AGAIN = 10  # fewer customers who bought again tell too little
_TOGETHER = 0.3  # beyond this correlation of how often and how much, Gamma-Gamma is doubtful
_KINDS = ("purchase",)
_BOTH = ("bg_nbd", "pareto_nbd")
_SOURCES = {
    "both": "the mean of BG/NBD (Fader, Hardie & Lee 2005) and Pareto/NBD (Schmittlein, Morrison & Colombo 1987)",
    "bg_nbd": "BG/NBD (Fader, Hardie & Lee 2005)",
    "mbg_nbd": "MBG/NBD (Batislam et al. 2007)",
    "pareto_nbd": "Pareto/NBD (Schmittlein, Morrison & Colombo 1987)",
}


@dataclass(frozen=True)
class _Worth:
    """What was fitted, and what each customer is expected to bring."""

    lifetimes: tuple[Lifetime, ...]
    spent: Outlay | None
    history: History
    purchases: Forecast
    value: Forecast
    covariance: NDArray[np.float64]
    names: tuple[str, ...]  # of the covariates


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    model: str = "",
    weeks: float = 52.0,
    covariates: Sequence[str] = (),
    spending: str = "",
) -> pa.Table:
    """Lifetime value: mean expected value per customer within `weeks` after `until`, in money or purchases.

    `by` may be person, or what the first purchase has (unit, region, channel, …). `until` is the end of what is known,
    `since` the first day on which customers may have come first. `covariates` are touchpoints of the home, columns of
    the file, or first_amount. `model` empty: bg_nbd of a file in one shot, both models together of a home. `spending`
    names the model of money; empty: Gamma-Gamma, or where it cannot be what fits best. The interval says how well the
    models are known (curvature of their likelihood), not how one customer's luck may run.
    """
    model = model or ("both" if ask.given is None else "bg_nbd")  # a file's default is laid down by the contract
    _check(model, weeks, spending)
    question = Question(tuple(by), where, since, until)
    known = customers(ask, question, kinds=_KINDS)
    if known is None:
        return nothing()
    found = _bought(ask, known, model=model, weeks=weeks, names=tuple(covariates), each="person" in by)
    if known.money and not isinstance(found, str):
        found = _paid(known, found, model=spending)
    settings = (model, str(weeks), ",".join(covariates), spending, salt(question))
    said = _said(known, model, weeks, found)
    if ask.given is None and not by:
        said |= _kept(found, known, weeks)
    return _table(known, question.by, found, said=said, settings=settings)


def _table(
    known: Customers, by: tuple[str, ...], found: _Worth | str, *, said: dict[str, Any], settings: tuple[str, ...]
) -> pa.Table:
    """A METRIC row for each group of customers."""
    places, keys = _groups(known, by)
    size = known.frequency.size if places is None else len(places)
    if isinstance(found, str):
        estimates = _no_estimate(size)
        details: Details | list[dict[str, Any]] = [{**said, "why": found}] * size
    else:
        estimates = _estimates(found, places)
        details = _persons(found, known, said) if places is None else [{**said, **_fitted(found, known)}] * size
    return rows(
        keys,
        estimates,
        n=np.ones(size) if places is None else [len(each) for each in places],
        measured_in=[_measured_in(known, float(settings[1]))] * size,
        detail=details,
        heading=Heading("lifetime_value", "|".join(settings), alone=not by),
    )


def _check(model: str, weeks: float, spending: str) -> None:
    if model not in _SOURCES:
        raise Refused(f"there is no model {model!r}.", field="model", todo=f"Known: {', '.join(_SOURCES)}.")
    if spending and spending not in MODELS:
        raise Refused(f"there is no model {spending!r}.", field="spending", todo=f"Known: {', '.join(MODELS)}.")
    if not weeks > 0:
        raise Refused("a horizon is longer than nothing.", field="weeks", todo="Say how many weeks ahead.")


@dataclass(frozen=True)
class _Estimates:
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def _bought(
    ask: Ask, known: Customers, *, model: str, weeks: float, names: tuple[str, ...], each: bool
) -> _Worth | str:
    """The fit and the purchases it expects; why not, in words, where the data cannot bear them."""
    if (again := int((known.frequency > 0).sum())) < _AGAIN:
        return f"only {again} customers bought again; it takes {_AGAIN}"
    extra, names = _covariates(scores(ask, known, names), names)
    history = History.of(known.frequency, known.recency, known.age, extra)
    lifetimes = tuple(fit(history, model=one) for one in (_BOTH if model == "both" else (model,)))
    cells, _, whose = history.cells()
    cell = averaged(*(lifetime.purchases(cells, weeks) for lifetime in lifetimes))
    value = cell.value[whose]
    if each:
        value = history.each(lambda alike: np.mean([one.expected(alike, weeks) for one in lifetimes], axis=0))
    bought = Forecast(value, cell.slope[whose])
    if not np.isfinite(bought.value).all() or not np.isfinite(bought.slope).all():
        return "the likelihood of these purchases has no clear peak"
    covariance = len(lifetimes) * apart(*(lifetime.covariance for lifetime in lifetimes))
    return _Worth(lifetimes, None, history, bought, bought, covariance, names)


def _paid(known: Customers, found: _Worth, *, model: str) -> _Worth | str:
    """The same with money; why not, in words, where the amounts cannot bear it."""
    if (spenders := int(known.spenders.sum())) < _AGAIN:
        return f"only {spenders} customers spent money on a repeat purchase; it takes {_AGAIN}"
    spent = outlay(known, model=model)
    if isinstance(spent, str):
        return spent
    covariance = apart(found.covariance, spent.covariance)
    return replace(found, spent=spent, value=found.purchases.times(spent.each), covariance=covariance)


def _covariates(found: NDArray[np.float64], names: tuple[str, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Those known of enough customers and not all alike, standardised; where one is unknown it stands at the mean."""
    kept, columns = [], []
    for place, name in enumerate(names):
        column = found[:, place]
        held = ~np.isnan(column)
        if held.sum() >= FEW and np.ptp(column[held]) > 0:
            kept.append(name)
            columns.append(np.where(held, (column - column[held].mean()) / column[held].std(), 0.0))
    return np.column_stack(columns) if columns else np.zeros((found.shape[0], 0)), tuple(kept)


def _groups(known: Customers, by: tuple[str, ...]) -> tuple[list[NDArray[np.int64]] | None, pa.Table]:
    """The places of the customers of each row (None: each has a row of their own), and the rows' keys, in the keys'
    order."""
    if not by:
        return [np.arange(known.frequency.size)], known.keys.select([]).slice(0, 1)
    if "person" in by:
        return None, known.keys.select(list(by))
    order, group, keys = grouped(known.keys.select(list(by)))
    return np.split(order, np.flatnonzero(np.diff(group)) + 1), keys


def _estimates(found: _Worth, places: list[NDArray[np.int64]] | None) -> _Estimates:
    if places is None:
        return _Estimates(found.value.value, *found.value.limits(found.covariance))
    means = [found.value.mean(of) for of in places]
    limits = [mean.limits(found.covariance) for mean in means]
    return _Estimates(*(np.concatenate(parts) for parts in ([m.value for m in means], *zip(*limits, strict=True))))


def _no_estimate(size: int) -> _Estimates:
    return _Estimates(*(np.full(size, np.nan) for _ in range(3)))


def _persons(found: _Worth, known: Customers, said: dict[str, Any]) -> Details:
    """What is said of each customer."""
    alive = found.history.each(lambda history: np.mean([one.alive(history) for one in found.lifetimes], axis=0))
    columns = (found.purchases.value, known.frequency, known.recency, known.age, alive)
    details = Details(known.frequency.size)
    details.alike(**said)
    for name, column in zip(("expected_purchases", "frequency", "recency", "age", "alive"), columns, strict=True):
        details.numbers(name, column)
    return details


def _fitted(found: _Worth, known: Customers) -> dict[str, Any]:
    first, *others = found.lifetimes
    detail: dict[str, Any] = {**_parameters(first), "bought_again": int((known.frequency > 0).sum())}
    detail |= {lifetime.model: _parameters(lifetime) for lifetime in others}
    if found.spent is not None:
        detail |= found.spent.detail
        together = _correlation(known.priced[known.spenders], known.spent[known.spenders])
        if abs(together) > _TOGETHER:
            word = f"{'more' if together > 0 else 'less'} each time (r {together:.2f})"
            detail["warning"] = f"who buys often spends {word}; the model of money takes it not to be so"
    if known.currency == "several":
        detail["warning"] = "amounts are in several currencies, so purchases are counted, not money"
    if found.names:
        detail["covariates"] = _effects(found)
    return detail


def _correlation(some: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """How two columns go together; nought where one of them does not vary."""
    if not (np.ptp(some) and np.ptp(others)):
        return 0.0
    return float(np.corrcoef(some, others)[0, 1])


def _parameters(lifetime: Lifetime) -> dict[str, Any]:
    return {
        "parameters": {name: tidy(value) for name, value in lifetime.parameters.items()},
        "log_likelihood": tidy(lifetime.log_likelihood),
    }


def _effects(found: _Worth) -> dict[str, Any]:
    """Per covariate: factor on rate and on dropout for one standard deviation, with limits; Holm over all of them.

    Of two models the last, Pareto/NBD, for there dropout goes by time.
    """
    size, lifetime = len(found.names), found.lifetimes[-1]
    at, spread = lifetime.coefficients[4:], np.sqrt(np.diag(lifetime.covariance)[4:])
    adjusted = holm(2 * ndtr(-np.abs(at / spread)))
    effects = [
        {
            "factor": tidy(np.exp(at[place])),
            "low": tidy(np.exp(at[place] - 1.96 * spread[place])),
            "high": tidy(np.exp(at[place] + 1.96 * spread[place])),
            "probability_adjusted": tidy(adjusted[place]),
        }
        for place in range(2 * size)
    ]
    return {name: {"rate": effects[k], "dropout": effects[size + k]} for k, name in enumerate(found.names)}


def _said(known: Customers, model: str, weeks: float, found: _Worth | str) -> dict[str, Any]:
    spent = None if isinstance(found, str) else found.spent
    money = f", times money per repeat purchase day by {MODELS[spent.model]}" if spent else ""
    return {
        "formula": f"purchases expected within {weeks:g} weeks after {known.until} by {_SOURCES[model]}{money}",
        "scale": {"worst": 0, "best": None},
    }


def _kept(found: _Worth | str, known: Customers, weeks: float) -> dict[str, Any]:
    """What a page needs to say what one customer is worth: the models as plain numbers, the last day and the weeks."""
    if isinstance(found, str) or found.names:
        return {}
    spent = found.spent
    money = (spent.fitted, spent.above, spent.parted) if spent else ()
    return {"fit": Worth(found.lifetimes, *money).told() | {"until": str(known.until), "weeks": weeks}}


def _measured_in(known: Customers, weeks: float) -> str:
    money = known.currency or "money"
    return f"{money if known.money else 'purchases'} per customer in {weeks:g} weeks"
