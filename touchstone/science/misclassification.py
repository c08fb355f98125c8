"""Figures about classes that a machine assigned, corrected for its mistakes as held-apart labels show them.

With `M[t, s]` the share said to be s among those truly t, weights w that solve `M w = scores` give every case, whatever
it truly is, its true score on average; so the mean weight of what was said is an unbiased mean score (Rogan & Gladen
1978 for two classes; Buonaccorsi 2010 for more). Its doubt has two parts: which cases there were, and how well the
labels tell M.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from touchstone.science.interval import Interval, table_interval

Floats = NDArray[np.float64]
SINGULAR = 1e3  # beyond this condition number the labels cannot tell the classes apart


@dataclass(frozen=True)
class Corrector:
    """`weights` replaces the score of each class said; the rest is what the labels leave open."""

    weights: Floats
    matrix: Floats
    labels: Floats

    def doubt(self, said: ArrayLike) -> Floats:
        """Standard deviation, from the labels alone, of the corrected mean of each row of counts of classes said."""
        counts = np.atleast_2d(np.asarray(said, float))
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = counts / counts.sum(axis=1, keepdims=True)
        true = np.clip(np.nan_to_num(shares) @ np.linalg.inv(self.matrix), 0, 1)
        true = true / np.fmax(true.sum(axis=1, keepdims=True), 1e-12)
        spread = self.matrix @ self.weights**2 - (self.matrix @ self.weights) ** 2
        return np.asarray(np.sqrt(true**2 @ (np.fmax(spread, 0) / (self.labels + 1))), float)


def corrector(labels: ArrayLike, scores: ArrayLike) -> Corrector | None:
    """The correction that `labels` (counts: rows true class, columns class said) teach for the mean of `scores`.

    None where they cannot: a class without labels, or classes the machine does not tell apart.
    One imagined label per true class, spread evenly, keeps shares off 0.
    """
    counts, wanted = np.asarray(labels, float), np.asarray(scores, float)
    if counts.shape != (wanted.size, wanted.size) or (counts < 0).any():
        raise ValueError("labels must be a square table of counts, one row and one column per score")
    totals = counts.sum(axis=1)
    if (totals <= 0).any():
        return None
    matrix = (counts + 1 / wanted.size) / (totals[:, None] + 1)
    if np.linalg.cond(matrix) > SINGULAR:
        return None
    return Corrector(np.linalg.solve(matrix, wanted), matrix, totals)


def corrected(said: ArrayLike, labels: ArrayLike, scores: ArrayLike) -> Interval:
    """The corrected mean of `scores` for each row of counts `said`, with a 95 % interval of both doubts.

    For the share of one class let `scores` be 1 for it and 0 for the rest. Values stay within the scores.
    ValueError where the labels cannot teach a correction.
    """
    known = corrector(labels, scores)
    if known is None:
        raise ValueError("these labels cannot tell the classes apart")
    counts, wanted = np.atleast_2d(np.asarray(said, float)), np.asarray(scores, float)
    raw = table_interval(counts, known.weights)
    return widened(raw, known.doubt(counts), worst=float(wanted.min()), best=float(wanted.max()))


def rectifier(
    true_sum: ArrayLike, true_count: ArrayLike, said_sum: ArrayLike, said_count: ArrayLike
) -> tuple[float, float]:
    """What to add to a mean of scores that a machine gave, and its standard deviation, from labelled texts.

    Per text: sum and number of its true scores, sum and number of those said; both may be none, so that what the
    machine overlooks and what it makes up count too. The labelled texts must be drawn at random from those the mean is
    about. Source: prediction-powered inference (Angelopoulos et al. 2023, Science 382). NaN with fewer than two texts,
    or where nothing true or nothing said is among them.
    """
    true, truly, said, saying = (np.asarray(each, float) for each in (true_sum, true_count, said_sum, said_count))
    texts = true.size
    if texts < 2 or truly.sum() <= 0 or saying.sum() <= 0:
        return float("nan"), float("nan")
    right, wrong = true.sum() / truly.sum(), said.sum() / saying.sum()
    pull = (true - right * truly) / truly.sum() - (said - wrong * saying) / saying.sum()
    return float(right - wrong), float(np.sqrt((pull**2).sum() * texts / (texts - 1)))


def widened(interval: Interval, doubt: ArrayLike, *, worst: ArrayLike, best: ArrayLike) -> Interval:
    """`interval` with a further, independent standard deviation `doubt`, kept within the scale.

    A value beyond the scale moves to its end and takes its limits along: it must not look certain for being absurd.
    """
    extra = float(ndtri(0.975)) * np.asarray(doubt, float)
    floor, ceiling = np.minimum(worst, best), np.maximum(worst, best)
    value = np.clip(interval.value, floor, ceiling)
    low = value - np.hypot(interval.value - interval.low, extra)
    high = value + np.hypot(interval.high - interval.value, extra)
    known = ~np.isnan(value)
    return replace(
        interval,
        value=value,
        low=np.where(known, np.clip(low, floor, ceiling), floor),
        high=np.where(known, np.clip(high, floor, ceiling), ceiling),
    )
