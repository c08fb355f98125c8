"""An index of several shares that the same people speak to: mean of the parts, with what they share in its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchstone.science.interval import share_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Index:
    """Per group (rows) the index in the first column and each part after it, with limits and the people behind."""

    value: Floats
    low: Floats
    high: Floats
    n: Floats


def index(
    totals: Floats, products: Floats, people: Floats, *, turned: Sequence[bool], fewest: int = 10, parts: int = 3
) -> Index:
    """The mean of `parts` shares or more, equal weights, of each group; people are the clusters.

    A person says `a` of part k, 0 to 1 each time, over `b` times; part k is the ratio of the sums. `totals` (groups,
    2k) holds the sums of a and then of b, `products` (groups, 2k, 2k) the sums over people of their products, `people`
    (groups, k) how many speak to a part. `turned` parts count as 1 less their share. A part needs `fewest` people.
    Ratios have linearised variances (Cochran 1977, 6.3), parts Wilson limits at the sample size that such a variance is
    worth, the index the limits of Zou & Donner 2008 with the parts' correlations. NaN where there is no estimate.
    """
    size = people.shape[1]
    said, heard = totals[:, :size], totals[:, size:]
    known = people >= fewest
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(known, np.clip(said / heard, 0.0, 1.0), np.nan)
    covariance = _covariance(share, heard, products) * _few(people)
    worth = _worth(share, people, covariance)
    limits = share_interval(np.nan_to_num(share) * worth, worth)
    low, high = (
        np.where(known, each.reshape(share.shape), np.nan) for each in (limits.low.ravel(), limits.high.ravel())
    )
    sign = np.where(np.asarray(turned), -1.0, 1.0)
    down, up = np.where(sign > 0, share - low, high - share), np.where(sign > 0, high - share, share - low)
    number = known.sum(axis=1)
    enough = number >= parts
    correlation = _correlation(covariance) * sign[:, None] * sign[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, np.where(sign > 0, share, 1 - share), 0.0).sum(axis=1) / number
        reach = [_reach(np.where(known, each, 0.0), correlation) / number for each in (down, up)]
    ends = [
        np.where(enough, each, np.nan) for each in (mean, np.fmax(mean - reach[0], 0.0), np.fmin(mean + reach[1], 1.0))
    ]
    value, low, high = (np.column_stack([end, part]) for end, part in zip(ends, (share, low, high), strict=True))
    every = np.where(known, people, 0.0).max(axis=1) if size else number
    return Index(value.round(12), low.round(12), high.round(12), np.column_stack([every, people]))


def _covariance(share: Floats, heard: Floats, products: Floats) -> Floats:
    """Covariance of the ratios: of the sums of a - share · b over people, divided by the sums of b."""
    size = share.shape[1]
    own = np.nan_to_num(share)
    aa, ab, bb = products[:, :size, :size], products[:, :size, size:], products[:, size:, size:]
    left, right = own[:, :, None], own[:, None, :]
    both = aa - ab * right - np.swapaxes(ab, 1, 2) * left + bb * left * right
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.nan_to_num(both / (heard[:, :, None] * heard[:, None, :]), posinf=0.0, neginf=0.0)
    return found


def _few(people: Floats) -> Floats:
    """The correction n / (n - 1) of a variance that few people tell, for each pair of parts."""
    fewer = np.fmin(people[:, :, None], people[:, None, :])
    return np.asarray(np.where(fewer > 1, fewer / np.fmax(fewer - 1, 1.0), 1.0), float)


def _worth(share: Floats, people: Floats, covariance: Floats) -> Floats:
    """How many independent answers the variance of each part is worth; at least one."""
    variance = np.einsum("gkk->gk", covariance)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(variance > 0, share * (1 - share) / variance, people)
    certain = (variance <= 1e-15) | ~np.isfinite(worth)
    return np.where(certain, np.fmax(people, 1.0), np.fmax(worth, 1.0))


def _correlation(covariance: Floats) -> Floats:
    deviation = np.sqrt(np.fmax(np.einsum("gkk->gk", covariance), 0.0))  # sums of floats may end a hair below 0
    scale = deviation[:, :, None] * deviation[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(scale > 0, covariance / scale, 0.0)
    place = np.arange(covariance.shape[1])
    found[:, place, place] = 1.0
    return np.clip(found, -1.0, 1.0)


def _reach(distance: Floats, correlation: Floats) -> Floats:
    """How far the sum reaches to one side, its parts' distances joined by their correlations."""
    found: Floats = np.sqrt(np.fmax(np.einsum("gk,gl,gkl->g", distance, distance, correlation), 0.0))
    return found
