"""Figures of customers that follow from fitted coefficients, and how well they are known.

A model's coefficients are known as far as the curvature of its likelihood tells; figures follow them (delta method).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import ndtri

Floats = NDArray[np.float64]
FLAT = 3.0  # standard deviation given to a logarithm that the data do not tell at all
STEP = 1e-4  # of the numerical derivatives


@dataclass(frozen=True)
class Forecast:
    """Figures per customer, and how each one's logarithm follows the fitted coefficients (customers x coefficients)."""

    value: Floats
    slope: Floats

    def spread(self, covariance: Floats) -> Floats:
        """Standard deviation of each figure's logarithm, as far as the model is not known."""
        return np.asarray(np.sqrt(np.fmax(((self.slope @ covariance) * self.slope).sum(axis=1), 0.0)), float)

    def limits(self, covariance: Floats, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Limits from the curvature of the likelihood (delta method on the logarithm)."""
        factor = np.exp(np.fmin(float(ndtri(0.5 + confidence / 2)) * self.spread(covariance), 700.0))
        return self.value / factor, self.value * factor

    def deviation(self, covariance: Floats) -> Floats:
        """Standard deviation of each figure, as far as the model is not known (delta method)."""
        return np.asarray(self.value * self.spread(covariance), float)

    def mean(self, of: NDArray[np.int64] | None = None) -> Forecast:
        """The mean figure of the customers (those at places `of`), as a forecast of one row."""
        value, slope = (self.value, self.slope) if of is None else (self.value[of], self.slope[of])
        total = value.sum()
        share = value / total if total > 0 else np.full(value.size, 1 / value.size)
        return Forecast(np.array([value.mean()]), (share @ slope)[None, :])

    def times(self, other: Forecast) -> Forecast:
        """The product of two figures that rest on separate coefficients: those of this one first."""
        return Forecast(self.value * other.value, np.hstack([self.slope, other.slope]))


def averaged(*figures: Forecast) -> Forecast:
    """The mean of several figures that rest on separate coefficients, those of the first one first."""
    total = np.fmax(sum(each.value for each in figures), 1e-300)
    shares = [(each.value / total)[:, None] * each.slope for each in figures]
    return Forecast(np.asarray(total / len(figures), float), np.hstack(shares))


def apart(*covariances: Floats) -> Floats:
    """The covariance of coefficients fitted apart, one block after the other."""
    ends = np.cumsum([0, *(len(each) for each in covariances)])
    whole = np.zeros((ends[-1], ends[-1]))
    for start, end, each in zip(ends[:-1], ends[1:], covariances, strict=True):
        whole[start:end, start:end] = each
    return whole


def likeliest(
    loss: Callable[[Floats], tuple[float, Floats]], start: Floats, limits: list[tuple[float, float]], total: float
) -> tuple[Floats, Floats, float]:
    """The coefficients of the least mean loss over `total` customers, their covariance, and that loss.

    `loss` also tells how it follows the coefficients. The covariance is from its curvature there: a direction the data
    do not tell has standard deviation FLAT, so that it widens the limits without bound of sense.
    """
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits, options={"ftol": 1e-13, "gtol": 1e-8})
    moves = np.eye(best.x.size) * STEP
    bend = np.stack([(loss(best.x + move)[1] - loss(best.x - move)[1]) / (2 * STEP) for move in moves])
    power, ways = np.linalg.eigh(total * (bend + bend.T) / 2)
    return best.x, np.asarray((ways / (np.fmax(power, 0.0) + FLAT**-2)) @ ways.T, float), float(best.fun)


def slopes(logs: Callable[[Floats], Floats], at: Floats) -> Floats:
    """How figures' logarithms follow each coefficient: customers x coefficients."""
    moves = np.eye(at.size) * STEP
    return np.column_stack([(logs(at + move) - logs(at - move)) / (2 * STEP) for move in moves])
