"""Units drawn towards their group and ranked within it, for all score measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.measure._rows import tidied, tidy
from touchstone.science.interval import Interval
from touchstone.science.order import Ranks, ranks
from touchstone.science.shrinkage import Luck, Shrunk, drawn_in, draws, pooled_variance, posterior

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
    raw = [tidied(each) for each in (own.value, own.low, own.high)]
    luck = Luck(seed)
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
        truth = draws(belief, size=int(np.clip(BUDGET / members.size, 200, 1000)), seed=luck)
        order = ranks(settled.value, truth, best_is_high=ends[1] > ends[0])
        _tell(details, members.tolist(), settled, order)
    for detail, *figures in zip(details, *raw, strict=True):
        if "rank" in detail:
            detail.update(zip(("raw", "raw_low", "raw_high"), figures, strict=True))
    return replace(interval, value=value, low=low, high=high)


def _tell(details: list[dict[str, Any]], members: list[int], settled: Shrunk, order: Ranks) -> None:
    """Says in the details of a group's members how far each was drawn in, and where it stands."""
    group = {"group_mean": tidy(settled.centre), "group_size": len(members)}
    columns = {
        "reliability": tidied(settled.reliability, digits=4),
        "rank": order.rank.tolist(),
        "rank_low": order.low.tolist(),
        "rank_high": order.high.tolist(),
        "probability_above_next": tidied(order.above_next, digits=4),
    }
    for member, *told in zip(members, *columns.values(), strict=True):
        details[member].update(group)
        details[member].update(zip(columns, told, strict=True))


def _families(keys: pa.Table) -> list[NDArray[np.int64]]:
    """Positions of the rows that differ in nothing but the unit, family by family."""
    code = np.zeros(len(keys), np.int64)
    for name in keys.column_names:
        if name != "unit":
            held = keys[name].combine_chunks().dictionary_encode()
            _, code = np.unique(code * len(held.dictionary) + held.indices.to_numpy(), return_inverse=True)
    return np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code))[:-1])
