"""How often customers will buy again: the models of counting customers until they silently leave.

Each customer buys at random at a rate of his own and may leave unseen; rates and readiness to leave differ from
customer to customer. What is known of one: repeat purchases (frequency), the time from the first purchase to the last
(recency) and to the end of what is known (age). Times in one unit, such as weeks.
Sources: Fader, Hardie & Lee 2005 (BG/NBD, Marketing Science 24); Batislam, Denizel & Filiztekin 2007 (MBG/NBD);
Schmittlein, Morrison & Colombo 1987 (Pareto/NBD); Fader & Hardie 2007 for covariates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import betaincinv, hyp2f1

from touchstone.science.forecast import Forecast, likeliest, slopes
from touchstone.science.purchases import NODES, WEIGHTS, likelihood, of_each, terms

Floats = NDArray[np.float64]
CELLS = 10_000  # customers a model is fitted to at most, and histories that stand for all others alike
SPREAD = 8.0  # standard deviations that a covariate may span
REACH = 12.0  # logarithms of parameters are looked for within +-REACH
NAMES = {
    "bg_nbd": ("r", "alpha", "a", "b"),
    "mbg_nbd": ("r", "alpha", "a", "b"),
    "pareto_nbd": ("r", "alpha", "s", "beta"),
}


@dataclass(frozen=True)
class History:
    """What is known of each customer; `covariates` (customers x k) may explain rate and dropout."""

    frequency: Floats
    recency: Floats
    age: Floats
    covariates: Floats

    @classmethod
    def of(
        cls, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, covariates: ArrayLike | None = None
    ) -> History:
        """The history from plain arrays; ValueError where a customer's cannot be."""
        x, last, known = (np.atleast_1d(np.asarray(each, float)) for each in (frequency, recency, age))
        extra = np.zeros((x.size, 0)) if covariates is None else np.asarray(covariates, float).reshape(x.size, -1)
        if (x < 0).any() or (last < 0).any() or (last > known).any() or not np.isfinite(extra).all():
            raise ValueError("needs frequency >= 0 and 0 <= recency <= age, and finite covariates")
        return cls(x, last, known, extra)

    def cells(self, most: int = CELLS) -> tuple[History, Floats, NDArray[np.int64]]:
        """Histories that stand for all, how many customers each stands for, and which stands for whom.

        They are the distinct ones; where there are more than `most`, times are rounded just so far that there are not.
        """
        columns = [self.frequency, self.recency, self.age, *self.covariates.T]
        for step in (0.0, *(self.age.max(initial=1.0) * 2.0**power for power in range(-8, 0))):
            scales = [0.0, step, step, *(step / self.age.max(initial=1.0) * SPREAD for _ in self.covariates.T)]
            rounded = [np.round(each / by) * by if by else each for each, by in zip(columns, scales, strict=True)]
            whose = _numbered(rounded)
            if whose.size == 0 or whose.max() < most:
                break
        first = _first(whose)
        kept = [each[first] for each in rounded]
        extra = np.column_stack(kept[3:]) if kept[3:] else np.zeros((first.size, 0))
        return History(kept[0], kept[1], kept[2], extra), np.bincount(whose).astype(float), whose

    def each(self, figure: Callable[[History], Floats]) -> Floats:
        """A figure of every customer, reckoned once for all whose histories are the same."""
        alike, _, whose = self.cells(self.age.size + 1)
        return figure(alike)[whose]


@dataclass(frozen=True)
class Lifetime:
    """A fitted model: `coefficients` are the logarithms of its four parameters, then the covariates' effects on the
    logarithm of the rate, then on that of dropout; with their covariance and the log-likelihood (a sum)."""

    model: str
    coefficients: Floats
    covariance: Floats
    log_likelihood: float

    @property
    def parameters(self) -> dict[str, float]:
        """The four parameters by their names in the literature."""
        return dict(zip(NAMES[self.model], np.exp(self.coefficients[:4]).tolist(), strict=True))

    def alive(self, history: History) -> Floats:
        """Probability that each customer has not left by the end of what is known."""
        gone, here = terms(self.model, self.coefficients, history)
        return np.asarray(1 / (1 + np.exp(np.clip(gone - here, -700, 700))), float)

    def gone(self, history: History) -> Forecast:
        """Probability that each customer has left by the end of what is known, with how it follows the coefficients."""

        def logs(coefficients: Floats) -> Floats:
            left, here = terms(self.model, coefficients, history)
            return np.fmax(left - np.logaddexp(left, here), -700.0)

        return Forecast(np.exp(logs(self.coefficients)), slopes(logs, self.coefficients))

    def silence(self, history: History, time: float) -> Floats:
        """Probability that a customer does not come within `time` after the end of what is known.

        It is the likelihood of the same purchases known for so much longer, over that of what is known.
        """
        longer = replace(history, age=history.age + time)
        after, now = (np.logaddexp(*terms(self.model, self.coefficients, each)) for each in (longer, history))
        return np.asarray(np.exp(np.fmin(after - now, 0.0)), float)

    def rhythm(self, history: History) -> float:
        """The shortest time within which each of them would more likely than not come, had they come just now.

        Infinite where that takes longer than any of them has been known.
        """
        fresh, longest = replace(history, recency=history.age), float(history.age.max())

        def doubt(time: float) -> float:
            return float(self.silence(fresh, time).max()) - 0.5

        return float(brentq(doubt, 0.0, longest, xtol=1e-3)) if longest > 0 > doubt(longest) else np.inf

    def expected(self, history: History, time: float) -> Floats:
        """Purchases expected of each customer within `time` after the end of what is known."""
        return np.fmax(_expected(self.model, self.coefficients, history, time), 1e-300)

    def purchases(self, history: History, time: float) -> Forecast:
        """`expected`, with how it follows the coefficients."""

        def logs(coefficients: Floats) -> Floats:
            return np.log(np.fmax(_expected(self.model, coefficients, history, time), 1e-300))

        return Forecast(self.expected(history, time), slopes(logs, self.coefficients))


def fit(history: History, *, model: str = "bg_nbd") -> Lifetime:
    """The model likeliest to give these histories: bg_nbd, mbg_nbd or pareto_nbd.

    Of more than CELLS customers a sample is taken, and the covariance is that of the sample.
    With covariates each multiplies the rate and the readiness to leave by exp(effect x covariate); standardise them.
    ValueError where there is no model of the name, no customer, no time, or nobody ever bought again.
    """
    if model not in NAMES:
        raise ValueError(f"no model {model!r}; known: {', '.join(NAMES)}")
    known, count, _ = sampled(history).cells()
    if not count.size or not known.frequency.any() or not known.age.any():
        raise ValueError("needs customers who bought again")
    total = float(count.sum())

    def loss(coefficients: Floats) -> tuple[float, Floats]:
        each, slope = likelihood(model, coefficients, known)
        return -float(count @ each) / total, -(count @ slope) / total

    rate = float(count @ known.frequency) / float(count @ known.age)
    start = np.zeros(4 + 2 * known.covariates.shape[1])
    start[:4] = np.log([0.5, 0.5 / rate, 0.7, 2.0 if model != "pareto_nbd" else float(count @ known.age) / total / 2])
    limits = [(-REACH, REACH)] * start.size
    best, covariance, least = likeliest(loss, start, limits, total)
    return Lifetime(model, best, covariance, -least * history.age.size)


def sampled(history: History) -> History:
    """Everyone; of more than CELLS customers every so many-th, in the order of their histories."""
    size = history.age.size
    if size <= CELLS:
        return history
    order = np.lexsort((*history.covariates.T[::-1], history.age, history.recency, history.frequency))
    some = order[((np.arange(CELLS) + 0.5) * size / CELLS).astype(np.int64)]
    return History(history.frequency[some], history.recency[some], history.age[some], history.covariates[some])


def _numbered(columns: list[Floats]) -> NDArray[np.int64]:
    """The same number for rows that are the same in every column, in the order in which they are first met."""
    number = np.zeros(columns[0].size, np.int64)
    for column in columns:
        code = _code(column)
        number = _code(number * (code.max(initial=0) + 1) + code)
    return number


def _code(column: NDArray[Any]) -> NDArray[np.int64]:
    """The same number for the same value, from 0 up as they are met; sorting them would take five times as long."""
    return np.asarray(pa.array(column).dictionary_encode().indices.to_numpy(), np.int64)


def _first(number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each number is first met, of numbers from 0 up."""
    places = np.zeros(number.max(initial=-1) + 1, np.int64)
    places[number[::-1]] = np.arange(number.size)[::-1]
    return places


def _expected(model: str, coefficients: Floats, history: History, time: float) -> Floats:
    """Purchases expected within `time`: the published formula, after Euler's transformation of its 2F1.

    So transformed its first two arguments no longer grow with the purchases, and the series stays short.
    """
    (r, _, third, fourth), alpha, leaving, _ = of_each(coefficients, history)
    x, age = history.frequency, history.age
    gone, here = terms(model, coefficients, history)
    alive = 1 / (1 + np.exp(np.clip(gone - here, -700, 700)))
    if model == "pareto_nbd":
        beta = fourth / leaving
        return np.asarray(alive * (r + x) * (beta + age) / (alpha + age) * _share(third - 1, beta + age, time), float)
    a = third * leaving
    a, b = np.where(np.abs(a - 1) < 1e-7, 1 + 1e-7, a), fourth  # the formula has a gap at a = 1, the figure has none
    later = 1.0 if model == "mbg_nbd" else 0.0
    z, c = time / (alpha + age + time), a + b + x + later - 1
    series = hyp2f1(a + b + later - 1 - r, a - 1, c, z)
    if not (whole := np.isfinite(series)).all():  # scipy's gaps, where c less the other two is a whole number
        series = np.where(whole, series, hyp2f1(a + b + later - 1 - r + 1e-12, a - 1, c * (1 + 1e-12), z))
    with np.errstate(invalid="ignore", over="ignore"):
        found = c / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
    if not (told := np.isfinite(found)).all():  # all are nearly as ready to leave: a and b beyond what the series bears
        found = np.where(told, found, _averaged(a, b + x + later, (r + x, alpha + age), time))
    return np.asarray(alive * found, float)


def _averaged(a: Floats, b: Floats, rate: tuple[Floats, Floats], time: float) -> Floats:
    """Purchases within `time` of who is still there, (1 - e^(-rate p time)) / p, averaged over rate and readiness p.

    The rate's gamma (shape, inverse scale) in closed form, p's beta (a, b) by Gauss-Legendre over its quantiles.
    """
    p = betaincinv(np.asarray(a)[..., None], b[..., None], (1 + NODES) / 2)
    shape, scale = (each[..., None] for each in rate)
    return np.asarray(-np.expm1(shape * np.log(scale / (scale + p * time))) / p @ WEIGHTS / 2, float)


def _share(power: float, start: Floats, time: float) -> Floats:
    """(1 - (start / (start + time))^power) / power, whole where power is nought."""
    logs = np.log(start / (start + time))
    return np.asarray(-logs if abs(power) < 1e-9 else -np.expm1(power * logs) / power, float)
