"""Correlations of a normal population from rows with empty cells, by expectation and maximisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS = 100  # of expectation and maximisation for the estimate
CLOSE = 1e-8  # when no correlation moves by more, it is found
AGAIN = 8  # rounds for a draw, which starts from the estimate


@dataclass(frozen=True)
class Pattern:
    """The rows that hold the same variables: which these are, and the rows' values of them."""

    held: NDArray[np.int64]
    lacking: NDArray[np.int64]
    rows: Floats


def patterns(values: Floats) -> list[Pattern]:
    """Rows (x variables, NaN is a gap) by which variables they hold; those without any are left out."""
    held = ~np.isnan(values)
    kinds, kind = np.unique(held, axis=0, return_inverse=True)
    ordered = np.argsort(kind.ravel(), kind="stable")
    bounds = np.searchsorted(kind.ravel()[ordered], np.arange(len(kinds) + 1))
    found = []
    for at, each in enumerate(kinds):
        if each.any():
            rows = values[ordered[bounds[at] : bounds[at + 1]]][:, each]
            found.append(Pattern(np.flatnonzero(each), np.flatnonzero(~each), rows))
    return found


def expected(values: Floats, *, draws: int, seed: int) -> Floats:
    """Correlations that make the values likeliest (first), then those of `draws` Bayesian bootstrap samples of rows.

    Gaps may depend on what is held, not on what is missing (missing at random). Every variable must be held by some
    row. Source: Dempster, Laird & Rubin 1977; Little & Rubin 2019, chapter 11. The order of rows does not matter.
    """
    centre, scale = np.nanmean(values, axis=0), np.fmax(np.nanstd(values, axis=0), 1e-12)
    ready = (values - centre) / scale
    found = patterns(ready[np.lexsort(ready.T[::-1])])
    size = values.shape[1]
    mean, covariance = np.zeros((1, size)), np.eye(size)[None]
    once = _sums(found, None)
    for _ in range(ROUNDS):
        mean, moved = _step(found, once, mean, covariance)
        far = float(np.abs(moved - covariance).max())
        covariance = moved
        if far < CLOSE:
            break
    random = np.random.default_rng(seed)
    again = _sums(found, [random.standard_exponential((draws, len(each.rows))) for each in found])
    means, covariances = np.repeat(mean, draws, axis=0), np.repeat(covariance, draws, axis=0)
    for _ in range(AGAIN):
        means, covariances = _step(found, again, means, covariances)
    return _scaled(np.concatenate([covariance, covariances]))


def _sums(found: list[Pattern], weights: list[Floats] | None) -> list[tuple[Floats, Floats, Floats]]:
    """Per pattern the weight of its rows, their sum and their products' sum, each for every draw."""
    summed = []
    for at, each in enumerate(found):
        weight = np.ones((1, len(each.rows))) if weights is None else weights[at]
        width = each.held.size
        products = (each.rows[:, :, None] * each.rows[:, None, :]).reshape(len(each.rows), -1)
        summed.append((weight.sum(axis=1), weight @ each.rows, (weight @ products).reshape(-1, width, width)))
    return summed


def _step(
    found: list[Pattern], summed: list[tuple[Floats, Floats, Floats]], mean: Floats, covariance: Floats
) -> tuple[Floats, Floats]:
    """Mean and covariance that fit best once gaps are filled by what these expect of them, for every draw."""
    draws, size = mean.shape
    weight, first, second = np.zeros(draws), np.zeros((draws, size)), np.zeros((draws, size, size))
    for each, (n, total, product) in zip(found, summed, strict=True):
        held, lacking = each.held, each.lacking
        inner = covariance[:, held[:, None], held] + 1e-10 * np.eye(held.size)
        slope = np.linalg.solve(inner, covariance[:, held[:, None], lacking])  # held x lacking
        fill = np.zeros((draws, held.size, size))
        fill[:, np.arange(held.size), held] = 1.0
        fill[:, :, lacking] = slope
        across = fill.swapaxes(1, 2)
        start = mean - (across @ mean[:, held, None])[:, :, 0]  # what is expected where all that is held is nought
        start[:, held] = 0.0
        seen = (across @ total[:, :, None])[:, :, 0]
        weight += n
        first += seen + n[:, None] * start
        cross = seen[:, :, None] * start[:, None, :]
        second += across @ product @ fill + cross + cross.swapaxes(1, 2)
        second += n[:, None, None] * start[:, :, None] * start[:, None, :]
        rest = covariance[:, lacking[:, None], lacking] - covariance[:, lacking[:, None], held] @ slope
        second[:, lacking[:, None], lacking] += n[:, None, None] * rest
    centre = first / weight[:, None]
    return centre, second / weight[:, None, None] - centre[:, :, None] * centre[:, None, :]


def _scaled(covariance: Floats) -> Floats:
    deviation = np.sqrt(np.fmax(np.diagonal(covariance, axis1=1, axis2=2), 1e-12))
    return np.asarray(covariance / (deviation[:, :, None] * deviation[:, None, :]), float)
