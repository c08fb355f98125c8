"""How far a mean lies from a distribution that no formula describes: by the likeliest tilt of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_STEPS, _STEEPEST = 34, 300.0  # halvings of the search, and the steepest tilt over the whole width of the scores


def divergence(scores: ArrayLike, weights: ArrayLike, means: ArrayLike) -> Floats:
    """Kullback-Leibler divergence, in nats, of the likeliest distribution with each of `means` from the one given.

    `weights` are how often each of `scores` was given. The likeliest distribution multiplies them by exp(tilt x score),
    so skewness counts for what it is: in scores that are mostly tens, one nought is no miracle. A mean that only the
    outermost score has costs the logarithm of its share. Source: Efron 1981 (Canadian Journal of Statistics 9), on
    exponential tilting; Brown 1986 for exponential families.
    """
    given, often = np.asarray(scores, float), np.asarray(weights, float)
    held = often > 0
    place, share = given[held], np.log(often[held] / often.sum())
    width = max(float(np.ptp(place)), 1e-300)
    place = (place - place.min()) / width
    mean = np.clip((np.asarray(means, float) - given[held].min()) / width, 0.0, 1.0)
    low, high = np.full(mean.shape, -_STEEPEST), np.full(mean.shape, _STEEPEST)
    for _ in range(_STEPS):
        tilt = (low + high) / 2
        grown = share + tilt[..., None] * place
        grown = np.exp(grown - grown.max(axis=-1, keepdims=True))
        short = grown @ place < mean * grown.sum(axis=-1)
        low, high = np.where(short, tilt, low), np.where(short, high, tilt)
    grown = share + tilt[..., None] * place
    top = grown.max(axis=-1)
    total = top + np.log(np.exp(grown - top[..., None]).sum(axis=-1))
    return np.asarray(np.maximum(tilt * mean - total, 0.0), float)
