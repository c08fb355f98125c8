"""Whether a series has changed, judged again after every look without more false alarms for looking often.

The evidence for a change after look k, once t looks are over, is the likelihood of all answers with a mean of its own
since k, averaged over the sizes a change may have (normal, with a deviation of three standard errors of one look),
against the likelihood without a change; what the mean and the spread were before is averaged out too, so that doubt
about a short baseline counts. Over the times at which a change may begin a weighted sum is taken whose weights add up
to 1 for ever. Without a change such a sum is a martingale: it ever reaches 1/alpha with a chance of alpha at most
(Ville 1939). Since whole looks overshoot that height, it is lowered by what they overshoot on average (Siegmund 1985);
that false alarms then stay below alpha is seen in simulations, no longer proved.
Sources: Lai 1976 (invariant t mixtures); Robbins 1970; Shin, Ramdas & Rinaldo 2022 (e-detectors).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from touchstone.science.tilt import divergence

Floats = NDArray[np.float64]
_SIZE = 9.0  # variance of the change looked for, in variances of one look's mean
_HALF = 26.0  # looks over which half of the false alarms allowed are spent
_OVERSHOOT = 0.37  # mean of exp(-.583 |z|) for z normal with variance _SIZE: Siegmund 1985, chapter X
_CAUTION = 2.0  # looks without excess scatter that are added to the baseline's own
_PLACES = 7.35  # likelihood ratio within which the true place lies in 95 of 100 cases: Hinkley 1970; Hansen 2000


@dataclass(frozen=True)
class Watched:
    """What a watch over one series found; looks are counted from 0 and NaN is no estimate.

    `alarm` is the look after which the alarm was first raised and `change` the first look after the likeliest change
    (`earliest` to `latest` at 95 %), each -1 without alarm; `value` is the mean since the change less the mean before,
    with limits that hold the doubt about its place. `evidence` raises the alarm at `needed`; it is that of the alarm,
    or of the last look. `scatter` is how much more looks vary than their answers explain, as a factor of variance.
    """

    looks: int
    needed: float
    evidence: float = 1.0
    alarm: int = -1
    change: int = -1
    earliest: int = -1
    latest: int = -1
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    scatter: float = 1.0


@dataclass(frozen=True)
class _Looks:
    """Of each look: answers, what they add up to, their squares, and how often each score was given."""

    n: Floats
    total: Floats
    square: Floats
    counts: Floats
    scores: Floats


def watch_scores(counts: ArrayLike, scores: ArrayLike, *, baseline: int = 8, alpha: float = 0.05) -> Watched:
    """Whether the mean score has changed: `counts` has a row for each look, a column for each of `scores`.

    Looks without answers are to be left out. The first `baseline` looks are taken to be of one kind. ValueError where
    `baseline` is below 2 or `alpha` not between 0 and 1. Answers count as independent; looks that scatter more
    than their answers explain before a change are believed less, by as much.
    """
    table, values = np.asarray(counts, float), np.asarray(scores, float)
    values = values - (values.mean() if values.size else 0.0)  # squares of large numbers would lose the spread
    looks = _Looks(table.sum(axis=1), table @ values, table @ values**2, table, values)
    return _watched(looks, baseline=baseline, alpha=alpha)


def watch_figures(figures: ArrayLike, *, baseline: int = 8, alpha: float = 0.05) -> Watched:
    """The same for one figure a look, such as how many events it counted; only the looks say how much they vary."""
    known, look = np.unique(np.asarray(figures, float), return_inverse=True)
    return watch_scores(np.eye(known.size)[look], known, baseline=baseline, alpha=alpha)


def _watched(looks: _Looks, *, baseline: int, alpha: float) -> Watched:
    if baseline < 2 or not 0 < alpha < 1:
        raise ValueError("a baseline needs two looks or more, and alpha lies between 0 and 1")
    size, needed = looks.n.size, _OVERSHOOT / alpha
    if size <= baseline:
        return Watched(size, needed)
    before = np.arange(baseline, size)
    scatter = _scatter(looks, before)
    alarm, evidence = _alarm(looks, before, scatter, needed)
    if alarm < 0:
        return Watched(size, needed, evidence, scatter=float(scatter[-1]))
    return _located(looks, before[: alarm - baseline + 1], scatter, Watched(size, needed, evidence, alarm))


def _alarm(looks: _Looks, before: NDArray[np.int64], scatter: Floats, needed: float) -> tuple[int, float]:
    """The look that first raises the alarm, or -1, and the evidence at that look or at the last."""
    baseline, size = int(before[0]), looks.n.size
    weight, left = _weights(len(before))
    unit = _SIZE * baseline / looks.n[:baseline].sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        quick = _logarithm(looks, before, np.arange(baseline + 1, size + 1), scatter[:, None], unit)
    evidence = _summed(quick, weight[:, None]) + left
    for place in np.flatnonzero(evidence >= needed):
        some = slice(0, place + 1)
        exact = _tilted(looks, before[some], baseline + 1 + int(place), scatter[some], unit)
        evidence[place] = _summed(np.minimum(exact, quick[some, place]), weight[some]) + left[place]
        if evidence[place] >= needed:
            return baseline + int(place), float(evidence[place])
    return -1, float(evidence[-1])


def _weights(size: int) -> tuple[Floats, Floats]:
    """How much each time a change may begin counts, and how much all later ones do: in all 1, for ever."""
    order = np.arange(size, dtype=float)
    return _HALF / ((order + _HALF) * (order + _HALF + 1)), _HALF / (order + _HALF + 1)


def _summed(logarithm: Floats, weight: Floats) -> Floats:
    return np.asarray((weight * np.exp(np.minimum(logarithm, 600.0))).sum(axis=0), float)


def _sides(looks: _Looks, before: NDArray[np.int64], upto: NDArray[np.int64]) -> tuple[Floats, Floats, Floats, Floats]:
    """Answers before and since each time of change (rows), for each number of looks over (columns), and their means."""
    n, total = np.cumsum(looks.n), np.cumsum(looks.total)
    first, since = n[before - 1][:, None], n[upto - 1][None] - n[before - 1][:, None]
    since = np.where(since > 0, since, np.nan)
    mean = (total[upto - 1][None] - total[before - 1][:, None]) / since
    return first, since, total[before - 1][:, None] / first, mean


def _logarithm(
    looks: _Looks, before: NDArray[np.int64], upto: NDArray[np.int64], scatter: Floats, unit: float
) -> Floats:
    """The logarithm of the evidence for a change after `before` looks (rows) once `upto` looks are over (columns).

    Student's t with a normal effect, the spread unknown. -infinity where the change would lie ahead.
    """
    first, since, _, _ = _sides(looks, before, upto)
    informed = unit * first * since / (first + since)
    rest, between = _spread(looks, before, upto)
    freedom, least = np.cumsum(looks.n)[upto - 1][None] - 1, np.finfo(float).tiny
    gain = np.log(rest + between / scatter + least) - np.log(rest + between / scatter / (1 + informed) + least)
    return np.nan_to_num(gain * freedom / 2 - np.log1p(informed) / 2, nan=-np.inf)


def _spread(looks: _Looks, before: NDArray[np.int64], upto: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Sums of squares within the two sides, and between them."""
    first, since, mean, later = _sides(looks, before, upto)
    n, total, square = (np.cumsum(each)[upto - 1][None] for each in (looks.n, looks.total, looks.square))
    between = first * since / (first + since) * (later - mean) ** 2
    return np.maximum(square - total**2 / n - between, 0.0), between


def _tilted(looks: _Looks, before: NDArray[np.int64], upto: int, scatter: Floats, unit: float) -> Floats:
    """As `_logarithm` once `upto` looks are over, by tilting the scores as they were given: skewness cannot mislead."""
    first, since, mean, later = (each[:, 0] for each in _sides(looks, before, np.array([upto])))
    pooled = looks.counts[:upto].sum(axis=0)
    apart = divergence(looks.scores, pooled, np.stack([mean, later]))
    gain = first * apart[0] + since * apart[1]
    informed = unit * first * since / (first + since)
    return np.asarray(gain / scatter * informed / (1 + informed) - np.log1p(informed) / 2, float)


def _scatter(looks: _Looks, before: NDArray[np.int64]) -> Floats:
    """How much more the looks before each time vary than their answers explain; 1 where no more.

    With hardly more than one answer a look, neighbouring looks say what the answers explain.
    """
    mean = looks.total / looks.n
    n, total = np.cumsum(looks.n), np.cumsum(looks.total)
    held = total / n
    between = np.cumsum(looks.n * mean**2) - n * held**2
    within, freedom = np.cumsum(looks.square - looks.n * mean**2), n - np.arange(1, looks.n.size + 1)
    step = np.diff(mean, prepend=mean[0]) ** 2 / (1 / looks.n + 1 / np.roll(looks.n, 1))
    neighbours = np.cumsum(step) / np.maximum(np.arange(looks.n.size), 1)
    usual = np.where(freedom > np.arange(looks.n.size), within / np.maximum(freedom, 1), neighbours)
    known = np.where(usual[before - 1] > 0, usual[before - 1], np.inf)
    return np.maximum((between[before - 1] / known + _CAUTION) / (before - 1 + _CAUTION), 1.0)


def _located(looks: _Looks, before: NDArray[np.int64], scatter: Floats, found: Watched) -> Watched:
    """`found` with the likeliest place of the change, the places it may have, and its size, by all looks there are."""
    first, since, mean, later = (each[:, 0] for each in _sides(looks, before, np.array([looks.n.size])))
    n = first + since
    rest = _spread(looks, before, np.array([looks.n.size]))[0][:, 0]
    loss = n * np.log(np.maximum(rest, np.finfo(float).tiny))
    variance = rest / np.maximum(n - 2, 1)
    best = int(np.argmin(loss))
    excess = float(scatter[best])
    places = np.flatnonzero((loss - loss[best]) / excess <= _PLACES)
    value = later - mean
    half = float(ndtri(0.975)) * np.sqrt(excess * variance * (1 / first + 1 / since))
    return replace(
        found,
        change=int(before[best]),
        earliest=int(before[places[0]]),
        latest=int(before[places[-1]]),
        value=float(value[best]),
        low=float((value - half)[places].min()),
        high=float((value + half)[places].max()),
        scatter=excess,
    )
