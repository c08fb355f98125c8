"""Best ratings that come thicker than a series' own past and future explain, by the Poisson law."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

_WINDOWS = (1, 7, 28)  # days
_SPARE = 0.5  # added to what is expected, so that three in a quiet series are no burst


def excess(series: Places, day: Places, best: npt.NDArray[np.bool_], *, alpha: float) -> Numbers:
    """By rating, the share of its window's best ratings that are above what its series usually has; 0 without a burst.

    `series` is -1 where there is none. A window is a burst where so many best ratings, were they Poisson about the
    series' usual number, have a chance below `alpha` over all windows looked at (Bonferroni).
    """
    answer = np.zeros(len(day))
    known = np.flatnonzero((series >= 0) & best)
    if not len(known):
        return answer
    start = day[known].min()
    for width in _WINDOWS:  # what a day explains does not make its week suspicious
        left = known[answer[known] == 0]
        if len(left):
            answer[left] = _above(series[left], (day[left] - start) // width, alpha / len(_WINDOWS))
    return answer


def _above(series: Places, window: Places, alpha: float) -> Numbers:
    """By rating, the share of its window that is more than usual, where that is no chance."""
    wide = int(window.max()) + 1
    cell, back, count = np.unique(series * wide + window, return_inverse=True, return_counts=True)
    names, owner = np.unique(cell // wide, return_inverse=True)
    usual = _usual(owner, count, len(names), wide) + _SPARE
    chance = gammainc(count, usual[owner])  # of this many or more
    tests = len(names) * wide
    share = np.where(chance < alpha / tests, 1 - usual[owner] / count, 0.0)
    return np.asarray(share[back], np.float64)


def _usual(owner: Places, count: Places, names: int, wide: int) -> Numbers:
    """The mean of each series' windows without its fullest fifth, empty windows counted: robust against the bursts."""
    order = np.lexsort((count, owner))
    held, ends = count[order], np.cumsum(np.bincount(owner, minlength=names))
    begins = ends - np.bincount(owner, minlength=names)
    total = np.concatenate([[0], np.cumsum(held)])
    cut = wide // 5
    kept = np.maximum(ends - cut, begins)
    answer: Numbers = (total[kept] - total[begins]) / max(1, wide - cut)
    return answer
