"""How often things happen a day, in one stretch of time against another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lift:
    """Relative change of daily rates (.2: a fifth more), its limits, and the probability of so much by chance."""

    value: Floats
    low: Floats
    high: Floats
    probability: Floats


def lift(inside: ArrayLike, outside: ArrayLike, *, confidence: float = 0.95) -> Lift:
    """Rate within a stretch over the rate outside it, less 1, for each series of daily counts.

    `inside` and `outside` are (series, days). Counts may scatter more than chance has it: their variance is taken as a
    multiple of the mean, told by the days themselves and never below 1 (quasi-Poisson; McCullagh & Nelder 1989, ch. 6),
    and the limits use Student's t on the logarithm. Half a count stands for none, so that a rate of nought has limits.
    NaN where either stretch has no day, or fewer than four days are known in all.
    """
    one, other = (np.atleast_2d(np.asarray(each, float)) for each in (inside, outside))
    days = np.array([one.shape[1], other.shape[1]], float)
    if days.min() < 1 or days.sum() < 4:
        blank = np.full(len(one), np.nan)
        return Lift(blank, blank.copy(), blank.copy(), blank.copy())
    total = np.stack([one.sum(axis=1), other.sum(axis=1)], axis=1)
    total = np.where(total == 0, 0.5, total)
    mean = total / days
    free = days.sum() - 2
    squares = ((one - mean[:, :1]) ** 2).sum(axis=1), ((other - mean[:, 1:]) ** 2).sum(axis=1)
    scatter = (squares[0] / mean[:, 0] + squares[1] / mean[:, 1]) / free
    spread = np.sqrt(np.maximum(scatter, 1.0) * (1 / total).sum(axis=1))
    middle = np.log(mean[:, 0] / mean[:, 1])
    reach = float(stdtrit(free, 0.5 + confidence / 2)) * spread
    probability = 2 * stdtr(free, -np.abs(middle) / spread)
    return Lift(np.expm1(middle), np.expm1(middle - reach), np.expm1(middle + reach), probability)
