"""What customers spend per purchase: Gamma-Gamma, or amount by amount where that cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.measure._customers import Customers
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


def outlay(known: Customers, *, model: str) -> Outlay | str:
    """By the `model` named; empty: Gamma-Gamma where it has a mean and amounts lie in one heap, else what fits best.

    Why not, in words, where the amounts cannot bear it.
    """
    gamma = spending(known.priced[known.spenders], known.spent[known.spenders])
    parted = None if model in ("gamma_gamma", "log_normal") else parting(_single(known))
    if gamma.bounded and (model == "gamma_gamma" or not (model or parted)):
        return _by_gamma(known, gamma, {"why": "its amounts lie in one heap"} if not model else {})
    if model == "gamma_gamma":
        return _ENDLESS
    amounts = _amounts(known, parted)
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


def _amounts(known: Customers, split: float | None) -> Amounts:
    """The amounts of each customer up to `split`, and above it, in the order of `known`."""
    kinds, told = 2 if split else 1, known.amounts > 0
    amount, later = known.amounts[told], known.later[told]
    place = known.whose[told] * kinds + (amount > (split or np.inf))
    logs = np.log(amount)
    each = (np.ones_like(amount), later, amount, logs, logs**2)
    sums = np.stack([np.bincount(place, column, minlength=len(known.keys) * kinds) for column in each])
    return Amounts(*sums.astype(float).reshape(len(each), -1, kinds))
