"""Shares of things that come in clusters: ten looks by one person are not ten people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtrit

from touchstone.science.difference import Difference, difference
from touchstone.science.interval import Interval, share_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Clusters:
    """Sums over the clusters of each group: of hits k, sizes n, and of k², k·n and n²; each is (groups,)."""

    hits: Floats
    n: Floats
    hits_squared: Floats
    crossed: Floats
    n_squared: Floats

    def __add__(self, other: Clusters) -> Clusters:
        return Clusters(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def clusters(self) -> Floats:
        """How many clusters of equal size would tell as much: (sum of n)² / sum of n² (Kish 1965)."""
        return np.asarray(self.n**2 / np.fmax(self.n_squared, 1.0), float)

    def __sub__(self, other: Clusters) -> Clusters:
        return Clusters(*(getattr(self, name) - getattr(other, name) for name in self.__dataclass_fields__))


def clustered_share(told: Clusters, *, confidence: float = 0.95) -> Interval:
    """The share of hits with Wilson's interval, at the size that independent things of the same variance would have.

    The variance is that of a ratio of sums over clusters (Cochran 1977, section 3.12), never taken below that of
    independent things (Kish 1965). NaN within 0 to 1 where a group has nothing.
    """
    n = np.fmax(told.n, 1e-300)
    share = told.hits / n
    spread = told.hits_squared - 2 * share * told.crossed + share**2 * told.n_squared
    alone = told.n * share * (1 - share)
    effect = np.where(alone > 0, np.fmax(spread / np.fmax(alone, 1e-300), 1.0), told.n_squared / n)
    size = np.where(told.n > 0, told.n / np.fmax(effect, 1.0), 0.0)
    found = share_interval(np.clip(share * size, 0, size), size, confidence=confidence)
    value = np.where(told.n > 0, share, np.nan)
    return Interval(value, np.fmin(found.low, value), np.fmax(found.high, value), size, found.variance)


def clustered_ratio(told: Clusters, *, confidence: float = 0.95) -> Interval:
    """Hits per n, neither below nought, with limits by Student's t on the logarithm.

    The variance is that of a ratio of sums over clusters (Cochran 1977, section 3.12). A group without hits has limits
    from nought to what three of them would be (the rule of three); NaN where a group has nothing.
    """
    n = np.where(told.n > 0, told.n, np.nan)
    ratio = told.hits / n
    spread = told.hits_squared - 2 * ratio * told.crossed + ratio**2 * told.n_squared
    with np.errstate(divide="ignore", invalid="ignore"):
        clusters = np.fmax(n**2 / told.n_squared, 2.0)  # of equal size, that tell as much
        error = np.sqrt(np.fmax(spread, 0.0) * clusters / (clusters - 1)) / told.hits
        reach = np.exp(stdtrit(clusters - 1, 0.5 + confidence / 2) * error)
    some = told.hits > 0
    low, high = np.where(some, ratio / reach, ratio), np.where(some, ratio * reach, 3.0 / n)
    return Interval(ratio, low, high, told.n, spread / n)


def paired(first: ArrayLike, second: ArrayLike, both: ArrayLike, n: ArrayLike) -> Difference:
    """The share of `n` pairs in which the second holds less the share in which the first does, with limits.

    `both` counts the pairs in which both hold. Wald's interval with half a pair added to each cell (Agresti & Min
    2005); the probability is McNemar's (1947), by the normal curve. NaN where there is no pair.
    """
    one, two, shared, size = (np.asarray(each, float) for each in (first, second, both, n))
    size = np.where(size > 0, size, np.nan)
    gone, come = one - shared, two - shared
    value = (come - gone) / size
    middle = (come - gone) / (size + 2)
    spread = (come + gone + 1 - (come - gone) ** 2 / (size + 2)) / (size + 2) ** 2
    reach = float(ndtri(0.975)) * np.sqrt(spread)
    chance = 2 * ndtr(-np.abs(come - gone) / np.sqrt(np.fmax(come + gone, 1.0)))
    low, high = np.fmin(middle - reach, value), np.fmax(middle + reach, value)
    return Difference(value, low, high, np.where(np.isfinite(value), chance, np.nan))


def apart(one: Clusters, other: Clusters) -> Difference:
    """The share of `one` less that of `other`, which has no cluster in common that matters, with limits."""
    return difference(clustered_share(one), clustered_share(other))


def beyond_chance(observed: ArrayLike, expected: ArrayLike, variance: ArrayLike, n: ArrayLike) -> Difference:
    """The share of `n` draws that came out, less the share that chance expects of them, with limits.

    `expected` and `variance` are sums over draws with probabilities of their own (Poisson's binomial); limits by the
    normal curve, with the variance taken at no less than one draw's worth. NaN where chance had no choice.
    """
    seen, mean, spread, size = (np.asarray(each, float) for each in (observed, expected, variance, n))
    error = np.sqrt(np.where(spread > 0, spread, np.nan)) / np.fmax(size, 1.0)
    value = (seen - mean) / np.fmax(size, 1.0)
    value = np.where(np.isfinite(error), value, np.nan)
    reach = float(ndtri(0.975)) * error
    return Difference(value, value - reach, value + reach, 2 * ndtr(-np.abs(value) / error))
