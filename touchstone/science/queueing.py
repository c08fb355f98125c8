"""How long people wait for so many agents: Erlang C (A. K. Erlang 1917), the queue M/M/c with unending patience.

The load is in Erlang: arrivals per hour times hours of handling each. All arguments may be arrays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincc, gammaln, xlogy

Floats = NDArray[np.float64]

_MANY = 256  # agents from which Stirling's series is exact to the last digits


def waits(load: ArrayLike, agents: ArrayLike) -> Floats:
    """The probability that somebody who arrives has to wait; 1 where the load is as much as the agents, or more."""
    a, c = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        blocked = np.exp(_log_poisson(a, c)) / gammaincc(c + 1, a)  # Erlang B: the last of the states that fit
        waiting = c * blocked / (c - a * (1 - blocked))
    return np.asarray(np.where(a < c, np.where(a > 0, waiting, 0.0), 1.0), np.float64)


def mean_wait(load: ArrayLike, agents: ArrayLike) -> Floats:
    """The mean wait of all who arrive, in mean handling times; infinite where the load is as much as the agents."""
    a, c = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(a < c, waits(a, c) / (c - a), np.inf), np.float64)


def within(load: ArrayLike, agents: ArrayLike, patience: ArrayLike) -> Floats:
    """The share of all who arrive that is answered within `patience` (in mean handling times)."""
    a, c = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    return np.asarray(1 - waits(a, c) * np.exp(-np.fmax(c - a, 0.0) * np.asarray(patience, float)), np.float64)


def agents_needed(load: float, *, share: float) -> int:
    """The fewest agents with whom no more than `share` (above 0) of those who arrive have to wait."""
    low, high = int(np.floor(load)), int(np.floor(load)) + 1
    while waits(load, high) > share:
        low, high = high, high + 2 * (high - low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if waits(load, middle) > share else (low, middle)
    return high


def _log_poisson(mean: Floats, count: Floats) -> Floats:
    """The logarithm of the Poisson probability of `count`; of many by Stirling's series (Loader 2000), lest digits go.

    For what mean and count have in common would cancel between large numbers.
    """
    apart = (mean - count) / np.fmax(count, 1.0)
    series = 1 / (12 * np.fmax(count, 1.0)) - 1 / (360 * np.fmax(count, 1.0) ** 3)
    many = count * (np.log1p(apart) - apart) - 0.5 * np.log(2 * np.pi * np.fmax(count, 1.0)) - series
    few = xlogy(count, mean) - mean - gammaln(count + 1)
    return np.asarray(np.where(count < _MANY, few, many), np.float64)
