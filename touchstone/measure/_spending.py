"""What customers spend per purchase: Gamma-Gamma, or amount by amount where that cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._customers import Customers, asked_days, filed_days
from touchstone.measure._rows import tidy
from touchstone.science.amounts import FEW, Amounts, Spread, parting, spread
from touchstone.science.forecast import Forecast
from touchstone.science.spending import Spending, likelihood, spending

MODELS = {
    "gamma_gamma": "Gamma-Gamma (Fader & Hardie 2013)",
    "log_normal": "a log-normal about each customer's own mean (Searle et al. 1992)",
    "two_kinds": "two kinds of purchase, each log-normal about each customer's own mean (Searle et al. 1992)",
}
_ENDLESS = "spending varies so much between customers that it has no mean (q of Gamma-Gamma is not above 1)"
_ALL = 1e300  # more than any amount
_COLUMNS = ("count", "again", "total", "logs", "squares")


@dataclass(frozen=True)
class Outlay:
    """Money expected per repeat purchase day of each customer, with its doubt, and what is to be said of the model."""

    each: Forecast
    covariance: NDArray[np.float64]
    model: str
    detail: dict[str, Any]
    fitted: Spending | Spread
    above: float = 1.0  # share of the repeat days with an amount that have one above nought
    parted: float | None = None  # the amount that parts two kinds


def outlay(ask: Ask, question: Question, known: Customers, *, model: str, kinds: Sequence[str]) -> Outlay | str:
    """By the `model` named; empty: Gamma-Gamma where it has a mean and amounts lie in one heap, else what fits best.

    Why not, in words, where the amounts cannot bear it.
    """
    gamma = spending(known.priced[known.spenders], known.spent[known.spenders])
    parted = None if model in ("gamma_gamma", "log_normal") else parting(_single(known))
    if gamma.bounded and (model == "gamma_gamma" or not (model or parted)):
        return _by_gamma(known, gamma, {"why": "its amounts lie in one heap"} if not model else {})
    if model == "gamma_gamma":
        return _ENDLESS
    amounts = _amounts(ask, question, known, split=parted, kinds=kinds)
    fits = _fits(amounts)
    if not (fits if not model else model in fits):
        return "no repeat purchases of two kinds: their amounts lie in one heap, or one heap has hardly any"
    bic = _bic(amounts, fits)
    best = model or min((each for each in bic if each in fits or gamma.bounded), key=bic.__getitem__)
    said: dict[str, Any] = {"bic": {name: tidy(each, digits=1) for name, each in bic.items()}}
    if not model:
        said["why"] = "the least BIC" if gamma.bounded else f"the least BIC of those with a mean: {_ENDLESS}"
    if best == "gamma_gamma":
        return _by_gamma(known, gamma, said)
    return _by_amount(known, amounts, fits[best], said, parted=parted)


def _single(known: Customers) -> NDArray[np.float64]:
    """Amounts that stand alone: of first days, and of repeat days of those with one; only where both are known."""
    later = known.spent[(known.priced == 1) & (known.spent > 0)]
    return np.concatenate([later, known.first_amount[known.first_amount > 0]]) if later.size else later


def _by_gamma(known: Customers, gamma: Spending, said: dict[str, Any]) -> Outlay:
    detail = {
        "gamma_gamma": {name: tidy(value) for name, value in gamma.parameters.items()},
        "spending": {"model": "gamma_gamma", **said},
    }
    return Outlay(gamma.per_purchase(known.priced, known.spent), gamma.covariance, "gamma_gamma", detail, gamma)


def _by_amount(
    known: Customers, amounts: Amounts, fitted: Spread, said: dict[str, Any], *, parted: float | None
) -> Outlay:
    """Amounts above nought by the model, times how many of the repeat days with an amount have one above nought."""
    model = "log_normal" if fitted.kinds == 1 else "two_kinds"
    amounts = amounts.as_one() if fitted.kinds == 1 else amounts
    above = float(amounts.again.sum() / known.priced.sum())
    each = fitted.per_purchase(amounts)
    shares = amounts.again.sum(axis=0) / amounts.again.sum()
    kinds = [{"mean": tidy(mean, digits=2), "share": tidy(share), "days": int(days)}
             for mean, share, days in zip(fitted.means(), shares, amounts.count.sum(axis=0), strict=True)]  # fmt: skip
    where = {} if parted is None else {"parted_at": tidy(parted)}
    detail = {"spending": {"model": model, "kinds": kinds, **where, **said}}
    value = Forecast(each.value * above, each.slope)
    return Outlay(value, fitted.covariance, model, detail, fitted, above, parted)


def _fits(amounts: Amounts) -> dict[str, Spread]:
    """The models that these amounts bear."""
    found = {}
    for name, each in (("log_normal", amounts.as_one()), ("two_kinds", amounts)):
        enough = (each.count.sum(axis=0) >= FEW).all() and (each.again.sum(axis=0) > 0).all()
        if enough and (name == "log_normal" or each.count.shape[1] == 2):
            found[name] = spread(each)
    return found


def _bic(amounts: Amounts, fits: dict[str, Spread]) -> dict[str, float]:
    """Bayesian information criterion of each model of all days with an amount above nought, the least the best."""
    one = amounts.as_one()
    size = float(np.log(one.count.sum()))
    found = {name: each.size * size - 2 * each.log_likelihood for name, each in fits.items()}
    gamma = likelihood(*(each[:, 0] for each in (one.count, one.total, one.logs)))
    return {"gamma_gamma": 3 * size - 2 * gamma, **found}


def _amounts(ask: Ask, question: Question, known: Customers, *, split: float | None, kinds: Sequence[str]) -> Amounts:
    """The amounts of each customer up to `split`, and above it, in the order of `known`."""
    if ask.given is None:
        days, parameters = asked_days(question, kinds)
        found = ask.lake(_sums(days), [split or _ALL, *parameters])
    else:
        found = _summed(filed_days(ask.given, known.until), split or _ALL)
    table = np.zeros((5, len(known.keys), 2))
    at = pc.index_in(found["person"].combine_chunks(), value_set=known.keys["person"].combine_chunks())
    mine = pc.is_valid(at).to_numpy(zero_copy_only=False)
    place, upper = pc.fill_null(at, 0).to_numpy()[mine], found["upper"].to_numpy(zero_copy_only=False).astype(int)[mine]
    for row, name in enumerate(_COLUMNS):
        figures = found[name].to_numpy(zero_copy_only=False).astype(float)[mine]
        table[row, place, upper] = np.round(figures, 8)  # engines add in different orders
    return Amounts(*(table if split else table[:, :, :1]))


def _sums(days: str) -> str:
    return f"""
        SELECT person, upper, count(*) AS "count", sum(CASE WHEN day > first THEN 1 ELSE 0 END) AS again,
            sum(amount) AS total, sum(ln(amount)) AS logs, sum(ln(amount) * ln(amount)) AS squares
        FROM (
            SELECT person, day, first, amount, CASE WHEN amount > ? THEN 1 ELSE 0 END AS upper FROM ({days}) AS dated
        ) AS parted WHERE amount > 0 GROUP BY person, upper ORDER BY person, upper
    """


def _summed(days: pa.Table, split: float) -> pa.Table:
    """What `_sums` asks, of a file's days."""
    days = days.filter(pc.greater(days["amount"], 0))
    logs = pc.ln(days["amount"])
    columns = {
        "person": days["person"],
        "upper": pc.cast(pc.greater(days["amount"], split), pa.int64()),
        "again": pc.cast(pc.greater(days["day"], days["first"]), pa.int64()),
        "total": days["amount"],
        "logs": logs,
        "squares": pc.multiply(logs, logs),
    }
    found = pa.table(columns).group_by(["person", "upper"], use_threads=False)
    sums = found.aggregate([("person", "count"), *((name, "sum") for name in _COLUMNS[1:])])
    return sums.rename_columns(["person", "upper", *_COLUMNS])
