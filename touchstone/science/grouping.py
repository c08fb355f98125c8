"""Groups from links that may be wrong, in pairs: what belongs together, and what a person says stands apart."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Whole = NDArray[np.int64]


def grouped(
    count: int,
    pairs: ArrayLike,
    probability: ArrayLike,
    *,
    threshold: float,
    together: ArrayLike = (),
    apart: ArrayLike = (),
) -> Whole:
    """The group of each of `count` members (numbered from 0): the number of its first member.

    Linked are `pairs` with a `probability` of at least `threshold`, and those that must be `together`; whoever a chain
    of links leads to is of the group. No group holds two that must stay `apart`: links are taken strongest first
    (`together` before any probability), and one that would bring two such into a group is left out, so that of each
    chain between them the weakest link is cut (Kruskal's maximum spanning forest with cannot-link constraints; ties by
    the smaller pair). Rows may come in any order, but for `together`: where two contradict what is apart, the later
    holds. Without such contradictions the groups are the connected components.
    """
    strength = np.asarray(probability, np.float64).reshape(-1)
    certain, kept = _pairs(together), strength >= threshold
    links = np.concatenate([_pairs(pairs)[kept], certain])
    strength = np.concatenate([strength[kept], 2.0 + np.arange(len(certain))])
    whole = _components(count, links)
    parted = _pairs(apart)
    parted = parted[(whole[parted[:, 0]] == whole[parted[:, 1]]) & (parted[:, 0] != parted[:, 1])]
    if not len(parted):
        return whole
    torn = np.isin(whole, whole[parted[:, 0]])  # all other groups hold nobody that must stay apart
    inside = torn[links[:, 0]]
    order = np.lexsort((links[inside, 1], links[inside, 0], -strength[inside]))
    forest = _Forest(parted)
    for left, right in links[inside][order].tolist():
        forest.join(left, right)
    members = np.flatnonzero(torn)
    of = np.array([forest.group(each) for each in members.tolist()])
    _, first, which = np.unique(of, return_index=True, return_inverse=True)
    whole[members] = members[first][which]
    return whole


class _Forest:
    """Groups that grow link by link, and never past two that must stay apart."""

    def __init__(self, apart: Whole) -> None:
        self._members: dict[int, list[int]] = {}
        self._group: dict[int, int] = {}
        self._foes: dict[int, set[int]] = defaultdict(set)  # of a group: members of others it must not meet
        for left, right in apart.tolist():
            self._foes[left].add(right)
            self._foes[right].add(left)

    def group(self, member: int) -> int:
        """The group that `member` is in, by the number of one of its members."""
        return self._group.get(member, member)

    def join(self, left: int, right: int) -> None:
        """Makes one group of two, unless some of theirs must stay apart."""
        large, small = self.group(left), self.group(right)
        if large == small:
            return
        if len(self._of(large)) < len(self._of(small)):
            large, small = small, large
        if not self._foes[large].isdisjoint(moving := self._of(small)):
            return
        self._of(large).extend(moving)
        self._foes[large] |= self._foes.pop(small, set())
        self._group |= dict.fromkeys(moving, large)

    def _of(self, group: int) -> list[int]:
        return self._members.setdefault(group, [group])


def _pairs(rows: ArrayLike) -> Whole:
    """Rows of two numbers each, the smaller first."""
    return np.sort(np.asarray(rows, np.int64).reshape(-1, 2), axis=1)


def _components(count: int, links: Whole) -> Whole:
    """The number of the first member of each one's connected component."""
    ones = np.ones(len(links), np.int8)
    found, label = connected_components(coo_array((ones, (links[:, 0], links[:, 1])), shape=(count, count)), False)
    first = np.full(found, count, np.int64)
    np.minimum.at(first, label, np.arange(count))
    groups: Whole = first[label]
    return groups
