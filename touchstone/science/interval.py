"""Intervals for means of scores and for shares, from counts per score value, thousands of groups at once.

The interval for a mean is a score interval of Tango's kind: the limits are the two means `m` at which
`(m - mean)^2 / (variance under m / n) = z^2`, where the variance is taken under the likeliest distribution over the
*whole* scale that has mean `m`. That distribution may put weight on the ends of the scale nobody ticked, so three
answers of five stars each leave room for doubt. On two categories it is Wilson's interval exactly.
Sources: Tango 1998 (Statistics in Medicine 17), Wilson 1927; Owen 2001 for the likeliest distribution of given mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtri

Floats = NDArray[np.float64]
STEPS, CLOSE = 60, 2e-14  # towards a limit at most, and how close is there: limits are exact to 1e-13 of the scale


@dataclass(frozen=True)
class Interval:
    """One estimate per group, with its limits, the answers it rests on, and their variance (per answer)."""

    value: Floats
    low: Floats
    high: Floats
    n: Floats
    variance: Floats


def mean_interval(
    group: ArrayLike,
    value: ArrayLike,
    count: ArrayLike,
    *,
    worst: ArrayLike,
    best: ArrayLike,
    confidence: float = 0.95,
) -> Interval:
    """The mean score of each group with its score interval, in the units of `value`.

    `group`, `value`, `count` are equally long: `count` answers of `value` in group 0, 1, … `worst` and `best` are the
    ends of each group's scale (one number, or one per group; either may be the smaller). A group without answers has
    NaN for its value and the whole scale for its interval. ValueError where a value lies outside its scale.
    """
    groups, values, counts = _arrays(group, value, count)
    ends = np.broadcast_arrays(np.asarray(worst, float), np.asarray(best, float))
    amount = int(max(ends[0].size if ends[0].ndim else 0, groups.max() + 1 if groups.size else 0))
    floor = np.broadcast_to(np.minimum(*ends), amount).astype(float)
    ceiling = np.broadcast_to(np.maximum(*ends), amount).astype(float)
    _check(values, counts, floor[groups], ceiling[groups])
    width = np.where(ceiling > floor, ceiling - floor, 1.0)
    scaled = (values - floor[groups]) / width[groups]
    upper = _upper(groups, scaled, counts, amount=amount, quantile=_quantile(confidence))
    lower = 1.0 - _upper(groups, 1.0 - scaled, counts, amount=amount, quantile=_quantile(confidence))
    n = _total(groups, counts, amount)
    mean = _divide(_total(groups, counts * scaled, amount), n)
    spread = _divide(_total(groups, counts * (scaled - mean[groups]) ** 2, amount), n)
    return Interval(
        value=floor + width * mean,
        low=floor + width * np.fmin(lower, mean),
        high=floor + width * np.fmax(upper, mean),
        n=n,
        variance=width**2 * spread,
    )


def table_interval(counts: ArrayLike, scores: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """As `mean_interval`, for a table of counts: one row per group, one column per score of the scale."""
    table = np.asarray(counts, float)
    scale = np.asarray(scores, float)
    group = np.repeat(np.arange(table.shape[0]), table.shape[1])
    values = np.tile(scale, table.shape[0])
    worst, best = np.full(table.shape[0], scale.min()), np.full(table.shape[0], scale.max())
    return mean_interval(group, values, table.ravel(), worst=worst, best=best, confidence=confidence)


def share_interval(hits: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """The share of `hits` among `n` with Wilson's interval, 0 to 1; without answers NaN within 0 to 1."""
    some, every = (np.atleast_1d(np.asarray(each, float)) for each in np.broadcast_arrays(hits, n))
    if (some < 0).any() or (some > every).any():
        raise ValueError("hits must lie between 0 and n")
    square = _quantile(confidence) ** 2
    share = _divide(some, every)
    known = np.where(every > 0, share, 0.5)
    middle = (every * known + square / 2) / (every + square)
    half = np.sqrt(square * (every * known * (1 - known) + square / 4)) / (every + square)
    low, high = np.fmin(np.clip(middle - half, 0, 1), share), np.fmax(np.clip(middle + half, 0, 1), share)
    return Interval(share, np.where(every > 0, low, 0.0), np.where(every > 0, high, 1.0), every, share * (1 - share))


def count_interval(count: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """A Poisson count with Garwood's exact interval: what it could have been, had the same causes run again."""
    events = np.atleast_1d(np.asarray(count, float))
    if (events < 0).any():
        raise ValueError("a count is never negative")
    tail = (1 - confidence) / 2
    low = np.where(events > 0, chdtri(2 * np.fmax(events, 1), 1 - tail) / 2, 0.0)
    return Interval(events, low, chdtri(2 * events + 2, tail) / 2, events, events)


def _upper(group: Any, score: Floats, count: Floats, *, amount: int, quantile: float) -> Floats:
    """The upper limit of the mean of scores in 0..1, by a search along the path of likeliest distributions.

    Where the likeliest distribution has mean m above the observed one, its weights are x / (b - score) for some b
    beyond the top of the scale (b falls from infinity as m rises). Once b reaches a top that nobody ticked, the rest
    of the path moves weight onto the top itself. `way` runs over both stretches: 0..1, then 1..2.
    """
    n, topped = _total(group, count, amount), _total(group, count * (score >= 1.0), amount)
    mean = _divide(_total(group, count * score, amount), n)
    spread = _divide(_total(group, count * (score - mean[group]) ** 2, amount), n)

    def excess(way: Floats) -> tuple[Floats, Floats]:
        upper, statistic = _along(group, score, count, way=way, n=n, mean=mean)
        root = np.sqrt(statistic)
        return (root - quantile) / (root + quantile), upper

    straight = quantile / (quantile + np.sqrt(n * spread))  # exact where answers are many
    upper = _crossing(excess, (mean, np.where(topped > 0, 1.0, 2.0), straight))
    return np.where((n > 0) & (topped < n), upper, 1.0)


def _crossing(of: Callable[[Floats], tuple[Floats, Floats]], ends: tuple[Floats, Floats, Floats]) -> Floats:
    """What `of` tells beside its excess where that crosses nought, of many at once.

    `ends`: what is told at 0, where the excess is -1; how far to look, there the excess is 1 and 1 is told; where to
    look first. Chandrupatla 1997 (Advances in Engineering Software 28): inverse quadratic steps where they are safe,
    else halves.
    """
    start, far, first = ends
    here, there = np.stack([np.zeros(far.size), np.full(far.size, -1.0)]), np.stack([far, np.ones(far.size)])
    share, told, least = first / far, np.ones(far.size), np.ones(far.size)
    for _ in range(STEPS):
        at = here[0] + share * (there[0] - here[0])
        excess, found = of(at)
        error = np.abs(excess) * (np.abs(excess) + np.abs(found - start))  # of what is told, by how it rises
        told, least = np.where(error < least, found, told), np.fmin(error, least)
        width = np.abs(there[0] - here[0])
        if ((least <= CLOSE) | (width <= CLOSE) | np.isnan(excess)).all():
            break
        same = (excess > 0) == (here[1] > 0)
        last = np.where(same, here, there)
        here, there = np.stack([at, excess]), np.where(same, there, here)
        share = _share(here, there, last)
    return told


def _share(one: Floats, two: Floats, three: Floats) -> Floats:
    """How far from the first point towards the second to look next; a point's rows are where, and how high."""
    (x, f), (y, g), (z, h) = one, two, three
    with np.errstate(divide="ignore", invalid="ignore"):
        place, height = (x - y) / (z - y), (f - g) / (h - g)
        safe = (height**2 < place) & ((1 - height) ** 2 < 1 - place)
        quadratic = f / (g - f) * h / (g - h) + (z - x) / (y - x) * f / (h - f) * g / (h - g)
        least = np.fmin(CLOSE / np.abs(y - x), 0.5)
    return np.clip(np.where(safe, quadratic, 0.5), least, 1 - least)


def _along(group: Any, score: Floats, count: Floats, *, way: Floats, n: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Mean and score statistic of the likeliest distribution `way` along its path (see `_upper`)."""
    amount = way.size
    on_top = np.clip(way - 1.0, 0.0, 1.0)
    beyond = _divide(1.0 - np.fmin(way, 1.0), np.fmin(way, 1.0))  # b - 1, from infinity down to 0
    gap = beyond[group] + 1.0 - score
    weight = np.where(count > 0, count / np.where(gap > 0, gap, 1.0), 0.0)
    total = _total(group, weight, amount)
    moved = _divide(_total(group, weight * score, amount), total)
    square = _divide(_total(group, weight * score**2, amount), total)
    moved, square = (1 - on_top) * moved + on_top, (1 - on_top) * square + on_top
    variance = np.fmax(square - moved**2, 1e-24)  # above rounding: where one score alone was ticked it is truly none
    return moved, n * (moved - mean) ** 2 / variance


def _arrays(group: ArrayLike, value: ArrayLike, count: ArrayLike) -> tuple[Any, Floats, Floats]:
    return np.asarray(group, np.int64), np.asarray(value, float), np.asarray(count, float)


def _check(values: Floats, counts: Floats, floor: Floats, ceiling: Floats) -> None:
    if (counts < 0).any() or not np.isfinite(counts).all():
        raise ValueError("counts must be finite and not negative")
    if not ((values >= floor) & (values <= ceiling)).all():
        raise ValueError("a value lies outside its scale")


def _total(group: Any, amounts: Floats, size: int) -> Floats:
    return np.bincount(group, weights=amounts, minlength=size).astype(float)


def _divide(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(above / below, float)


def _quantile(confidence: float) -> float:
    return float(ndtri(0.5 + confidence / 2))
