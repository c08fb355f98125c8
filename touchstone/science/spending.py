"""What customers spend per purchase: the Gamma-Gamma model.

A customer's purchases vary about his own mean, and means differ from customer to customer; how often he buys tells
nothing of how much. Source: Fader & Hardie 2013 (note 025), after Colombo & Jiang 1999.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, psi

from touchstone.science.forecast import Forecast, likeliest, slopes
from touchstone.science.lifetime import CELLS, REACH

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spending:
    """The fitted model: logarithms of p, q and v, their covariance, the log-likelihood, and the customers behind it."""

    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    customers: int

    @property
    def parameters(self) -> dict[str, float]:
        """p, q and v."""
        return dict(zip("pqv", np.exp(self.coefficients).tolist(), strict=True))

    @property
    def bounded(self) -> bool:
        """Whether customers of whom nothing is known have a mean at all: q above 1."""
        return bool(self.coefficients[1] > 0)

    def per_purchase(self, purchases: ArrayLike, mean: ArrayLike) -> Forecast:
        """Spending expected per purchase of customers who so far spent `mean` on each of `purchases` (0: unknown)."""
        x, spent = np.asarray(purchases, float), np.fmax(np.nan_to_num(np.asarray(mean, float)), 0.0)

        def logs(coefficients: Floats) -> Floats:
            p, q, v = np.exp(coefficients)
            return np.asarray(np.log(p * (v + x * spent)) - np.log(np.fmax(p * x + q - 1, 1e-9)), float)

        return Forecast(np.exp(logs(self.coefficients)), slopes(logs, self.coefficients))


def spending(purchases: ArrayLike, mean: ArrayLike) -> Spending:
    """The model likeliest to give these mean amounts over so many purchases; both above 0, else ValueError."""
    x, spent = np.asarray(purchases, float), np.asarray(mean, float)
    if x.size < 3 or not (x > 0).all() or not (spent > 0).all() or not np.isfinite(spent).all():
        raise ValueError("needs three customers who spent something on repeat purchases")
    scale = float(spent.mean())
    size, some = x.size, _some(x, spent)
    x, spent = x[some], spent[some]

    def loss(coefficients: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(coefficients)
        shape, whole, known = p * x, np.log(v + x * spent), np.log(x * spent)
        start = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v) - np.log(spent)
        own = psi(shape + q) - whole
        slope = [
            shape * (own - psi(shape) + known),
            q * (own - psi(q) + np.log(v)),
            q - (shape + q) * v / np.exp(whole),
        ]
        return -float((start + shape * known - (shape + q) * whole).mean()), -np.mean(slope, axis=1)

    start = np.log([4.0, 3.0, scale / 2])
    limits = [(-REACH, REACH), (-REACH, REACH), (start[2] - REACH, start[2] + REACH)]
    best, covariance, least = likeliest(loss, start, limits, x.size)
    return Spending(best, covariance, -least * size, size)


def likelihood(purchases: ArrayLike, total: ArrayLike, logs: ArrayLike) -> float:
    """The greatest log-likelihood that the model gives single amounts, of which so many per customer have this sum, and
    this sum of logarithms; customers without purchases do not count."""
    x, spent, log = (np.asarray(each, float)[np.asarray(purchases) > 0] for each in (purchases, total, logs))
    size, some = x.size, _some(x, spent)
    n, whole, mean = x[some], spent[some], log[some] / x[some]

    def loss(coefficients: Floats) -> float:
        p, q, v = np.exp(coefficients)
        start = gammaln(p * n + q) - n * gammaln(p) - gammaln(q) + q * np.log(v)
        return -float((start + (p - 1) * n * mean - (p * n + q) * np.log(v + whole)).mean())

    start = np.log([2.0, 3.0, float(whole.sum() / n.sum())])
    limits = [(-REACH, REACH), (-REACH, REACH), (start[2] - REACH, start[2] + REACH)]
    best = minimize(loss, start, method="L-BFGS-B", bounds=limits, options={"ftol": 1e-13})
    return -float(best.fun) * size


def _some(x: Floats, spent: Floats) -> NDArray[np.int64]:
    """Everyone; of more than CELLS customers every so many-th, in the order of purchases and amounts."""
    order = np.lexsort((spent, x))
    places = np.arange(x.size) if x.size <= CELLS else ((np.arange(CELLS) + 0.5) * x.size / CELLS).astype(np.int64)
    return order[places]
