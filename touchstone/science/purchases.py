"""The likelihood of histories of purchases under each model of counting customers, and how it follows the coefficients.

Coefficients are the logarithms of a model's four parameters, then the covariates' effects on the logarithm of the rate,
then on that of dropout. Sources: see `lifetime`; the derivatives are those of its formulas.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, expit, gammaln, psi

Floats = NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)
AT_ONCE = 250  # customers whose integrals are taken together
FEW = 6  # purchases up to which points even in the logarithm of time are the exacter ones


class Known(Protocol):
    """Repeat purchases of each customer, time from the first to the last and to the end, and covariates."""

    @property
    def frequency(self) -> Floats: ...
    @property
    def recency(self) -> Floats: ...
    @property
    def age(self) -> Floats: ...
    @property
    def covariates(self) -> Floats: ...


def of_each(coefficients: Floats, known: Known) -> tuple[Floats, Floats, Floats, Floats]:
    """The four parameters, and the covariates' factors on rate and dropout: shape of rate, factors, the rest."""
    size = known.covariates.shape[1]
    rate = np.exp(np.clip(known.covariates @ coefficients[4 : 4 + size], -30, 30))
    leaving = np.exp(np.clip(known.covariates @ coefficients[4 + size :], -30, 30))
    return np.exp(coefficients[:4]), np.exp(coefficients[1]) / rate, leaving, rate


def terms(model: str, coefficients: Floats, known: Known) -> tuple[Floats, Floats]:
    """Log-likelihood of each history together with having left, and together with still being there."""
    (r, _, third, fourth), alpha, leaving, _ = of_each(coefficients, known)
    x, last, age = known.frequency, known.recency, known.age
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    if model == "pareto_nbd":
        beta = fourth / leaving
        here = -(r + x) * np.log(alpha + age) + third * np.log(beta / (beta + age))
        return start + _left(known, r, alpha, third, beta)[0], start + here
    a, b = third * leaving, fourth
    later = 1.0 if model == "mbg_nbd" else 0.0  # may leave at once, without a second purchase
    here = betaln(a, b + x + later) - betaln(a, b) - (r + x) * np.log(alpha + age)
    steps = x + later
    gone = betaln(a + 1, b + np.fmax(steps, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + last)
    return start + np.where(steps > 0, gone, -np.inf), start + here


def likelihood(model: str, coefficients: Floats, known: Known) -> tuple[Floats, Floats]:
    """The log-likelihood of each history, and how it follows each coefficient (customers x coefficients)."""
    (r, _, third, fourth), alpha, leaving, _ = of_each(coefficients, known)
    x, extra = known.frequency, known.covariates
    if model == "pareto_nbd":
        beta = fourth / leaving
        own, by = _pareto(known, r, alpha, third, beta)
        ends, dropout = (third * by[2], beta * by[3]), -beta * by[3]
    else:
        a = third * leaving
        own, by = _beta(known, r, alpha, a, fourth, later=1.0 if model == "mbg_nbd" else 0.0)
        ends, dropout = (a * by[2], fourth * by[3]), a * by[2]
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    shape, rate = r * (by[0] + psi(r + x) - psi(r) + np.log(alpha)), alpha * by[1] + r
    slopes = [np.column_stack([shape, rate, *ends]), -rate[:, None] * extra, dropout[:, None] * extra]
    return start + own, np.hstack(slopes)


def _pareto(known: Known, r: float, alpha: Floats, s: float, beta: Floats) -> tuple[Floats, list[Floats]]:
    """Of Pareto/NBD, but for what left and still there share; and how it follows r, alpha, s and beta."""
    x, age = known.frequency, known.age
    left, (log_rate, rate, log_leaving, leaving) = _left(known, r, alpha, s, beta)
    here = -(r + x) * np.log(alpha + age) + s * np.log(beta / (beta + age))
    gone = expit(left - here)
    stay = 1 - gone
    by = [
        -gone * log_rate - stay * np.log(alpha + age),
        -(r + x) * (gone * rate + stay / (alpha + age)),
        gone * (1 / s + np.log(beta) - log_leaving) + stay * np.log(beta / (beta + age)),
        s / beta - gone * (s + 1) * leaving - stay * s / (beta + age),
    ]
    return np.logaddexp(left, here), by


def _beta(known: Known, r: float, alpha: Floats, a: Floats, b: float, *, later: float) -> tuple[Floats, list[Floats]]:
    """Of the models with a beta of readiness, but for what left and still there share; and how it follows r, alpha, a
    and b."""
    x, last, age = known.frequency, known.recency, known.age
    steps = x + later
    most = np.fmax(steps, 1)
    here = betaln(a, b + steps) - (r + x) * np.log(alpha + age)
    left = np.where(steps > 0, betaln(a + 1, b + most - 1) - (r + x) * np.log(alpha + last), -np.inf)
    gone = expit(left - here)
    stay, whole = 1 - gone, psi(a + b)
    together = stay * psi(a + b + steps) + gone * psi(a + b + most)
    by = [
        -stay * np.log(alpha + age) - gone * np.log(alpha + last),
        -(r + x) * (stay / (alpha + age) + gone / (alpha + last)),
        stay * psi(a) + gone * psi(a + 1) - together - psi(a) + whole,
        stay * psi(b + steps) + gone * psi(b + most - 1) - together - psi(b) + whole,
    ]
    return np.logaddexp(left, here) - betaln(a, b), by


def _left(known: Known, r: float, alpha: Floats, s: float, beta: Floats) -> tuple[Floats, Floats]:
    """Logarithm of the integral of s beta^s (alpha+y)^-(r+x) (beta+y)^-(s+1) over the time y of leaving; and means
    over y as the integrand weighs it, of log(alpha+y), 1/(alpha+y), log(beta+y) and 1/(beta+y), one row each.

    Of some customers at a time, so few that their points stay near at hand; forty points each take it to some 1e-4 of
    its logarithm where alpha and beta are within a thousand times of each other (`tests/science/test_purchases.py`).
    """
    columns = (known.frequency, known.recency, known.age, alpha, beta)
    starts = range(0, known.age.size, AT_ONCE)
    parts = [_left_of(*(each[at : at + AT_ONCE] for each in columns), r=r, s=s) for at in starts]
    found = np.concatenate(parts, axis=1) if parts else np.zeros((5, 0))
    return found[0], found[1:]


def _left_of(x: Floats, last: Floats, age: Floats, alpha: Floats, beta: Floats, *, r: float, s: float) -> Floats:
    """`_left` of these customers, as rows."""
    found = np.zeros((5, x.size))
    for some, points in ((x <= FEW, _even), (x > FEW, _flat)):
        rate, leaving, logs, scale = points(x[some], last[some], age[some], alpha[some], beta[some], r=r, s=s)
        top = logs.max(axis=1)
        weight = np.exp(logs - top[:, None]) * (WEIGHTS / 2)
        whole = weight.sum(axis=1)
        seen = (np.log(rate), 1 / rate, np.log(leaving), 1 / leaving)
        means = [np.einsum("ij,ij->i", weight, each) / whole for each in seen]
        found[:, some] = [np.log(s) + s * np.log(beta[some]) + scale + top + np.log(whole), *means]
    return found


Points = tuple[Floats, Floats, Floats, Floats]
"""alpha+y, beta+y and the logarithm of what is summed, customers x points; and of what the sum is multiplied by."""


def _even(x: Floats, last: Floats, age: Floats, alpha: Floats, beta: Floats, *, r: float, s: float) -> Points:
    """Points even in the logarithm of time, counted from the lesser of alpha and beta: exacter after few purchases."""
    least = np.fmin(alpha, beta)
    low, high = np.log(least + last), np.log(least + age)
    at = low[:, None] + (high - low)[:, None] * (NODES + 1) / 2
    rate, leaving = np.exp(at) + (alpha - least)[:, None], np.exp(at) + (beta - least)[:, None]
    powers = (r + x)[:, None] * np.log(rate) + (s + 1) * np.log(leaving)
    with np.errstate(divide="ignore"):
        return rate, leaving, at - powers, np.log(high - low)


def _flat(x: Floats, last: Floats, age: Floats, alpha: Floats, beta: Floats, *, r: float, s: float) -> Points:
    """Points of v = (alpha+y)^-(r+s+x), in which the integrand is flat but for a power of (alpha+y)/(beta+y).

    So it is taken however many purchases there are.
    """
    m, first = r + s + x, alpha + last
    end = np.exp(-m * np.log((alpha + age) / first))
    v = end[:, None] + (1 - end[:, None]) * (NODES + 1) / 2
    log_rate = np.log(first)[:, None] - np.log(v) / m[:, None]
    rate = np.exp(log_rate)
    leaving = rate + (beta - alpha)[:, None]
    with np.errstate(divide="ignore"):
        return rate, leaving, (s + 1) * (log_rate - np.log(leaving)), np.log((1 - end) / m) - m * np.log(first)
