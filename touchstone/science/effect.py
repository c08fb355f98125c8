"""Whether a fix worked: units that got it against units that did not, before and after.

Difference-in-differences over units: what a unit's figure moved beyond what the untreated units moved in the same
periods (unit and period effects of the untreated: Borusyak, Jaravel & Spiess 2024). Units are the clusters; each weighs
by how surely it is known what it moved, and the limits are Student's t with the spread that is left (Hartung & Knapp
2001), of both groups apart (Welch 1947). Few treated units have no spread of their own worth the name: theirs is
taken from the untreated, scaled by their answers (Conley & Taber 2011; Ferman & Pinto 2019). The fix is also given to
other units by lot (Fisher 1935). Synthetic control: the untreated units are weighted so that they run with the
treated ones before the start (Abadie, Diamond & Hainmueller 2010; with a level of its own as in Arkhangelsky et al.
2021), placebo groups of untreated units tell the doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
_LOTS = 1999  # ways in which the fix is given by lot
_CELLS = 4_000_000  # lots times units held at once
_GROUPS = 199  # placebo groups of a synthetic control
FEW = 3  # treated units or fewer have no spread of their own worth the name
_FIRM = 1e3  # how much harder weights must add up to 1 than fit
_ROUNDS = 40  # of unit and period effects in turn


@dataclass(frozen=True)
class Effect:
    """An effect with limits; `probability` that so large a one arises by chance; `error` and `freedom` of its t."""

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


@dataclass(frozen=True)
class Moves:
    """What each unit moved (NaN where it has no answers), and its sampling variance were that of one answer 1."""

    value: Floats
    thin: Floats


def moved(mean: ArrayLike, n: ArrayLike, treated: Marks, after: Marks, before: Marks) -> Moves:
    """What each unit moved beyond the untreated, from periods `before` to periods `after`.

    `mean` and `n` have a row for each unit and a column for each period (NaN and 0 where there are no answers).
    """
    apart, weight = _apart(mean, n, treated)
    with np.errstate(divide="ignore"):
        thin = 1 / (weight * after).sum(axis=1) + 1 / (weight * before).sum(axis=1)
    return Moves(_mean(apart, weight * after) - _mean(apart, weight * before), thin)


def slopes(mean: ArrayLike, n: ArrayLike, treated: Marks, before: Marks) -> Moves:
    """By how much each unit moved per period beyond the untreated, before the start."""
    apart, weight = _apart(mean, n, treated)
    weight = weight * before
    time = np.broadcast_to(np.arange(apart.shape[1], dtype=float), apart.shape)
    far = time - np.nan_to_num(_mean(time, weight))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        thin = 1 / (weight * far**2).sum(axis=1)
        return Moves(np.asarray((weight * far * apart).sum(axis=1) * thin, float), thin)


def _apart(mean: ArrayLike, n: ArrayLike, treated: Marks) -> tuple[Floats, Floats]:
    """Figures less what the untreated units share in the same period, and the answers behind each."""
    figure, weight = np.asarray(mean, float), np.asarray(n, float)
    known = np.isfinite(figure) & (weight > 0)
    figure, weight = np.where(known, figure, 0.0), np.where(known, weight, 0.0)
    usual = _shared(figure[~treated], weight[~treated])
    told = np.isfinite(usual)
    return figure - np.where(told, usual, 0.0), weight * told


def _shared(figure: Floats, weight: Floats) -> Floats:
    """What units share in each period, their own levels apart, whoever answers in it; NaN where nobody does."""
    level = np.zeros((figure.shape[0], 1))
    for _ in range(_ROUNDS):
        shared = _mean((figure - level).T, weight.T)
        level = np.nan_to_num(_mean(figure - np.nan_to_num(shared), weight))[:, None]
    return shared


def _mean(figure: Floats, weight: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((figure * weight).sum(axis=1) / weight.sum(axis=1), float)


def compare(moves: ArrayLike, noise: ArrayLike, treated: Marks, *, seed: int) -> Effect:
    """The mean of the treated units' moves less that of the others; no estimate without three others.

    `noise` is each move's sampling variance (alike for all, such as 0, where nothing is known of it). The probability
    is the larger of Student's and that by lot; limits leave out nought where it is below .05 (Miettinen 1976).
    """
    figure, doubt = np.asarray(moves, float), np.asarray(noise, float)
    known = np.isfinite(figure) & np.isfinite(doubt)
    got = treated & known
    order = np.concatenate([_sorted(figure, doubt, got), _sorted(figure, doubt, known & ~treated)])
    size = int(got.sum())
    figure, doubt = figure[order], doubt[order]
    if not size or figure.size - size < FEW:
        return NONE
    variance = doubt + _between(figure[size:], doubt[size:])
    variance = variance if variance.min() > 0 else np.ones(figure.size)
    value, error, freedom = (float(each[0]) for each in _welch(figure[None], variance, size))
    student = 2 * float(stdtr(freedom, -abs(value) / error)) if error > 0 else float(value == 0)
    chance = max(student, _by_lot(figure, variance, size, seed))
    far = float(stdtrit(freedom, 1 - chance / 2))  # in standard errors, as lots tell it
    half = float(stdtrit(freedom, 0.975)) * max(error, abs(value) / far if far > 0 else 0.0)
    return Effect(value, value - half, value + half, chance, error, freedom)


def foreseen(moves: ArrayLike, noise: ArrayLike, size: int) -> float | None:
    """The standard error of an effect on `size` of these untreated units, whichever they are; None for too few."""
    figure, doubt = np.asarray(moves, float), np.asarray(noise, float)
    known = np.isfinite(figure) & np.isfinite(doubt)
    if known.sum() < size + FEW:
        return None
    variance = doubt[known] + _between(figure[known], doubt[known])
    if not variance.min() > 0:
        return 0.0
    weight = 1 / variance
    own, rest = weight.mean() * size, weight.sum() - weight.mean() * size
    return float(np.sqrt(1 / own + 1 / rest))


def _sorted(figure: Floats, doubt: Floats, held: Marks) -> NDArray[np.int64]:
    """The places held, in an order that does not depend on that of the units."""
    places = np.flatnonzero(held)
    return np.asarray(places[np.lexsort((doubt[places], figure[places]))], np.int64)


def _between(figure: Floats, noise: Floats) -> float:
    """The variance of true moves between units beyond their noise (Paule & Mandel 1982), by halving."""
    low, high = 0.0, float(figure.var(ddof=1))
    for _ in range(50):
        middle = (low + high) / 2
        weight = 1 / np.fmax(noise + middle, 1e-300)
        spread = weight @ (figure - weight @ figure / weight.sum()) ** 2
        low, high = (middle, high) if spread > figure.size - 1 else (low, middle)
    return high


def _welch(figure: Floats, variance: Floats, size: int) -> tuple[Floats, Floats, Floats]:
    """Row by row the difference of weighted means, the first `size` columns against the others; error and freedom."""
    weight, ways = 1 / variance, []
    for part in (slice(None, size), slice(size, None)):
        own, told = weight[part], figure[:, part]
        mean = told @ own / own.sum()
        spread = (told - mean[:, None]) ** 2 @ own / max(own.size - 1, 1)
        ways.append((mean, spread, own.sum(), own.size - 1))
    (one, own_spread, own_weight, own_freedom), (other, spread, rest_weight, freedom) = ways
    if size <= FEW:
        return one - other, np.sqrt(spread * (1 / own_weight + 1 / rest_weight)), np.full(one.size, float(freedom))
    parts = own_spread / own_weight, spread / rest_weight
    with np.errstate(divide="ignore", invalid="ignore"):
        free = (parts[0] + parts[1]) ** 2 / (parts[0] ** 2 / own_freedom + parts[1] ** 2 / freedom)
    return one - other, np.sqrt(parts[0] + parts[1]), np.where(np.isfinite(free), free, float(freedom))


def _by_lot(figure: Floats, variance: Floats, size: int, seed: int) -> float:
    """The share of ways to give the fix by lot that show as large a t, this one among them.

    What is given by lot are moves in units of their own standard deviation: those of small units scatter more.
    """
    far = np.sqrt(variance)
    standard = (figure - (figure / variance).sum() / (1 / variance).sum()) / far
    count = int(min(_LOTS, max(_CELLS // figure.size, 199)))
    lots = np.random.default_rng(seed).permuted(np.broadcast_to(standard, (count, figure.size)), axis=1)
    drawn = np.abs(_t(_welch(lots * far, variance, size)))
    return float(
        (1 + (drawn >= abs(_t(_welch((standard * far)[None], variance, size))[0]) * (1 - 1e-9)).sum()) / (1 + count)
    )


def _t(found: tuple[Floats, Floats, Floats]) -> Floats:
    value, error, _ = found
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 0, value / error, np.where(np.abs(value) > 0, np.inf, 0.0))


def synthetic(mean: ArrayLike, treated: Marks, after: Marks, before: Marks, *, seed: int) -> tuple[Effect, Floats]:
    """The effect against a weighted mix of untreated units, and the weight of each unit (0 for treated ones).

    Only units with a figure in every period take part. No estimate with fewer than two periods before, or fewer
    untreated units than the treated and three more.
    """
    figure = np.asarray(mean, float)
    whole = np.isfinite(figure[:, before | after]).all(axis=1)
    own, others = np.flatnonzero(treated & whole), np.flatnonzero(~treated & whole)
    weights = np.zeros(figure.shape[0])
    if not own.size or before.sum() < 2 or not after.any() or others.size < own.size + FEW:
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
