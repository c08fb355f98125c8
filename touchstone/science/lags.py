"""How one series follows another with a lag: slopes that trend, autocorrelation and the choice of lag cannot fake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]
FEWEST = 20
"""Periods below which nothing is estimated."""
_ROUNDS = 4  # of slope and autocorrelation in turn; they settle within two or three


@dataclass(frozen=True)
class Follows:
    """Of each pair, at every lag: how much the outside rises with one standard deviation of the inside.

    `slope`, `low`, `high` and `autocorrelation` are (pairs, lags); limits hold for all lags at once. `lag` is the one
    that fits best, `probability` of so good a fit at any lag by chance. NaN (and lag -1) where there is no estimate.
    """

    slope: Floats
    low: Floats
    high: Floats
    lag: NDArray[np.int64]
    probability: Floats
    n: NDArray[np.int64]
    effective: Floats  # periods that tell as much as n autocorrelated ones
    deviation: Floats  # one standard deviation of the inside, in its own unit

    def best(self, name: str) -> Floats:
        """`slope`, `low` or `high` at the lag that fits best."""
        held = getattr(self, name)[np.arange(len(self.lag)), np.maximum(self.lag, 0)]
        return np.asarray(np.where(self.lag >= 0, held, np.nan))


def follow(
    inside: ArrayLike, outside: ArrayLike, *, weight: ArrayLike | None = None, lags: int = 4, confidence: float = 0.95
) -> Follows:
    """How `outside` (pairs, periods) follows `inside` (the same shape) 0 to `lags` periods later; NaN is unknown.

    At each lag a line of the outside on the inside, an intercept and a trend, by generalised least squares with
    first-order autocorrelated noise (Prais & Winsten 1954, its bias in short series mended after Kendall 1954). Where
    noise carries on at all, at least as much is filtered out as the inside carries on itself: a whitened inside keeps
    its error whatever the noise is like (Box & Jenkins 1970). The standard error is the larger of that model's and
    Newey & West's (1987), limits by Student's t. Choosing among lags is paid for by Sidak's correction. `weight` says
    how much each period's outside figure rests on. A pair has no estimate under 20 periods whose outside and all lags
    of the inside are known, or where either is constant.
    """
    x, y = np.atleast_2d(np.asarray(inside, float)), np.atleast_2d(np.asarray(outside, float))
    w = np.ones_like(y) if weight is None else np.atleast_2d(np.asarray(weight, float))
    if x.shape != y.shape or lags < 0:
        raise ValueError("inside and outside have the same pairs and periods, and no lag is below nought")
    lags_seen = _lagged(x, lags)
    known = np.isfinite(y) & np.isfinite(lags_seen).all(axis=0) & (w > 0)
    n = known.sum(axis=1)
    middle, deviation = _moments(x, np.isfinite(x))
    bare = (n < FEWEST) | ~(deviation > 0) | ~(_moments(y, known)[1] > 0)
    known &= ~bare[:, None]
    scaled = (lags_seen - middle[None, :, None]) / np.where(bare, 1.0, deviation)[None, :, None]
    w = np.where(known, w, 0.0)
    w = np.sqrt(w * n[:, None] / np.fmax(w.sum(axis=1), 1e-300)[:, None])
    trend = np.linspace(-1, 1, x.shape[1])
    fits = [_fit(each, y, w, trend, known) for each in scaled]
    slope, error, kept = (np.stack([fit[place] for fit in fits], axis=1) for place in range(3))
    error[bare] = np.nan
    return _judged(slope, error, kept, (n, deviation), (x, confidence))


def _judged(
    slope: Floats, error: Floats, kept: Floats, facts: tuple[Any, Floats], given: tuple[Floats, float]
) -> Follows:
    """Limits, the best lag, and the probability of so good a fit by chance."""
    (n, deviation), (x, confidence) = facts, given
    tried = slope.shape[1]
    free = np.fmax(n - 4.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(slope) / error
    blank = np.asarray(~np.isfinite(far).all(axis=1))
    slope, error = np.where(blank[:, None], np.nan, slope), np.where(blank[:, None], np.nan, error)
    lag = np.where(blank, -1, np.argmax(np.where(blank[:, None], 0.0, far), axis=1))
    reach = stdtrit(free, 0.5 + confidence ** (1 / tried) / 2)[:, None] * error
    alone = 2 * stdtr(free, -far[np.arange(len(lag)), np.maximum(lag, 0)])
    probability = np.where(blank, np.nan, -np.expm1(tried * np.log1p(-np.fmin(alone, 1 - 1e-16))))
    both = _autocorrelation(x) * kept[np.arange(len(lag)), np.maximum(lag, 0)]
    effective = np.where(blank, np.nan, n * (1 - both) / (1 + both))
    return Follows(slope, slope - reach, slope + reach, lag, probability, n, np.fmin(effective, n), deviation)


def _lagged(x: Floats, lags: int) -> Floats:
    """(lags + 1, pairs, periods): the series as it was so many periods before."""
    found = np.full((lags + 1, *x.shape), np.nan)
    for lag in range(min(lags + 1, x.shape[1] + 1)):
        found[lag, :, lag:] = x[:, : x.shape[1] - lag]
    return found


def _moments(values: Floats, known: Any) -> tuple[Floats, Floats]:
    """Mean and standard deviation of what is known of each series; a constant has none."""
    n = np.fmax(known.sum(axis=1), 1)
    held = np.where(known, values, 0.0)
    mean = held.sum(axis=1) / n
    square = (np.where(known, values - mean[:, None], 0.0) ** 2).sum(axis=1) / np.fmax(n - 1, 1)
    deviation = np.sqrt(square)
    return mean, np.where(deviation > 1e-12 * np.fmax(np.abs(mean), 1e-12), deviation, np.nan)


def _fit(x: Floats, y: Floats, w: Floats, trend: Floats, known: Any) -> tuple[Floats, Floats, Floats]:
    """Slope, its standard error and the noise's autocorrelation, for each pair."""
    columns = np.stack([np.ones_like(x), np.broadcast_to(trend, x.shape), np.where(known, x, 0.0)], axis=2)
    design, answer = columns * w[:, :, None], np.where(known, y, 0.0) * w
    run = known & np.pad(known[:, :-1], ((0, 0), (1, 0)))  # the period before is known too
    n, kept, own = np.fmax(known.sum(axis=1), 1), np.zeros(len(x)), _autocorrelation(x)
    for _ in range(_ROUNDS):
        line, told = _filtered(design, kept, run), _filtered(answer[:, :, None], kept, run)[:, :, 0]
        inverse = np.linalg.pinv(np.einsum("pti,ptj->pij", line, line))
        weights = np.einsum("pij,ptj,pt->pi", inverse, line, told)
        left = answer - np.einsum("pti,pi->pt", design, weights)
        moved = (np.where(run, left, 0) * np.pad(left[:, :-1], ((0, 0), (1, 0)))).sum(axis=1)
        raw = moved / np.fmax((left**2).sum(axis=1), 1e-300)
        carried = np.where(raw * np.sqrt(n) > 1, own, 0.0)
        kept = np.clip(np.fmax(raw + (2 + 4 * raw) / n, carried), 0.0, 0.95)
    rest = told - np.einsum("pti,pi->pt", line, weights)
    pull = np.einsum("pj,ptj->pt", inverse[:, 2, :], line)
    plain = (rest**2).sum(axis=1) / np.fmax(n - 4, 1) * inverse[:, 2, 2]
    return weights[:, 2], np.sqrt(np.fmax(plain, _long(pull * rest) * n / np.fmax(n - 4, 1))), kept


def _filtered(values: Floats, kept: Floats, run: Any) -> Floats:
    """Each period less what the one before leads to expect; the first of a run has its weight instead."""
    before = np.pad(values[:, :-1], ((0, 0), (1, 0), (0, 0)))
    share = kept[:, None, None]
    return np.asarray(np.where(run[:, :, None], values - share * before, np.sqrt(1 - share**2) * values))


def _long(scores: Floats) -> Floats:
    """Newey and West's variance of a sum, with Bartlett's weights over 4 (n/100)^(2/9) periods."""
    reach = int(4 * (max(scores.shape[1], 1) / 100) ** (2 / 9))
    total = (scores**2).sum(axis=1)
    for gap in range(1, reach + 1):
        total += 2 * (1 - gap / (reach + 1)) * (scores[:, gap:] * scores[:, :-gap]).sum(axis=1)
    return np.asarray(np.fmax(total, 0.0))


def _autocorrelation(x: Floats) -> Floats:
    """Of each series, less its trend, with itself one period later, between nought and .95."""
    known = np.isfinite(x)
    far = np.where(known, x - _moments(x, known)[0][:, None], 0.0)
    time = np.where(known, np.linspace(-1, 1, x.shape[1]), np.nan)
    time = np.where(known, time - _moments(time, known)[0][:, None], 0.0)
    far = far - time * ((far * time).sum(axis=1) / np.fmax((time**2).sum(axis=1), 1e-300))[:, None]
    product = (far[:, 1:] * far[:, :-1]).sum(axis=1)
    return np.asarray(np.clip(product / np.fmax((far**2).sum(axis=1), 1e-300), 0.0, 0.95))
