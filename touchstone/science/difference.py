"""The difference of two estimates with its interval, and which of many differences are real."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from touchstone.science.interval import Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """Later less earlier, with limits and two-sided probability of so large a difference where there is none."""

    value: Floats
    low: Floats
    high: Floats
    probability: Floats


def difference(later: Interval, earlier: Interval, *, confidence: float = 0.95) -> Difference:
    """The difference of two independent estimates, from their own (lopsided) 95 % limits.

    Each limit of the difference adds the squared distances to the limits it leans on (Zou & Donner 2008; for shares
    Newcombe 1998). The probability belongs to the interval: below .05 just where the interval leaves out nought.
    NaN where one of the two has no answers.
    """
    value = later.value - earlier.value
    down = np.hypot(later.value - later.low, earlier.high - earlier.value)
    up = np.hypot(later.high - later.value, earlier.value - earlier.low)
    toward_nought = np.where(value >= 0, down, up)
    quantile = float(ndtri(0.5 + confidence / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.where(toward_nought > 0, np.abs(value) / toward_nought, np.where(value == 0, 0.0, np.inf))
    probability = np.where(np.isnan(value), np.nan, 2 * ndtr(-quantile * far))
    return Difference(value, value - down, value + up, probability)


def holm(probability: ArrayLike) -> Floats:
    """Holm's adjusted probabilities: the chance of one false alarm or more in the family stays below the level used.

    NaN stay NaN and do not count. Source: Holm 1979 (Scandinavian Journal of Statistics 6).
    """
    given = np.asarray(probability, float)
    adjusted = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    steps = given[order] * np.arange(order.size, 0, -1)
    adjusted[order] = np.fmin(np.maximum.accumulate(steps), 1.0) if order.size else steps
    return adjusted
