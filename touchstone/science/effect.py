"""Whether a fix worked: units that got it against units that did not, before and after.

Difference-in-differences over units: what a unit's figure moved beyond what the untreated units moved in the same
periods. Units are the clusters: the interval is Welch's t over units, the probability is that of randomisation (Fisher
1935: the fix given to other units by lot). Synthetic control: the untreated units are weighted so that they run with
the treated ones before the start (Abadie, Diamond & Hainmueller 2010; with a level of its own as in Arkhangelsky et al.
2021), placebo groups of untreated units tell the doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
_LOTS = 1999  # ways in which the fix is given by lot
_GROUPS = 199  # placebo groups of a synthetic control
_FEW = 3  # treated units or fewer have no spread of their own worth the name
_FIRM = 1e3  # how much harder weights must add up to 1 than fit


@dataclass(frozen=True)
class Effect:
    """An effect with limits; `probability` that so large a one arises by lot; `error` and `freedom` of its t."""

    value: float
    low: float
    high: float
    probability: float
    error: float
    freedom: float

    def smallest(self, *, power: float = 0.8) -> float:
        """The smallest true effect that would be told from nought with this probability."""
        return float((stdtrit(self.freedom, 0.975) + stdtrit(self.freedom, power)) * self.error)


NONE = Effect(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan)


def moved(mean: ArrayLike, n: ArrayLike, treated: Marks, after: Marks, before: Marks) -> Floats:
    """What each unit moved beyond the untreated, from periods `before` to periods `after`; NaN where it has no answers.

    `mean` and `n` have a row for each unit and a column for each period (NaN and 0 where there are no answers).
    """
    apart, weight = _apart(mean, n, treated)
    return _mean(apart, weight * after) - _mean(apart, weight * before)


def slopes(mean: ArrayLike, n: ArrayLike, treated: Marks, before: Marks) -> Floats:
    """By how much each unit moved per period beyond the untreated, before the start."""
    apart, weight = _apart(mean, n, treated)
    weight = weight * before
    time = np.broadcast_to(np.arange(apart.shape[1], dtype=float), apart.shape)
    far = time - _mean(time, weight)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((weight * far * apart).sum(axis=1) / (weight * far**2).sum(axis=1), float)


def _apart(mean: ArrayLike, n: ArrayLike, treated: Marks) -> tuple[Floats, Floats]:
    """Figures less the untreated units' mean of the same period, and the answers behind each."""
    figure, weight = np.asarray(mean, float), np.asarray(n, float)
    known = np.isfinite(figure) & (weight > 0)
    figure, weight = np.where(known, figure, 0.0), np.where(known, weight, 0.0)
    usual = _mean(figure[~treated].T, weight[~treated].T)
    told = np.isfinite(usual)
    return figure - np.where(told, usual, 0.0), weight * told


def _mean(figure: Floats, weight: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((figure * weight).sum(axis=1) / weight.sum(axis=1), float)


def compare(own: ArrayLike, others: ArrayLike, *, seed: int) -> Effect:
    """The mean of `own` less that of `others`, by Welch's t and by lot; no estimate without three others.

    With three treated units or fewer their spread is taken to be that of the others (Conley & Taber 2011).
    """
    some, rest = (np.asarray(each, float)[np.isfinite(each)] for each in (own, others))
    if not some.size or rest.size < _FEW:
        return NONE
    value = float(some.mean() - rest.mean())
    spread = rest.var(ddof=1)
    parts = (some.var(ddof=1) if some.size > _FEW else spread) / some.size, spread / rest.size
    error = float(np.sqrt(sum(parts)))
    freedom = float(rest.size - 1)
    if some.size > _FEW and error > 0:
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / (some.size - 1) + parts[1] ** 2 / (rest.size - 1))
    half = float(stdtrit(freedom, 0.975)) * error
    return Effect(value, value - half, value + half, _by_lot(some, rest, seed), error, freedom)


def _by_lot(some: Floats, rest: Floats, seed: int) -> float:
    """The share of ways to give the fix by lot that show as large a difference, this one among them."""
    whole = np.concatenate([np.sort(some), np.sort(rest)])
    lots = np.random.default_rng(seed).random((_LOTS, whole.size)).argsort(axis=1)[:, : some.size]
    drawn = whole[lots].sum(axis=1)
    far = np.abs(drawn / some.size - (whole.sum() - drawn) / rest.size)
    return float((1 + (far >= abs(some.mean() - rest.mean()) - 1e-12).sum()) / (1 + _LOTS))


def synthetic(mean: ArrayLike, treated: Marks, after: Marks, before: Marks, *, seed: int) -> tuple[Effect, Floats]:
    """The effect against a weighted mix of untreated units, and the weight of each unit (0 for treated ones).

    Only units with a figure in every period take part. No estimate with fewer than two periods before, or fewer
    untreated units than the treated and three more.
    """
    figure = np.asarray(mean, float)
    whole = np.isfinite(figure[:, before | after]).all(axis=1)
    own, others = np.flatnonzero(treated & whole), np.flatnonzero(~treated & whole)
    weights = np.zeros(figure.shape[0])
    if not own.size or before.sum() < 2 or not after.any() or others.size < own.size + _FEW:
        return NONE, weights
    value, misfit, mix = _gap(figure[own], figure[others], after, before)
    weights[others] = mix
    chance = np.random.default_rng(seed)
    placebo: list[tuple[float, float]] = []
    for _ in range(min(_GROUPS, 4 * others.size) if own.size > 1 else others.size):
        drawn = others[[len(placebo)]] if own.size == 1 else chance.choice(others, own.size, replace=False)
        far, loose, _ = _gap(figure[drawn], figure[np.setdiff1d(others, drawn)], after, before)
        placebo.append((far, loose))
    gaps, misfits = np.array(placebo).T
    least = 1e-9 * max(float(np.abs(figure[others]).max()), 1.0)
    as_large = np.abs(gaps) / np.fmax(misfits, least) >= abs(value) / max(misfit, least)
    error, freedom = float(np.sqrt((gaps**2).mean())), float(others.size - 1)
    half = float(stdtrit(freedom, 0.975)) * error
    probability = float((1 + as_large.sum()) / (1 + gaps.size))
    return Effect(value, value - half, value + half, probability, error, freedom), weights


def _gap(own: Floats, others: Floats, after: Marks, before: Marks) -> tuple[float, float, Floats]:
    """Mean gap after the start, root mean square gap before it, and the weights of the others."""
    target = own.mean(axis=0)
    level = others[:, before].mean(axis=1, keepdims=True)
    shape, wanted = (others - level).T, target - target[before].mean()
    firm = _FIRM * max(float(np.abs(shape[before]).max()), 1e-12)
    even = np.sqrt(before.sum()) * float(shape[before].std()) / 30  # a little pull to equal weights: no unit by chance
    pull = even * np.eye(others.shape[0])
    fitted = np.vstack([shape[before], np.full((1, others.shape[0]), firm), pull])
    aims = np.concatenate([wanted[before], [firm], np.full(others.shape[0], even / others.shape[0])])
    mix = nnls(fitted, aims)[0]
    gap = wanted - shape @ mix
    return float(gap[after].mean()), float(np.sqrt((gap[before] ** 2).mean())), np.asarray(mix, float)
