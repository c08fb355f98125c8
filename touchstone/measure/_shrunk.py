"""Units drawn towards their group and ranked within it, for all score measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.measure._rows import tidy
from touchstone.science.interval import Interval
from touchstone.science.order import ranks
from touchstone.science.shrinkage import drawn_in, draws, pooled_variance, posterior

Floats = NDArray[np.float64]
SMALLEST = 3  # with fewer units there is no group to be drawn towards
BUDGET = 1_000_000  # draws times units


class Drawable(Protocol):
    """Figures as `_scores` has them."""

    @property
    def keys(self) -> pa.Table: ...
    @property
    def interval(self) -> Interval: ...
    @property
    def ends(self) -> tuple[Floats, Floats]: ...
    def whole(self, interval: Interval) -> Interval: ...


def shrunk(found: Drawable, details: list[dict[str, Any]], *, seed: int) -> Interval:
    """The figures drawn towards the mean of the units that share all other keys (touchpoint, region, month, scale …).

    Adds to `details`: raw, raw_low, raw_high, reliability, group mean, rank, rank_low, rank_high and the probability
    that the unit is truly better than the next in rank. Groups of fewer than three units keep their own figures.
    """
    interval, own = found.interval, found.whole(found.interval)
    worst, best = found.ends
    value, low, high = interval.value.copy(), interval.low.copy(), interval.high.copy()
    for members in _families(found.keys, value.size):
        place = members[0]
        if members.size < SMALLEST or worst[place] == best[place]:
            continue
        ends = (float(worst[place]), float(best[place]))
        given, n = interval.value[members], interval.n[members]
        variance = pooled_variance(given, interval.variance[members], n, worst=ends[0], best=ends[1])
        widest = abs(ends[1] - ends[0]) / 2
        belief = posterior(given, variance, widest=widest)
        settled = drawn_in(belief)
        value[members], low[members], high[members] = (
            np.clip(each, min(ends), max(ends)) for each in (settled.value, settled.low, settled.high)
        )
        size = int(np.clip(BUDGET / members.size, 200, 1000))
        truth = draws(belief, size=size, seed=seed)
        order = ranks(settled.value, truth, best_is_high=ends[1] > ends[0])
        for at, member in enumerate(members):
            details[member].update(
                raw=tidy(own.value[member]),
                raw_low=tidy(own.low[member]),
                raw_high=tidy(own.high[member]),
                reliability=tidy(settled.reliability[at], digits=4),
                group_mean=tidy(settled.centre),
                group_size=int(members.size),
                rank=int(order.rank[at]),
                rank_low=int(order.low[at]),
                rank_high=int(order.high[at]),
                probability_above_next=tidy(order.above_next[at], digits=4),
            )
    return replace(interval, value=value, low=low, high=high)


def _families(keys: pa.Table, size: int) -> list[Any]:
    """Positions of the rows that differ in nothing but the unit."""
    others = [keys[name].to_pylist() for name in keys.column_names if name != "unit"]
    found: dict[tuple[Any, ...], list[int]] = {}
    for place in range(size):
        found.setdefault(tuple(column[place] for column in others), []).append(place)
    return [np.array(each) for each in found.values()]
