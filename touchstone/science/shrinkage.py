"""Empirical Bayes: figures of units with few answers, drawn towards what all units of their group say.

The model: a figure is normal about the unit's true value with its own variance, true values are normal about the
group's mean with spread tau. The mean and tau are not taken as known: they are averaged over all they may be (flat
in the mean and in tau squared, up to `widest`), on a grid, so that the limits hold the doubt about them too.
Sources: Efron & Morris 1975 (JASA 70); Morris 1983 (JASA 78), whose prior keeps the limits' promise when tau is small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
GRID = 80  # values of tau looked at
_STEPS, _NEAR = 60, 1e-7  # towards a limit at most; from this close in probability a step more is exact to 1e-12


@dataclass(frozen=True)
class Shrunk:
    """Per unit: the drawn-in figure, its limits, its reliability (share of its own figure in it); and the group's."""

    value: Floats
    low: Floats
    high: Floats
    reliability: Floats
    centre: float
    spread: float


@dataclass(frozen=True)
class Posterior:
    """What is believed for each `tau` of probability `weight`: the group's mean `centre` with variance `doubt`, and
    the share `own` (tau x unit) that each unit's own `figure` has in its estimate; `variance` is the figure's own."""

    tau: Floats
    weight: Floats
    own: Floats
    centre: Floats
    doubt: Floats
    figure: Floats
    variance: Floats

    @property
    def mean(self) -> Floats:
        """Mean of each unit's true value, given each tau."""
        return np.asarray(self.own * self.figure + (1 - self.own) * self.centre[:, None], float)

    @property
    def deviation(self) -> Floats:
        """Standard deviation of each unit's true value, given each tau, the mean's own doubt included."""
        return np.sqrt(self.own * self.variance + (1 - self.own) ** 2 * self.doubt[:, None])


def posterior(figure: ArrayLike, variance: ArrayLike, *, widest: float) -> Posterior:
    """The belief about the true values behind `figure`, whose sampling variances are known and above 0.

    `widest` bounds the spread of true values (half the scale is a safe choice). Needs two units at least: ValueError.
    """
    given, known = np.asarray(figure, float), np.asarray(variance, float)
    if given.size < 2 or given.shape != known.shape:
        raise ValueError("needs two units at least, each with its variance")
    if not (np.isfinite(given).all() and (known > 0).all() and widest > 0):
        raise ValueError("figures must be finite, variances and `widest` above 0")
    step = (np.arange(GRID) + 0.5) / GRID
    tau = _reach(given, known, widest) * step**1.5  # finer near nought, where the likelihood bends
    total = known + tau[:, None] ** 2
    precision = (1 / total).sum(axis=1)
    centre = (given / total).sum(axis=1) / precision
    likelihood = -0.5 * (
        np.log(total).sum(axis=1) + np.log(precision) + ((given - centre[:, None]) ** 2 / total).sum(1)
    )
    density = likelihood + np.log(tau) + 0.5 * np.log(step)  # flat in tau squared; the grid's steps widen
    weight = np.exp(density - density.max())
    kept = weight > 1e-6 * weight.sum()
    weight = weight[kept] / weight[kept].sum()
    own = (tau[:, None] ** 2 / total)[kept]
    return Posterior(tau[kept], weight, own, centre[kept], 1 / precision[kept], given, known)


def shrink(figure: ArrayLike, variance: ArrayLike, *, widest: float, confidence: float = 0.95) -> Shrunk:
    """Figures drawn towards their group's mean, with limits that hold the truth of `confidence` of the units."""
    return drawn_in(posterior(figure, variance, widest=widest), confidence=confidence)


def drawn_in(belief: Posterior, *, confidence: float = 0.95) -> Shrunk:
    """What is believed of the true values, as figures with limits."""
    weight = belief.weight
    value = weight @ belief.mean
    tail = (1 - confidence) / 2
    low, high = _quantiles(belief, np.array([tail, 1 - tail]))
    return Shrunk(
        value=value,
        low=np.fmin(low, value),
        high=np.fmax(high, value),
        reliability=weight @ belief.own,
        centre=float(weight @ belief.centre),
        spread=float(weight @ belief.tau),
    )


def pooled_variance(mean: ArrayLike, variance: ArrayLike, n: ArrayLike, *, worst: float, best: float) -> Floats:
    """Sampling variance of each unit's mean score, from the variance within all units of its group together.

    A unit's own variance is too unsteady (three equal answers would pass for certainty) and goes with its mean, which
    would bend the estimate of tau. Two imagined answers, one at each end of the scale, keep it above 0.
    `variance` is that of the answers about their unit's mean, divided by n.
    """
    given, within, answers = (np.asarray(each, float) for each in (mean, variance, n))
    total = float(answers.sum())
    grand = (float(answers @ given) + worst + best) / (total + 2)
    ends = (worst - grand) ** 2 + (best - grand) ** 2
    overall = (float(answers @ (within + (given - grand) ** 2)) + ends) / (total + 2)
    pooled = (float(answers @ within) + overall) / (float((answers - 1).sum()) + 1)
    return np.asarray(pooled / answers, float)


class Luck:
    """The standard normal numbers of one seed, drawn once for all the groups whose truth they are to draw."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._known: dict[int, tuple[Floats, Floats, Floats]] = {}

    def of(self, size: int, units: int) -> tuple[Floats, Floats, Floats]:
        """For `size` draws: numbers in 0..1, normal ones, and normal ones for each unit (draws x units)."""
        if size not in self._known or self._known[size][2].size < size * units:
            random = np.random.default_rng(self._seed)
            room = size * 2 ** (units - 1).bit_length()
            self._known[size] = random.random(size), random.standard_normal(size), random.standard_normal(room)
        chance, common, own = self._known[size]
        return chance, common, own[: size * units].reshape(size, units)


def draws(belief: Posterior, *, size: int, seed: int | Luck) -> Floats:
    """`size` draws (rows) of the true values of all units (columns) together, seeded."""
    luck = seed if isinstance(seed, Luck) else Luck(seed)
    chance, common, own = luck.of(size, belief.figure.size)
    share = belief.weight.cumsum()
    at = (share / share[-1]).searchsorted(chance, side="right")
    centre = belief.centre[at] + common * np.sqrt(belief.doubt[at])
    kept = belief.own * belief.figure
    drawn = own * np.sqrt(belief.own * belief.variance)[at]
    drawn += kept[at]
    drawn += (1 - belief.own)[at] * centre[:, None]
    return np.asarray(drawn, float)


def james_stein(figure: ArrayLike, *, variance: float = 1.0) -> tuple[Floats, float]:
    """Figures of equal variance drawn to their mean by `1 - (k - 3) variance / sum of squares`, and that factor.

    The factor is never below 0. Source: Efron & Morris 1975.
    """
    given = np.asarray(figure, float)
    if given.size < 4:
        raise ValueError("needs four figures at least")
    about = given - given.mean()
    factor = max(0.0, 1 - (given.size - 3) * variance / float(about @ about)) if about.any() else 0.0
    return given.mean() + factor * about, factor


def _reach(figure: Floats, variance: Floats, widest: float) -> float:
    """The largest tau worth looking at: the figures' own spread, several times over when they are few."""
    spread = float(figure.std()) + float(np.sqrt(variance.min()))
    return min(widest, spread * (1.5 + 12 / figure.size))


def _quantiles(belief: Posterior, shares: Floats) -> Floats:
    """Where the mixture over tau reaches each share (rows) of each unit: Newton's steps, and halves where a step would
    leave what is known."""
    mean, deviation = (np.tile(each, shares.size) for each in (belief.mean, belief.deviation))  # tau x (share x unit)
    weight, share = belief.weight, np.repeat(shares, belief.figure.size)
    far = ndtri(share)
    reach = np.abs(far).max() + 1.0
    low, high = (mean - reach * deviation).min(axis=0), (mean + reach * deviation).max(axis=0)
    middle = weight @ mean
    place = middle + far * np.sqrt(np.fmax(weight @ (mean**2 + deviation**2) - middle**2, 0.0))  # as if it were normal
    for _ in range(_STEPS):
        away = (place - mean) / deviation
        error = weight @ ndtr(away) - share
        low, high = np.where(error < 0, place, low), np.where(error < 0, high, place)
        density = weight @ (np.exp(-(away**2) / 2) / deviation) / np.sqrt(2 * np.pi)
        step = place - np.divide(error, density, out=np.zeros(error.size), where=density > 0)
        near = np.abs(error) < _NEAR
        place = np.where(near | ((step >= low) & (step <= high)), np.clip(step, low, high), (low + high) / 2)
        if near.all():
            break
    return np.asarray(place.reshape(shares.size, -1), float)
