"""Units' means as they would be with everybody's mix of cases, from differences within units alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from touchstone.science.shrinkage import pooled_variance

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class CaseMix:
    """Per unit: its raw mean, its mean at the overall mix, the variance of that (pooled), and its answers.

    `explained` is the share of the variance within units that goes with the cases.
    """

    raw: Floats
    mean: Floats
    variance: Floats
    n: Floats
    explained: float


def adjusted(
    unit: ArrayLike, value: ArrayLike, cases: ArrayLike, count: ArrayLike, *, ends: tuple[float, float]
) -> CaseMix:
    """Means of units 0, 1, … adjusted to the overall mix of `cases` (rows x columns of dummies and numbers).

    One regression with an effect of its own for each unit, so that a unit's standing is not taken for that of its
    cases; what each case goes with is alike everywhere. `count` answers stand behind each row; `ends` are those of
    the scale. Direct standardisation by a fixed-effects regression: Kalbfleisch & Wolfe 2013 (Statistics in
    Biosciences 5).
    """
    units, answers, weight = np.asarray(unit, np.int64), np.asarray(value, float), np.asarray(count, float)
    design = np.asarray(cases, float).reshape(answers.size, -1)
    n = np.bincount(units, weights=weight).astype(float)
    raw = _means(units, answers[:, None], weight, n)[:, 0]
    mix = _means(units, design, weight, n)
    overall = weight @ design / weight.sum()
    within, about = design - mix[units], answers - raw[units]
    inverse = np.linalg.pinv(within.T @ (within * weight[:, None]), rcond=1e-9, hermitian=True)
    slopes = inverse @ (within.T @ (about * weight))
    left = about - within @ slopes
    mean = raw - (mix - overall) @ slopes
    spread = np.bincount(units, weights=weight * left**2) / n
    variance = pooled_variance(np.clip(mean, min(ends), max(ends)), spread, n, worst=ends[0], best=ends[1])
    doubt = np.einsum("ij,jk,ik->i", mix - overall, inverse, mix - overall) * float((variance * n).mean())
    total = float(weight @ about**2)
    return CaseMix(raw, mean, variance + doubt, n, 1 - float(weight @ left**2) / total if total > 0 else 0.0)


def _means(unit: Whole, columns: Floats, weight: Floats, n: Floats) -> Floats:
    sums = [np.bincount(unit, weights=weight * each, minlength=n.size) for each in columns.T]
    return np.column_stack(sums) / n[:, None] if sums else np.empty((n.size, 0))
