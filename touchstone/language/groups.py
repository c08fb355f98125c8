"""Groups of clauses, and sums over them: what a mention or a text rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class Groups:
    """Group i owns `clauses[ends[i-1]:ends[i]]`, `among` so many clauses in all; `groups @ values` sums by group."""

    clauses: npt.NDArray[np.intp]
    ends: npt.NDArray[np.int64]
    among: int

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """How many clauses each group has."""
        return np.diff(self.ends, prepend=0)

    @cached_property
    def single(self) -> bool:
        """Whether every group has one clause."""
        return len(self.clauses) == len(self.ends) and bool((self.sizes == 1).all())

    def __matmul__(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        held = values[self.clauses].astype(np.float64)
        if self.single:
            return held
        size = self.sizes
        answer = np.zeros((len(size), *values.shape[1:]))
        some = np.flatnonzero(size)
        if len(some):
            answer[some] = np.add.reduceat(held, (self.ends - size)[some], axis=0)
        return answer

    def chosen(self, which: npt.NDArray[np.intp]) -> Groups:
        """Some of the groups, in the order given."""
        size = self.sizes[which]
        ends = np.cumsum(size)
        inside = np.arange(int(size.sum())) - np.repeat(ends - size, size)
        return Groups(self.clauses[np.repeat((self.ends - self.sizes)[which], size) + inside], ends, self.among)

    def matrix(self) -> csr_array:
        """The same as a sparse matrix of ones, (groups, clauses)."""
        from scipy.sparse import csr_array  # dear to import, and for teaching only

        ones = np.ones(len(self.clauses))
        return csr_array((ones, self.clauses, np.append(0, self.ends)), shape=(len(self.ends), self.among))


def folded(
    values: npt.NDArray[Any], first: npt.NDArray[np.integer], fold: np.ufunc = np.add, *, most: int = 32
) -> npt.NDArray[Any]:
    """What each group of columns folds to; group i begins at column `first[i]`, 0 the first, and ends before the next.

    Values are folded one after the other (`reduceat` would add up long groups in another order, and is several times
    slower where groups are short), so a group's answer never depends on the groups beside it.
    """
    size = np.diff(first, append=values.shape[-1])
    answer: npt.NDArray[Any] = values.take(first, axis=-1)
    longer = np.flatnonzero(size > 1)
    for place in range(1, min(most, int(size.max(initial=0)))):
        longer = longer[size[longer] > place]
        answer[..., longer] = fold(answer.take(longer, axis=-1), values.take(first[longer] + place, axis=-1))
    for group in np.flatnonzero(size > most).tolist():
        begin = int(first[group])
        answer[..., group] = fold.accumulate(values[..., begin : begin + int(size[group])], axis=-1)[..., -1]
    return answer


def each(clauses: npt.NDArray[np.intp], among: int) -> Groups:
    """A group for each clause."""
    return Groups(clauses, np.arange(1, len(clauses) + 1), among)


def by_text(clause_text: npt.NDArray[np.integer], texts: int) -> Groups:
    """All clauses of each text."""
    count = len(clause_text)
    return Groups(np.arange(count), np.searchsorted(clause_text, np.arange(texts), side="right"), count)
