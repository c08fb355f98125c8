"""Correlations from sums of products, with gaps or without, and what they might have been with other rows.

Rows enter once, as sums over blocks of rows drawn at random; everything after that (correlations, thousands of
bootstrap samples) works on the sums, so that a million rows cost no more than a thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtrit

Floats = NDArray[np.float64]
BLOCKS = 400
"""Most blocks that rows are summed into: enough to tell the doubt of a figure to about 4 % of its size."""
NOUGHT = 1e-9  # a share of variance below this is rounding


@dataclass(frozen=True)
class Sums:
    """Per block, for each pair of variables over the rows that hold both: how many, the first's sum, the products'.

    Each is blocks x variables x variables; `first[b, i, j]` sums variable i over the rows that hold i and j.
    """

    n: Floats
    first: Floats
    product: Floats

    def of(self, variables: ArrayLike) -> Sums:
        """Of these variables alone, in this order."""
        chosen = np.asarray(variables, np.int64)
        pairs = np.ix_(np.arange(self.n.shape[0]), chosen, chosen)
        return Sums(self.n[pairs], self.first[pairs], self.product[pairs])

    def total(self) -> Sums:
        """All blocks as one."""
        return Sums(*(each.sum(axis=0, keepdims=True) for each in (self.n, self.first, self.product)))

    def resampled(self, size: int, *, seed: int) -> Sums:
        """`size` Bayesian bootstrap samples of the blocks (Rubin 1981), seeded, each as if it were a block."""
        blocks, variables = self.n.shape[:2]
        weight = np.random.default_rng(seed).standard_exponential((size, blocks))
        weight *= blocks / weight.sum(axis=1, keepdims=True)
        flat = (weight @ each.reshape(blocks, -1) for each in (self.n, self.first, self.product))
        return Sums(*(each.reshape(size, variables, variables) for each in flat))


def sums(values: ArrayLike, *, seed: int) -> Sums:
    """The sums over `values` (rows x variables, NaN is a gap); the order of the rows does not matter."""
    given = np.asarray(values, float)
    rows, variables = given.shape
    given = given[np.lexsort(given.T[::-1])]
    blocks = max(1, min(rows, BLOCKS))
    block = np.random.default_rng(seed).permutation(rows) % blocks
    depth = -(-rows // blocks)
    spread = np.full((blocks * depth, variables), np.nan)
    spread[block * depth + _place(block)] = given
    spread = spread.reshape(blocks, depth, variables)
    held = (~np.isnan(spread)).astype(float)
    filled = np.where(held > 0, spread, 0.0)
    across = filled.swapaxes(1, 2)
    return Sums(held.swapaxes(1, 2) @ held, across @ held, across @ filled)


def correlations(of: Sums) -> tuple[Floats, Floats]:
    """For each block: correlations over the rows that hold both, and each variable's standard deviation.

    A variable that does not vary has deviation 0 and correlates with nothing; nor do two that no row holds both of.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = of.first / of.n
        covariance = of.product / of.n - mean * mean.swapaxes(1, 2)
        square = np.diagonal(of.product, axis1=1, axis2=2) / np.diagonal(of.n, axis1=1, axis2=2)
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        variance = np.where(variance > 1e-12 * np.fmax(square, 1e-300), variance, 0.0)
        deviation = np.sqrt(variance)
        correlation = covariance / (deviation[:, :, None] * deviation[:, None, :])
    correlation = np.clip(np.nan_to_num(correlation, nan=0.0, posinf=0.0, neginf=0.0), -1, 1)
    at = np.arange(deviation.shape[1])
    correlation[:, at, at] = 1.0
    return correlation, deviation


@dataclass(frozen=True)
class Pooling:
    """How far each correlation is drawn towards the mean of its kind: `own` is the share of itself that it keeps."""

    kind: NDArray[np.int64]  # 0: left as it is
    weight: Floats
    own: Floats
    doubt: Floats  # standard deviation that is left about it

    def apply(self, correlation: Floats, *, seed: int | None = None) -> Floats:
        """`correlation` (draws x v x v) drawn in; with a seed, each draw also has the doubt that is left."""
        one, two = np.nonzero(np.triu(self.kind > 0))  # each pair once
        kind, weight, own = (each[one, two] for each in (self.kind, self.weight, self.own))
        score = np.arctanh(np.clip(correlation[:, one, two], -0.999, 0.999))
        for each in np.unique(kind):
            among = np.flatnonzero(kind == each)
            centre = score[:, among] @ weight[among] / max(float(weight[among].sum()), 1e-12)
            score[:, among] = centre[:, None] + own[among] * (score[:, among] - centre[:, None])
        if seed is not None:
            score += self.doubt[one, two] * np.random.default_rng(seed).standard_normal(score.shape)
        result = correlation.copy()
        result[:, one, two] = result[:, two, one] = np.tanh(score)
        return result


def pooling(correlation: Floats, n: Floats, kind: NDArray[np.int64]) -> Pooling:
    """How to draw correlations resting on few rows (`n`, v x v) towards the mean of all of their `kind` (above 0).

    Empirical Bayes on Fisher's z, whose variance is 1 / (n - 3), its spread after DerSimonian & Laird 1986.
    """
    score = np.arctanh(np.clip(correlation, -0.999, 0.999))
    weight = np.where(kind > 0, np.fmax(n - 3, 0.0), 0.0)
    own = np.ones(score.shape)
    for each in np.unique(kind[kind > 0]):
        among = np.triu(kind == each) & (weight > 0)
        w, z = weight[among], score[among]
        total = float(w.sum())
        excess = float((w * (z - (w @ z) / total) ** 2).sum()) - (z.size - 1) if z.size > 1 else 0.0
        scale = total - float((w**2).sum()) / total if total > 0 else 0.0
        spread = max(0.0, excess / scale) if scale > 0 else 0.0
        own[kind == each] = (spread * weight / (spread * weight + 1))[kind == each]
    variance = np.where(weight > 0, 1 / np.fmax(weight, 1e-12), 0.0)
    return Pooling(kind, weight, own, np.sqrt(own * (1 - own) * variance))


def proper(correlation: Floats, *, least: float = 0.0) -> Floats:
    """The correlations made possible at once: no direction with less variance than `least`, ones on the diagonal.

    What is already possible stays as it is; figures from different rows need not fit together (Higham 2002).
    """
    if _possible(correlation, least):
        return correlation
    value, vector = np.linalg.eigh(correlation)
    bad = value[:, 0] < least - NOUGHT
    if not bad.any():
        return correlation
    floor = max(least, 1e-3)
    mended = (vector[bad] * np.fmax(value[bad], floor)[:, None, :]) @ vector[bad].swapaxes(1, 2)
    scale = np.sqrt(np.diagonal(mended, axis1=1, axis2=2))
    result = correlation.copy()
    result[bad] = mended / (scale[:, :, None] * scale[:, None, :])
    return result


def _possible(correlation: Floats, least: float) -> bool:
    """Whether all have so much variance in every direction: told by a factor, far sooner than by eigenvalues."""
    try:
        np.linalg.cholesky(correlation - (least - NOUGHT) * np.eye(correlation.shape[-1]))
    except np.linalg.LinAlgError:
        return False
    return True


def percentiles(drawn: Floats, blocks: int, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Percentile limits of bootstrap draws (rows), widened for few blocks (Hesterberg 2015, Amer. Statistician 69)."""
    freedom = max(blocks - 1, 1)
    tail = float(ndtr(-np.sqrt(blocks / freedom) * stdtrit(freedom, 0.5 + confidence / 2)))
    low, high = np.quantile(drawn, (tail, 1 - tail), axis=0)
    return low, high


def _place(block: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each row within its block."""
    order = np.argsort(block, kind="stable")
    counts = np.bincount(block)
    place = np.empty(block.size, np.int64)
    place[order] = np.arange(block.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return place
