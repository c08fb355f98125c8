"""Campaigns in a series: stretches with far more answers than their neighbours give, and better ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
_MOST = 8  # campaigns looked for
_LARGER = 1.3  # a campaign brings so many times what its neighbours and the rest bring, at least
_LONGEST = 0.5  # share of the whole that a campaign may last
_BETTER = 2.326  # standard errors by which its answers must be better: one chance in a hundred


@dataclass(frozen=True)
class _Sums:
    """By place: answers, what they add up to, their squares."""

    n: Floats
    total: Floats
    square: Floats


def campaigns(
    n: ArrayLike, total: ArrayLike, square: ArrayLike, *, longest: int, alpha: float = 0.01
) -> list[tuple[int, int]]:
    """First and last place of each campaign, in order; places are equally long stretches of time.

    `n` answers of each place add up to `total`, higher being better, their squares to `square`. A campaign is the
    stretch, of `longest` places at most, that a Poisson law with the scatter of neighbouring places explains least
    (Kulldorff 1997: scan statistic, likelihood ratio), with a chance of `alpha` at most over all stretches, and more
    crowded than what lies on either side; its answers must be better than the rest. The next is looked for in what
    remains.
    """
    sums = _Sums(*(np.asarray(each, float) for each in (n, total, square)))
    left, found = np.ones(sums.n.size, bool), np.zeros(sums.n.size, bool)
    for _ in range(_MOST):
        stretch = _likeliest(sums.n, left, longest, alpha) if left.sum() > 2 and sums.n[left].any() else None
        if stretch is None:
            break
        inside = np.zeros(left.size, bool)
        inside[stretch] = True
        found |= inside & (_better(sums, inside & left, left & ~inside) >= _BETTER)
        left &= ~inside
    edges = np.flatnonzero(np.diff(np.concatenate([[0], found.astype(int), [0]])))
    return [(int(first), int(stop) - 1) for first, stop in edges.reshape(-1, 2)]


def _likeliest(n: Floats, left: NDArray[np.bool_], longest: int, alpha: float) -> slice | None:
    """The stretch most crowded against the rest, of what is `left`; None where none is crowded."""
    size = n.size
    crowd = np.concatenate([[0.0], np.cumsum(np.where(left, n, n[left].mean()))])  # what was found counts as usual
    first, stop = np.triu_indices(size + 1, 1)
    short = (stop - first <= min(longest, _LONGEST * size)) & left[first] & left[stop - 1]
    first, stop = first[short], stop[short]
    inside, width = crowd[stop] - crowd[first], (stop - first).astype(float)
    outside, rest = crowd[-1] - inside, size - width
    ratio = xlogy(inside, inside * size / (crowd[-1] * width)) + xlogy(outside, outside * size / (crowd[-1] * rest))
    ratio = ratio / _scatter(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        beside = _beside(np.concatenate([[0.0], np.cumsum(n)]), first, stop)
        larger = inside / width >= _LARGER * np.fmax(outside / rest, beside)
    ratio = np.where(larger, ratio, -np.inf)
    best = int(np.argmax(ratio)) if ratio.size else -1
    if best < 0 or ratio[best] < np.log(first.size / alpha):
        return None
    return slice(first[best], stop[best])


def _scatter(n: Floats) -> float:
    """How much more neighbouring places differ than Poisson's law says; a lasting rise does not count."""
    mean = n.mean()
    return max(1.0, float((np.diff(n) ** 2).mean() / 2 / mean)) if mean > 0 else 1.0


def _beside(running: Floats, first: Places, stop: Places) -> Floats:
    """The greater of what equally long stretches before and after bring by place; what lies beyond the ends is none."""
    size, width = running.size - 1, stop - first
    before, after = np.maximum(first - width, 0), np.minimum(stop + width, size)
    sides = ((running[first] - running[before]) / (first - before), (running[after] - running[stop]) / (after - stop))
    return np.fmax(*sides)


def _better(sums: _Sums, inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> float:
    """By how many standard errors answers inside are better than those outside."""
    n, others = float(sums.n[inside].sum()), float(sums.n[outside].sum())
    if not n or not others:
        return -np.inf
    mean, rest = float(sums.total[inside].sum()) / n, float(sums.total[outside].sum()) / others
    within = float(sums.square[inside | outside].sum()) - n * mean**2 - others * rest**2
    return float((mean - rest) / np.sqrt(max(within, 1e-12) / max(n + others - 2, 1) * (1 / n + 1 / others)))
