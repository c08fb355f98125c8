"""Who gets which offer: the best for each within a budget; or by lot with probabilities, so that learning goes on.

A budget is kept by its price: each gets what is best when money costs so much more that it just lasts (the
relaxation of a knapsack with several choices), and what is left over goes to the next best that it buys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchstone.science.uplift import Scale

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Bools = NDArray[np.bool_]
NOTHING = -1
_DRAWS = 200  # of the lines, in Thompson sampling


@dataclass(frozen=True, eq=False)
class Chosen:
    """By person the place of the offer, NOTHING for none, and where drawn the probability of each (the last: none)."""

    place: Whole
    probability: Floats | None = None


def best(net: Floats) -> Whole:
    """The place of the greatest gain that is above nothing."""
    place = net.argmax(axis=1)
    return np.where(net.max(axis=1) > 0, place, NOTHING)


def within(net: Floats, cost: Floats, *, budget: float | None, at_most: float | None, seed: int) -> Whole:
    """The best offers that the budget buys, to `at_most` persons; who comes first among equals is by lot."""
    lots = np.random.default_rng(seed).permutation(len(net))
    place = best(net)
    if budget is not None and _spent(place, cost) > budget:
        place = _bought(net, cost, budget, lots)
    if at_most is not None:
        gain = np.where(place == NOTHING, -np.inf, net[np.arange(len(net)), place])
        first = np.lexsort((lots, -gain))[: max(int(at_most), 0)]
        kept = np.full(len(net), NOTHING)
        kept[first] = place[first]
        place = kept
    return place


def _spent(place: Whole, cost: Floats) -> float:
    return float(cost[place[place != NOTHING]].sum())


def _bought(net: Floats, cost: Floats, budget: float, lots: Whole) -> Whole:
    paid = np.fmax(cost, 1e-12)
    low, high = 0.0, float(np.fmax(net / paid, 0.0).max()) + 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _spent(best(net - middle * paid), cost) > budget else (low, middle)
    place, left = best(net - high * paid), budget
    left -= _spent(place, cost)
    ratio = np.where(net > 0, net / paid, -np.inf)
    for at in np.lexsort((lots, -ratio.max(axis=1))).tolist():
        if left < paid.min() or ratio[at].max() == -np.inf:
            break
        if place[at] == NOTHING and paid[first := int(ratio[at].argmax())] <= left:
            place[at], left = first, left - paid[first]
    return place


def drawn(net: Floats, *, greedy: Whole, floor: float, seed: int) -> Chosen:
    """Each draws an offer or none: `floor` is shared out evenly among all, the rest goes to the best."""
    return _drawn(np.eye(net.shape[1] + 1)[greedy], floor, seed)


def thompson(
    difference: Floats, scales: Sequence[Scale], *, worth: float, cost: Floats, floor: float, seed: int
) -> Chosen:
    """As `drawn`, but what is not the floor goes to offers as often as they are best in draws of what is known.

    What is drawn is each offer's level and how far the models' `difference` (persons by offers) is borne out.
    """
    random = np.random.default_rng(seed)
    lines = [each.line for each in scales]
    draws = [random.multivariate_normal(each.coefficient, each.covariance, _DRAWS, method="eigh") for each in lines]
    far = difference - np.array([each.centre for each in scales])
    often = np.zeros((len(difference), len(scales) + 1))
    for at in range(_DRAWS):
        level, slope = np.array([each[at] for each in draws]).T
        often[np.arange(len(far)), best(worth * (level + slope * far) - cost)] += 1 / _DRAWS
    return _drawn(often, floor, seed)


def _drawn(share: Floats, floor: float, seed: int) -> Chosen:
    """One draw each; the last column is for none."""
    probability = (1 - floor) * share + floor / share.shape[1]
    lots = np.random.default_rng(seed + 1).random((len(share), 1))
    place = np.minimum((np.cumsum(probability, axis=1) < lots).sum(axis=1), share.shape[1] - 1)
    return Chosen(np.where(place == share.shape[1] - 1, NOTHING, place), probability)
