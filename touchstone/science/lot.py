"""With what probability each row got its arm: by lot, as it was logged, or as its features tell.

Whether features tell the arm at all is Pillai's trace times the rows, chi-squared where arms were given by lot. Where
they do, probabilities come from logistic lines (cross-fitted; one arm against the rest, then brought to add up to 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, expit

from touchstone.science.logistic import logistic

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_SURE = 0.001  # so rarely would arms given by lot go with features as they do
_LEAST = 0.01  # no probability is taken for less: one row would weigh more than a hundred


@dataclass(frozen=True, eq=False)
class Lot:
    """Probability of each arm by row; how it is known; chance that arms given by lot go with features so much.

    `thin` is the share of rows for which some arm was hardly possible: they have no counterpart to be held against.
    """

    probability: Floats
    known: str  # by lot, logged, from features
    chance: float
    thin: float


def lot(whole: Floats, arm: Whole, arms: int, fold: Whole, logged: Floats | None) -> Lot:
    """`whole` are standardised features with a first column of ones; `logged` is by row, for its own arm, or None."""
    shares = np.bincount(arm, minlength=arms) / len(arm)
    chance = _chance(whole, arm, arms)
    probability = np.tile(shares, (len(arm), 1))
    if logged is not None:
        known = "logged"
        probability[np.arange(len(arm)), arm] = logged
    elif chance >= _SURE:
        return Lot(probability, "by lot", chance, 0.0)
    else:
        known = "from features"
        probability = _told(whole, arm, arms, fold)
    thin = float((probability < _LEAST).any(axis=1).mean())
    return Lot(np.fmax(probability, _LEAST), known, chance, thin)


def _chance(whole: Floats, arm: Whole, arms: int) -> float:
    """The probability that arms given by lot go with features as much as these do."""
    features = whole[:, 1:] - whole[:, 1:].mean(axis=0)
    marks = (arm[:, None] == np.arange(1, arms)).astype(float)
    marks -= marks.mean(axis=0)
    inner, between = features.T @ features, features.T @ marks
    scale = np.sqrt(np.fmax(np.diag(inner), 1e-300))
    turned, size, _ = np.linalg.svd(inner / np.outer(scale, scale), hermitian=True)
    kept = size > 1e-8 * max(float(size.max(initial=0.0)), 1e-300)
    free = int(kept.sum()) * (arms - 1)
    if not free:
        return 1.0
    along = (turned[:, kept].T @ (between / scale[:, None])) / np.sqrt(size[kept])[:, None]
    trace = float(np.trace(np.linalg.solve(marks.T @ marks, along.T @ along)))
    return float(chdtrc(free, len(arm) * trace))


def _told(whole: Floats, arm: Whole, arms: int, fold: Whole) -> Floats:
    """Probabilities of arms by features, each row's by lines that have not seen it."""
    found = np.zeros((len(arm), arms))
    for each in np.unique(fold):
        seen = fold != each
        for one in range(arms):
            line = logistic(whole[seen], (arm[seen] == one).astype(float), pull=1.0)
            found[~seen, one] = expit(whole[~seen] @ line)
    return np.asarray(found / np.fmax(found.sum(axis=1, keepdims=True), 1e-12), float)
