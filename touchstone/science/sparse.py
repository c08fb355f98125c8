"""A straight line in many features that leaves out those that say nothing, from sums alone.

Automatic relevance determination: each coefficient has a normal prior of its own width, and the widths are what makes
the data likeliest (MacKay 1992; Tipping 2001, "Sparse Bayesian learning and the relevance vector machine"). A feature
whose width goes to nought is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDS = 40
_FIRST = 0.1  # share of the variance that all features together are first thought to tell
_GONE = 1e-4  # a coefficient whose prior is so narrow, against what the rows tell, is left out


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over rows whose first feature is 1: products of features, of features and outcome, squares of outcome."""

    gram: Floats
    cross: Floats
    square: float


@dataclass(frozen=True, eq=False)
class Line:
    """Coefficients, the first of them the level, and their covariance."""

    coefficient: Floats
    covariance: Floats


def sums(features: Floats, outcome: Floats) -> Sums:
    """The sums of these rows (features with a first column of ones)."""
    return Sums(features.T @ features, features.T @ outcome, float(outcome @ outcome))


def sparse(told: Sums) -> Line:
    """The line that these sums tell; a feature that is constant or says nothing has 0."""
    n, size = float(told.gram[0, 0]), len(told.cross)
    if not n:
        return Line(np.zeros(size), np.zeros((size, size)))
    middle = told.gram[0, 1:] / n
    gram = told.gram[1:, 1:] - n * np.outer(middle, middle)
    cross = told.cross[1:] - middle * told.cross[0]
    square = told.square - told.cross[0] ** 2 / n
    raw = np.fmax(np.diag(told.gram)[1:], 1e-300)
    active = np.flatnonzero(np.diag(gram) > 1e-10 * raw)
    width = np.sqrt(np.diag(gram)[active] / n)
    found, spread, noise = _relevant(gram[np.ix_(active, active)] / np.outer(width, width), cross[active] / width,
                                     square, n)  # fmt: skip
    coefficient, covariance = np.zeros(size), np.zeros((size, size))
    coefficient[1 + active] = found / width
    covariance[np.ix_(1 + active, 1 + active)] = spread / np.outer(width, width)
    coefficient[0] = told.cross[0] / n - middle @ coefficient[1:]
    shared = covariance[1:, 1:] @ middle
    covariance[0, 1:] = covariance[1:, 0] = -shared
    covariance[0, 0] = 1 / (noise * n) + middle @ shared
    return Line(coefficient, covariance)


def _relevant(gram: Floats, cross: Floats, square: float, n: float) -> tuple[Floats, Floats, float]:
    """Coefficients of standardised features, their covariance, and the precision of what is left over."""
    size = len(cross)
    found, spread = np.zeros(size), np.zeros((size, size))
    variance = max(square / n, 1e-300)
    noise, kept = 1 / variance, np.arange(size)
    prior = np.full(size, max(size, 1) / (_FIRST * variance))
    for _ in range(_ROUNDS):
        if not kept.size:
            break
        own = gram[np.ix_(kept, kept)]
        spread_kept = np.linalg.inv(noise * own + np.diag(prior[kept]))
        mean = noise * spread_kept @ cross[kept]
        known = np.clip(1 - prior[kept] * np.diag(spread_kept), 1e-12, 1.0)
        prior[kept] = known / np.fmax(mean**2, 1e-300)
        left = max(float(square - 2 * mean @ cross[kept] + mean @ own @ mean), 1e-12 * n * variance)
        noise = max(n - float(known.sum()), 1.0) / left
        kept = kept[n * noise / prior[kept] > _GONE]
    if kept.size:
        spread[np.ix_(kept, kept)] = np.linalg.inv(noise * gram[np.ix_(kept, kept)] + np.diag(prior[kept]))
        found[kept] = noise * spread[np.ix_(kept, kept)] @ cross[kept]
    return found, spread, noise
