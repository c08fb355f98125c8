"""How raters of the same things differ from one another, each judged by what the others say of the same things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from touchstone.science.interval import Interval

Floats = NDArray[np.float64]
_SPARE = 0.05  # spread that is added, as if one more thing lay so far off: two that agree are not certain


@dataclass(frozen=True)
class Shifts:
    """By rater: the mean over things of its score less the mean of the others' scores, with limits.

    Limits are Student's t over things (the whole range with one). `probability`: that so large a mean arises where a
    rater leans neither way, two-sided; NaN with fewer than two. `below`: the share of things scored below the
    others. `against`: the mean difference to each other rater over the things both scored; NaN where there is none.
    """

    interval: Interval
    probability: Floats
    below: Floats
    against: Floats  # (raters, raters)


def shifts(scores: ArrayLike) -> Shifts:
    """The shift of each rater; `scores` has a row for each thing, a column for each rater, 0 to 1, NaN where none.

    Things that only one rater scored say nothing. Raters weigh alike within a thing, and things within a rater.
    """
    table = np.asarray(scores, float)
    known = ~np.isnan(table)
    held, amount = np.where(known, table, 0.0), known.sum(axis=1, keepdims=True)
    paired = known & (amount > 1)
    others = (held.sum(axis=1, keepdims=True) - held) / np.maximum(amount - 1, 1)
    thing, rater = np.nonzero(paired)
    far = (held - others)[thing, rater]
    size = table.shape[1]
    n = np.bincount(rater, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, below = np.bincount(rater, far, size) / n, np.bincount(rater, far < -1e-12, size) / n
        spread = (np.bincount(rater, (far - mean[rater]) ** 2, size) + _SPARE**2) / (n - 1)
        half = np.where(n > 1, stdtrit(np.maximum(n - 1, 1), 0.975) * np.sqrt(spread / n), 2.0)
        distance = np.abs(mean) / np.sqrt(spread / n)
    interval = Interval(mean, np.fmax(mean - half, -1.0), np.fmin(mean + half, 1.0), n.astype(float), spread)
    chance = np.where(n > 1, 2 * stdtr(np.maximum(n - 1, 1), -distance), np.nan)
    return Shifts(interval, chance, below, _against(table))


def _against(table: Floats) -> Floats:
    """The mean difference of each rater (rows) to each other (columns)."""
    known = (~np.isnan(table)).astype(float)
    held = np.nan_to_num(table)
    both = known.T @ known
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(both > 0, (held.T @ known - known.T @ held) / both, np.nan)
