"""How many times as often: the ratio of two shares with limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from touchstone.science.difference import Difference


def relative(hits: ArrayLike, n: ArrayLike, other_hits: ArrayLike, other_n: ArrayLike) -> Difference:
    """The share hits / n over the share other_hits / other_n (1: alike), its limits and the probability of so much.

    Katz' limits on the logarithm (Katz et al. 1978) with half a hit more on each side (Walter 1975), so that none has
    limits too; the probability belongs to the limits. NaN where one side has nothing.
    """
    one, size, other, rest = (np.asarray(each, float) for each in (hits, n, other_hits, other_n))
    blank = (size <= 0) | (rest <= 0)
    size, rest = np.where(blank, 1.0, size), np.where(blank, 1.0, rest)
    middle = np.log((one + 0.5) / (size + 0.5)) - np.log((other + 0.5) / (rest + 0.5))
    spread = np.sqrt(1 / (one + 0.5) - 1 / (size + 0.5) + 1 / (other + 0.5) - 1 / (rest + 0.5))
    spread = np.where(blank, np.nan, np.fmax(spread, 1e-9))
    reach = float(ndtri(0.975)) * spread
    value = np.where(blank, np.nan, np.exp(middle))
    chance = 2 * ndtr(-np.abs(middle) / spread)
    return Difference(value, np.exp(middle - reach), np.exp(middle + reach), chance)
