"""What each of many things weighs for an outcome, where each person rates only a few of them.

y = sum over all things of weight x what was lived there, and what was not rated is expected from what was: ratings of
one person are alike by a common part (halo), which their own mean tells of, the better the more there are. So a row
stands for everything it rates, and its common part for the rest. Units (dealers) are taken out of both sides: what
makes a whole unit better is no weight of one thing.

Weights are never below 0 and of two kinds: most things matter a little, all alike; a few matter more (a mixture of a
point at a common small weight and half-normals; George & McCulloch 1993, J. Amer. Statist. Assoc. 88). Which are which
the data say, by Gibbs sampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from touchstone.science.shrinkage import draws, posterior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KINDS = (1.2, 0.6, 0.3)
"""Spreads of what matters more, as multiples of the largest weight by least squares."""
_BURN = 200  # sweeps before the draws count
_EVERY = 2  # sweeps between draws
_GRID = 200  # spreads of bends looked at


@dataclass(frozen=True)
class Normal:
    """The normal equations of a regression: square @ weight = cross, noise of one row, and how many rows."""

    square: Floats
    cross: Floats
    noise: float
    rows: int

    @property
    def least_squares(self) -> tuple[Floats, Floats]:
        """Weights and their standard errors, each by itself, nothing drawn in."""
        inverse = np.linalg.inv(self.square)
        return inverse @ self.cross, np.sqrt(np.diag(inverse) * self.noise)


def regression(rated: Floats, outcome: Floats, unit: Ints) -> Normal:
    """From rows x things (NaN: not rated; else less what is usual there), the outcome and the unit of each row."""
    common = _common(rated)
    filled = _within(np.where(np.isnan(rated), common[:, None], rated), unit)
    centred = _within(outcome[:, None], unit)[:, 0]
    rows, things = filled.shape
    square = filled.T @ filled + 1e-6 * rows * np.eye(things)
    cross = filled.T @ centred
    weight = np.linalg.solve(square, cross)
    freedom = max(rows - things - len(np.unique(unit)), 1)
    rest = float(((centred - filled @ weight) ** 2).sum())
    return Normal(square, cross, max(rest / freedom, 1e-9), rows)


@dataclass(frozen=True)
class Bends:
    """By thing how much more a step weighs below the middle of the scale than above it, and the variance of that."""

    figure: Floats
    variance: Floats

    def draws(self, *, size: int, seed: int) -> Floats:
        """`size` draws (rows) of how far each bends beyond what all have in common, drawn towards none.

        What all bend alike tells of the scales, of which neither has a natural unit, and of no thing. In so many draws
        as it is probable that nothing differs, nothing does (a point at none, and a spread: George & McCulloch 1993).
        """
        if self.figure.size < 2 or not self.figure.any():
            return np.zeros((size, self.figure.size))
        belief = posterior(self.figure, self.variance, widest=self._widest)
        apart = draws(belief, size=size, seed=seed) - belief.weight @ belief.centre
        told = np.random.default_rng([seed, 3]).random(size) >= self.alike
        return np.asarray(apart * told[:, None], float)

    @property
    def alike(self) -> float:
        """The probability that all bend alike, held as likely as not before."""
        tau = self._widest * np.arange(_GRID) / (_GRID - 1)
        precision = 1 / (self.variance + tau[:, None] ** 2)
        centre = (precision * self.figure).sum(axis=1) / precision.sum(axis=1)
        fits = 0.5 * (np.log(precision).sum(axis=1) - np.log(precision.sum(axis=1)))
        fits -= 0.5 * (precision * (self.figure - centre[:, None]) ** 2).sum(axis=1)
        chance = np.exp(fits - fits.max())
        return float(chance[0] / (chance[0] + chance[1:].mean()))

    @property
    def _widest(self) -> float:
        return 2 * float(np.abs(self.figure).max())


def bends(rated: Floats, outcome: Floats, unit: Ints, middle: Floats) -> Bends:
    """Of the same regression with a bend at each thing's middle: rows x things, where it lies on the scale of `rated`.

    y = ratings @ weight + what ratings lack to the middle @ bend, units held (penalty and reward: Brandt 1987).
    """
    common = _common(rated)
    filled = _within(np.where(np.isnan(rated), common[:, None], rated), unit)
    lacking = np.fmin(rated - middle, 0.0)
    usual = np.nansum(lacking, axis=0) / np.fmax((~np.isnan(lacking)).sum(axis=0), 1)
    bent = _within(np.where(np.isnan(lacking), 0.0, lacking - usual), unit)
    centred = _within(outcome[:, None], unit)[:, 0]
    rows, things = filled.shape
    square = filled.T @ filled + 1e-6 * rows * np.eye(things)
    bent = bent - filled @ np.linalg.solve(square, filled.T @ bent)
    rest = centred - filled @ np.linalg.solve(square, filled.T @ centred)
    inverse = np.linalg.inv(bent.T @ bent + 1e-6 * rows * np.eye(things))
    figure = inverse @ (bent.T @ rest)
    noise = float(((rest - bent @ figure) ** 2).sum()) / max(rows - 2 * things - len(np.unique(unit)), 1)
    return Bends(figure, np.fmax(np.diag(inverse) * noise, 1e-12))


def _common(rated: Floats) -> Floats:
    """What a row's ratings have in common, drawn in by how few they are (the mean of a one-factor model)."""
    held = ~np.isnan(rated)
    total, count = np.nansum(rated, axis=1), held.sum(axis=1)
    square = np.nansum(rated**2, axis=1)
    pairs = float((count * (count - 1)).sum())
    alike = max(0.0, float((total**2 - square).sum()) / pairs) if pairs else 0.0
    own = max(float(square.sum()) / max(int(count.sum()), 1) - alike, 1e-9)
    return np.asarray(alike * total / (own + count * alike), float)


def _within(values: Floats, unit: Ints) -> Floats:
    """Values less their unit's mean."""
    _, place = np.unique(unit, return_inverse=True)
    count = np.bincount(place).astype(float)
    means = np.stack([np.bincount(place, column) for column in values.T], axis=1) / count[:, None]
    return np.asarray(values - means[place], float)


def weights(of: Normal, *, size: int, seed: int) -> Floats:
    """`size` draws (rows) of the weights of all things together, none below 0, seeded."""
    random = np.random.default_rng(seed)
    things = of.cross.size
    start = np.fmax(np.linalg.solve(of.square, of.cross), 0.0)
    top = max(float(start.max(initial=0.0)), 1e-9)
    state = _State(of, start, common=float(np.median(start)), spreads=[each * top for each in KINDS])
    drawn = np.empty((size, things))
    for sweep in range(_BURN + size * _EVERY):
        state.sweep(random)
        if sweep >= _BURN and (sweep - _BURN) % _EVERY == _EVERY - 1:
            drawn[(sweep - _BURN) // _EVERY] = state.weight
    return drawn


class _State:
    """One state of the sampler: each weight, whether it is of those that matter more, and what the others share."""

    def __init__(self, of: Normal, weight: Floats, *, common: float, spreads: list[float]) -> None:
        self.of, self.weight, self.common, self.spreads = of, weight, common, spreads
        self.more = np.zeros(weight.size, bool)
        self.share = 0.3
        self._diagonal = np.diag(of.square).tolist()

    def sweep(self, random: np.random.Generator) -> None:
        """Draws every weight given the others, then what those that matter little share, then how many matter more."""
        chance, spare = random.random(self.weight.size), random.random(self.weight.size)
        for at, (one, other) in enumerate(zip(chance.tolist(), spare.tolist(), strict=True)):
            self._draw(at, one, other)
        alike = (~self.more).astype(float)
        precision = float(alike @ self.of.square @ alike)
        if precision > 0:
            rest = float(alike @ (self.of.cross - self.of.square @ (self.weight * self.more)))
            self.common = _above(rest / precision, math.sqrt(self.of.noise / precision), random.random())
            self.weight = np.where(self.more, self.weight, self.common)
        self.share = float(random.beta(1 + self.more.sum(), 2 + (~self.more).sum()))

    def _draw(self, at: int, one: float, other: float) -> None:
        diagonal = self._diagonal[at]
        mean = float(self.of.cross[at] - self.of.square[at] @ self.weight) / diagonal + float(self.weight[at])
        variance = self.of.noise / diagonal
        logs = [math.log(1 - self.share) - (self.common - mean) ** 2 / (2 * variance)]
        middles = []
        for spread in self.spreads:
            narrow = 1 / (1 / variance + 1 / spread**2)
            middle, width = narrow * mean / variance, math.sqrt(narrow)
            middles.append((middle, width))
            inside = math.log(max(_below(middle / width), 1e-300))
            fits = middle**2 / (2 * narrow) - mean**2 / (2 * variance)
            logs.append(math.log(2 * self.share / len(self.spreads)) + math.log(width / spread) + inside + fits)
        highest = max(logs)
        chances = [math.exp(each - highest) for each in logs]
        left, kind = one * sum(chances), 0
        while left > chances[kind] and kind < len(chances) - 1:
            left, kind = left - chances[kind], kind + 1
        self.more[at] = kind > 0
        self.weight[at] = self.common if kind == 0 else _above(*middles[kind - 1], other)


def _above(mean: float, deviation: float, chance: float) -> float:
    """A normal above 0, where `chance` falls in it."""
    tail = _below(mean / deviation)  # probability of being above 0
    return max(mean - deviation * float(ndtri(max(tail * chance, 1e-300))), 0.0)


def _below(value: float) -> float:
    """The standard normal distribution function."""
    return 0.5 * math.erfc(-value / math.sqrt(2))
