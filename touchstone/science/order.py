"""Ranks with their doubt, from draws of what the true values may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ranks:
    """Per unit: its rank (1 is best), the ranks it may truly have, and the probability that it beats the next."""

    rank: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    above_next: Floats  # NaN for the last


def ranks(value: Floats, drawn: Floats, *, best_is_high: bool = True, confidence: float = 0.95) -> Ranks:
    """Ranks of `value`, ties by position; `drawn` holds draws (rows) of the true values of the same units (columns).

    The limits hold a unit's true rank in `confidence` of the draws, and always its rank.
    """
    sign = -1.0 if best_is_high else 1.0
    order = np.argsort(sign * value, kind="stable")
    rank = _places(order)
    turned = sign * drawn
    low, high = _reach(turned, (1 - confidence) / 2)
    above = np.full(value.size, np.nan)
    sorted_draws = turned[:, order]
    above[order[:-1]] = _share(sorted_draws[:, :-1], sorted_draws[:, 1:])
    return Ranks(rank, np.fmin(low, rank), np.fmax(high, rank), above)


def probability_above(drawn: Floats, *, best_is_high: bool = True) -> Floats:
    """For every pair of units the probability that the first (row) is truly better than the second (column)."""
    sign = 1.0 if best_is_high else -1.0
    size = drawn.shape[1]
    table = np.full((size, size), 0.5)
    for unit in range(size):
        table[unit] = _share(-sign * drawn[:, [unit]], -sign * drawn)
    return table


def tiers(value: Floats, drawn: Floats, *, best_is_high: bool = True, sure: float = 0.95) -> NDArray[np.int64]:
    """The group of each unit, 1 the best: from the best down, a group ends before the first unit that its head is
    truly better than with probability `sure`. Units of one group cannot be told from its head."""
    sign = 1.0 if best_is_high else -1.0
    order = np.argsort(-sign * value, kind="stable")
    group = np.empty(value.size, np.int64)
    head, number = order[0], 1
    for unit in order:
        if float((sign * drawn[:, head] > sign * drawn[:, unit]).mean()) >= sure:
            head, number = unit, number + 1
        group[unit] = number
    return group


def _share(first: Any, second: Any) -> Floats:
    """How often `first` is the smaller, ties counted half."""
    ahead, level = (np.count_nonzero(each, axis=0) for each in (first < second, first <= second))
    return np.asarray((ahead + level) / (2 * len(first)), float)


def _places(order: Any) -> NDArray[np.int64]:
    places = np.empty(order.size, np.int64)
    places[order] = np.arange(1, order.size + 1)
    return places


def _reach(drawn: Floats, tail: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The ranks, the smallest first, between which each unit lies but for a `tail` of the draws at either end."""
    size, units = drawn.shape
    place = _sorted(drawn)  # draws x ranks: which unit, and then its place among units x draws
    place *= size
    place += np.arange(size)[:, None]
    ranked = np.empty(units * size, np.int32)
    ranked[place] = np.arange(1, units + 1, dtype=np.int32)
    ranked = np.sort(ranked.reshape(units, size), axis=1)
    ends = int(np.floor(tail * (size - 1))), int(np.ceil((1 - tail) * (size - 1)))
    low, high = (ranked[:, end].astype(np.int64) for end in ends)
    return low, high


def _sorted(drawn: Floats) -> NDArray[np.int64]:
    """Which column stands in each place of each row, the smallest first.

    Numbers sort faster than their places do, so each bears its column in its last bits, some 1e-13 of its size.
    """
    bits = (1 << int(drawn.shape[1]).bit_length()) - 1
    held = drawn.astype(np.float64)
    marked = held.view(np.int64)
    marked &= ~bits
    marked |= np.arange(drawn.shape[1])
    held.sort(axis=1)
    marked &= bits
    return marked
