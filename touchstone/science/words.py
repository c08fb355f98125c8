"""Words that one side says more than another: log-odds with an informative Dirichlet prior.

Source: Monroe, Colaresi & Quinn 2008, "Fightin' words" (Political Analysis 16), equations 15, 16 and 20 to 22. The
prior is what both sides say together, and on each side it is as large a share of that side, so that a word which
neither says is alike on both whatever their sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, ndtri

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Odds:
    """Log-odds of each word, first side against second, with limits, z, and probability by chance alone."""

    value: Floats
    low: Floats
    high: Floats
    z: Floats
    probability: Floats


def log_odds(
    first: ArrayLike,
    second: ArrayLike,
    *,
    prior: float = 0.05,
    total: tuple[float, float] | None = None,
    together: tuple[ArrayLike, ArrayLike] | None = None,
    confidence: float = 0.95,
) -> Odds:
    """How much more the `first` side says each word than the `second`: counts of the same words, in the same order.

    `total` is what each side says in all, where that is more than these words. `together` is how many counts of a word
    are worth one that is independent (design effects, from 1 up), on each side: the value stays, its doubt grows, as if
    so many fewer had been counted (Rao & Scott 1992, Biometrics 48).
    `prior` is the weight of what both say together, as a share of what each says: 0.05 of it draws a ratio of two by
    about 3 % towards one, and leaves room for doubt where a side never says a word. Words that neither says, and all
    words where a side is silent, have NaN. ValueError where a count is negative.
    """
    counts = np.stack([np.asarray(first, float), np.asarray(second, float)])
    if (counts < 0).any():
        raise ValueError("a count is never negative")
    size = np.asarray(counts.sum(axis=1) if total is None else total, float)[:, None]
    said = counts.sum(axis=0)
    worth = np.ones_like(counts) if together is None else np.stack([np.asarray(each, float) for each in together])
    with np.errstate(divide="ignore", invalid="ignore"):
        filled = counts + prior * size * said / size.sum()
        odds = np.log(filled / ((1 + prior) * size - filled))
        value = odds[0] - odds[1]
        deviation = np.sqrt((worth / filled).sum(axis=0))
        known = np.isfinite(value)
        value = np.where(known, value, np.nan)
        z = value / deviation
        half = float(ndtri(0.5 + confidence / 2)) * deviation
        chance = _exact(np.floor(counts / worth), size / worth)
    return Odds(value, value - half, value + half, z, np.where(known, chance, np.nan))


def together(counts: ArrayLike, squares: ArrayLike) -> Floats:
    """How many counts of a word are worth one that is independent, where some come from the same people.

    `counts` are sums over people, `squares` sums of their squares: that many people who say it equally often would
    leave as much doubt (Kish 1965, Survey Sampling, 8.2). 1 where nobody says it twice.
    """
    own = np.asarray(counts, float)
    return np.asarray(np.where(own > 0, np.asarray(squares, float) / np.fmax(own, 1e-12), 1.0), float)


def _exact(counts: Floats, size: Floats) -> Floats:
    """Twice the smaller tail of the first side's count among both sides', where both say a word alike."""
    said = counts.sum(axis=0).astype(np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = size[0] / size.sum(axis=0)
        below = bdtr(counts[0], said, share)
        above = np.where(counts[0] > 0, bdtrc(np.fmax(counts[0] - 1, 0), said, share), 1.0)
    return np.asarray(np.fmin(2 * np.fmin(below, above), 1.0), float)


def discoveries(probability: ArrayLike) -> Floats:
    """Benjamini and Hochberg's adjusted probabilities: of those at or below a level, at most that share is chance.

    NaN stay NaN and do not count. Source: Benjamini & Hochberg 1995 (JRSS B 57).
    """
    given = np.asarray(probability, float)
    adjusted = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    steps = given[order] * order.size / np.arange(1, order.size + 1)
    adjusted[order] = np.minimum.accumulate(steps[::-1])[::-1] if order.size else steps
    return adjusted
