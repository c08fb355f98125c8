"""How unevenly something falls over groups: Pearson's statistic beyond what chance makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Unevenness:
    """`share` is Pearson's statistic less what chance expects, by count; `z` how many deviations it is above chance."""

    share: float
    z: float


def unevenness(counts: ArrayLike, expected: ArrayLike) -> Unevenness:
    """How far `counts` (groups,) are from what was `expected` of each, where both add up to the same.

    `share` is 0 where chance explains it all; with as many groups as are alike, of which one has everything, it is
    nearly their number less one. The variance is that of Pearson's statistic under a multinomial (Haldane 1937,
    Biometrika 29), so that small expectations make no false alarm of it. Both 0 where fewer than two groups are
    expected. ValueError where a count is negative.
    """
    seen, likely = np.asarray(counts, float), np.asarray(expected, float)
    if (seen < 0).any() or (likely < 0).any():
        raise ValueError("a count is never negative")
    held = likely > 0
    groups, size = int(held.sum()), float(seen[held].sum())
    if groups < 2 or size <= 0:
        return Unevenness(0.0, 0.0)
    likely = likely[held] * size / likely[held].sum()
    beyond = float(((seen[held] - likely) ** 2 / likely).sum()) - (groups - 1)
    variance = 2 * (groups - 1) + ((size / likely).sum() - groups**2 - 2 * groups + 2) / size
    return Unevenness(beyond / size, beyond / float(np.sqrt(max(variance, 1e-9))))
