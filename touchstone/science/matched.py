"""What came of being spoken to, against the nearest of those who were not: matched shares, and who does more than most.

Sources: nearest-neighbour matching with a calliper (Rubin 1973; Stuart 2010); the interval of a difference of shares
from Wilson's limits of each (Newcombe 1998, method 10), the weight of a match used often by Kish's effective number;
false discoveries by Benjamini & Hochberg 1995.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from touchstone.science.interval import share_interval

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Increment:
    """Share of the treated less the share of their matches, its limits, and both shares; NaN where nobody matched."""

    value: float
    low: float
    high: float
    treated: float
    control: float
    n: int


NOTHING = Increment(np.nan, np.nan, np.nan, np.nan, np.nan, 0)


def nearest(distance: Floats, *, matches: int, within: float) -> Bools:
    """By row, which candidates are its `matches` nearest and no farther than `within`; NaN is no candidate."""
    far = np.where(np.isnan(distance), np.inf, distance)
    rank = np.argsort(np.argsort(far, axis=1, kind="stable"), axis=1, kind="stable")
    return (rank < matches) & (far <= within)


def increment(treated: Bools, control: Bools, chosen: Bools, who: Whole, candidate: Whole) -> Increment:
    """What the treated did more than their matches: `chosen` says who of `control` (rows by candidates) is a match.

    `who` and `candidate` number the persons, so that one who stands in several rows counts as one.
    """
    some = chosen.any(axis=1)
    if not some.any():
        return NOTHING
    weight = chosen[some] / chosen[some].sum(axis=1, keepdims=True)
    did, other = float(treated[some].mean()), float((weight * control[some]).sum() / some.sum())
    mine = _wilson(did, np.bincount(np.unique(who[some], return_inverse=True)[1]))
    kept = weight > 0
    person = np.unique(candidate[some][kept], return_inverse=True)[1]
    theirs = _wilson(other, np.bincount(person, weight[kept]))
    low = did - other - np.hypot(did - mine[0], theirs[1] - other)
    high = did - other + np.hypot(mine[1] - did, other - theirs[0])
    return Increment(did - other, float(low), float(high), did, other, int(some.sum()))


def _wilson(share: float, weight: NDArray[np.generic]) -> tuple[float, float]:
    """Limits of a share that rests on persons of these weights."""
    n = float(weight.sum()) ** 2 / float((weight.astype(float) ** 2).sum())
    found = share_interval(share * n, n)
    return float(found.low[0]), float(found.high[0])


def outstanding(hits: Whole, n: Whole, *, alpha: float, least: int = 2) -> Bools:
    """Who has more hits than the rest's share explains, at most a share `alpha` of those named by chance alone.

    Each is held against all others together (exact binomial tail, Benjamini-Hochberg). Only who has `least` tries or
    more can be told apart and counts among the comparisons; who has under `least` hits is never named.
    """
    others = np.maximum(n.sum() - n, 1)
    rest = np.clip((hits.sum() - hits) / others, 1 / (others + 1), 1.0)  # a rest without hits still leaves room for one
    asked = np.flatnonzero(n >= least)
    tail = binom.sf(hits[asked] - 1, n[asked], rest[asked])
    order = np.argsort(tail, kind="stable")
    passed = np.flatnonzero(tail[order] <= alpha * np.arange(1, len(asked) + 1) / max(len(asked), 1))
    named = np.zeros(len(n), bool)
    named[asked[order[: passed.max(initial=-1) + 1]]] = True
    return named & (hits >= least)
