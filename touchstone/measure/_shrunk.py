"""Units drawn towards their group and ranked within it, for all score measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.measure._details import Details
from touchstone.science.interval import Interval
from touchstone.science.order import ranks
from touchstone.science.shrinkage import Luck, drawn_in, draws, pooled_variance, posterior

Floats = NDArray[np.float64]
SMALLEST = 3  # with fewer units there is no group to be drawn towards
BUDGET = 1_000_000  # draws times units, of all groups together
MOST, FEWEST, LEAST = 1000, 400, 200  # draws of a group; of one of many; of one so large that it takes the budget alone
_COUNTED = ("group_size", "rank", "rank_low", "rank_high")
_DIGITS = {"group_mean": 6, "reliability": 4, "probability_above_next": 4}


class Drawable(Protocol):
    """Figures as `_scores` has them."""

    @property
    def keys(self) -> pa.Table: ...
    @property
    def interval(self) -> Interval: ...
    @property
    def ends(self) -> tuple[Floats, Floats]: ...
    def whole(self, interval: Interval) -> Interval: ...


def shrunk(found: Drawable, details: Details, *, seed: int) -> Interval:
    """The figures drawn towards the mean of the units that share all other keys (touchpoint, region, month, scale …).

    Adds to `details`: raw, raw_low, raw_high, reliability, group mean, rank, rank_low, rank_high and the probability
    that the unit is truly better than the next in rank. Groups of fewer than three units keep their own figures.
    """
    interval = found.interval
    worst, best = found.ends
    value, low, high = interval.value.copy(), interval.low.copy(), interval.high.copy()
    told = {name: np.full(value.size, np.nan) for name in (*_COUNTED, *_DIGITS)}
    luck, size = Luck(seed), float(np.clip(BUDGET / value.size, FEWEST, MOST))
    for members in _families(found.keys):
        place = members[0]
        if members.size < SMALLEST or worst[place] == best[place]:
            continue
        ends = (float(worst[place]), float(best[place]))
        given, n = interval.value[members], interval.n[members]
        variance = pooled_variance(given, interval.variance[members], n, worst=ends[0], best=ends[1])
        belief = posterior(given, variance, widest=abs(ends[1] - ends[0]) / 2)
        settled = drawn_in(belief)
        value[members], low[members], high[members] = (
            np.clip(each, min(ends), max(ends)) for each in (settled.value, settled.low, settled.high)
        )
        truth = draws(belief, size=int(min(size, max(BUDGET / members.size, LEAST))), seed=luck)
        order = ranks(settled.value, truth, best_is_high=ends[1] > ends[0])
        standing = (members.size, order.rank, order.low, order.high)
        figures = (settled.centre, settled.reliability, order.above_next)
        for name, each in zip(told, (*standing, *figures), strict=True):
            told[name][members] = each
    _tell(details, told, found.whole(interval))
    return replace(interval, value=value, low=low, high=high)


def _tell(details: Details, told: dict[str, Floats], own: Interval) -> None:
    """Says of the units that were drawn in how far each was, and where it stands."""
    at = np.flatnonzero(~np.isnan(told["rank"]))
    for name in _COUNTED:
        details.numbers(name, told[name][at].astype(np.int64), at=at)
    for name, digits in _DIGITS.items():
        details.numbers(name, told[name][at], at=at, digits=digits)
    for name, each in (("raw", own.value), ("raw_low", own.low), ("raw_high", own.high)):
        details.numbers(name, each[at], at=at)


def _families(keys: pa.Table) -> list[NDArray[np.int64]]:
    """Positions of the rows that differ in nothing but the unit, family by family."""
    code = np.zeros(len(keys), np.int64)
    for name in keys.column_names:
        if name != "unit":
            held = keys[name].combine_chunks().dictionary_encode()
            _, code = np.unique(code * len(held.dictionary) + held.indices.to_numpy(), return_inverse=True)
    return np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code))[:-1])
