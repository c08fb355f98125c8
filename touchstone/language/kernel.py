"""The one narrow function all heads go through: sums of table rows by group. What is faster may replace it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.int8]
Sums = npt.NDArray[np.int32]
_AT_MOST = 256  # rows whose sum of int8 always fits int16
_AT_ONCE = 4096  # groups whose sums stay near the processor


def sums(rows: npt.NDArray[np.int32], ends: npt.NDArray[np.int64], table: Table) -> Sums:
    """For each group the exact sum of its rows of `table`: (groups, columns). Group i owns rows[ends[i-1]:ends[i]]."""
    size = np.diff(ends, prepend=0)
    if len(size) and int(size.max()) > _AT_MOST:
        return _long_sums(rows, size, table)
    answer = np.empty((len(ends), table.shape[1]), np.int32)
    order = np.argsort(-size, kind="stable")
    for begin in range(0, len(order), _AT_ONCE):
        chosen = order[begin : begin + _AT_ONCE]
        first = (ends - size)[chosen]
        totals = np.zeros((len(chosen), table.shape[1]), np.int16)
        longer = len(chosen) - np.cumsum(np.bincount(size[chosen]))  # the groups with more than so many rows
        for place, count in enumerate(longer[:-1].tolist()):
            totals[:count] += table[rows[first[:count] + place]]
        answer[chosen] = totals
    return answer


def _long_sums(rows: npt.NDArray[np.int32], size: npt.NDArray[np.int64], table: Table) -> Sums:
    """Groups of any length: sums of parts, added up."""
    parts = np.maximum(1, -(-size // _AT_MOST))
    last = np.cumsum(parts)
    steps = np.full(int(last[-1]), _AT_MOST, np.int64)
    steps[last - 1] = size - (parts - 1) * _AT_MOST
    found = sums(rows, np.cumsum(steps), table)
    answer: Sums = np.add.reduceat(found, last - parts, axis=0)
    return answer
