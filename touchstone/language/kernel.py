"""The one narrow function all heads go through: sums of table rows by group. What is faster may replace it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Table = npt.NDArray[np.float32]


def sums(rows: npt.NDArray[np.int32], ends: npt.NDArray[np.int64], table: Table) -> Table:
    """For each group the sum of its rows of `table`: (groups, columns). Group i owns rows[ends[i-1]:ends[i]].

    Rows are added in their order, so a group's sum never depends on the groups beside it.
    """
    pointers = np.zeros(len(ends) + 1, np.int64)
    pointers[1:] = ends
    if len(rows) == 0 or len(ends) == 0:
        return np.zeros((len(ends), table.shape[1]), np.float32)
    chosen = csr_array((np.ones(len(rows), np.float32), rows, pointers), shape=(len(ends), len(table)))
    answer: Table = chosen @ table
    return answer
