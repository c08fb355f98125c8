"""Everyone to one place, places with room for so many, at the greatest total: the exact assignment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def assigned(score: Floats, capacity: Places) -> Places | int:
    """The column of each row so that the total of `score` (rows, columns; NaN: impossible) is the greatest there is.

    No column is taken more often than its `capacity`. Where not every row finds a place: how many at most do. By
    shortest augmenting paths (Jonker & Volgenant 1987, Crouse 2016), each column standing as often as it has room.
    """
    room = np.clip(capacity, 0, score.shape[0])
    column = np.repeat(np.arange(score.shape[1]), room)
    wide = score[:, column]
    possible = ~np.isnan(wide)
    most = int((maximum_bipartite_matching(csr_array(possible), perm_type="column") >= 0).sum()) if wide.size else 0
    if most < score.shape[0]:
        return most
    _, chosen = linear_sum_assignment(np.where(possible, wide, -np.inf), maximize=True)
    return np.asarray(column[chosen], np.int64)
