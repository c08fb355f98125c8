"""Who is one, from pairs that may be wrong: groups whose members belong together on average, not by one weak chain."""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Whole = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

UNSEEN = -0.5  # bits of a pair that was never compared: slightly against, for it shares none of the blocks
_MOST = 16.0  # bits that one pair counts at most, either way
_TURNS = 300
_USUAL, _PRIOR = 0.001, 1000  # the share of matches where nothing is known yet, and how many pairs that weighs


def probabilities(weights: Numbers, *, pairs_in_all: float) -> Numbers:
    """How likely each pair is one person: the share of matches among all pairs is what makes the sum come out.

    `weights` in bits, without prior. The fixed point of EM in the prior alone.
    """
    share = _USUAL
    found = np.zeros(len(weights))
    for _ in range(_TURNS):
        before = share
        found = likely(weights, share=share)
        share = (float(found.sum()) + _USUAL * _PRIOR) / (pairs_in_all + _PRIOR)
        if abs(share - before) <= 1e-9 * before:
            break
    return found


def likely(weights: Numbers, *, share: float) -> Numbers:
    """How likely pairs of these weights (bits) are one person, where `share` of all pairs are."""
    found: Numbers = 1 / (1 + np.exp2(-np.clip(weights + np.log2(share / (1 - share)), -500, 500)))
    return found


def groups(count: int, left: Whole, right: Whole, probability: Numbers) -> Whole:
    """The group of each of `count` members, by its first member: average linkage of log-odds, strongest first.

    Two groups become one while the mean of the log-odds of all pairs between them is above 0, pairs never compared
    counting `UNSEEN`. Rows in any order; ties go to the smaller members.
    """
    return _linked(count, left, right, _bits(probability))[0]


def seen_whole(count: int, left: Whole, right: Whole, probability: Numbers) -> tuple[Whole, Numbers]:
    """The group of each member, and the probability of each pair in the light of all.

    Two groups are no likelier one than their pairs on average. Two of a group are as likely as the middle (of log-odds)
    of what speaks for the pair, half of the group's mean at least, for its pairs err together, and of how strongly the
    two sides that they came from were joined.
    """
    bits = _bits(probability)
    group, forest = _linked(count, left, right, bits)
    size = np.bincount(group, minlength=count)
    one, other = np.minimum(group[left], group[right]), np.maximum(group[left], group[right])
    _, which = np.unique(one * count + other, return_inverse=True)
    seen = np.bincount(which)[which]
    met = np.where(one == other, size[one] * (size[one] - 1) // 2, size[one] * size[other])
    mean = (np.bincount(which, bits)[which] + UNSEEN * (met - seen)) / np.maximum(met, 1)
    told = np.where(one == other, probability, np.minimum(probability, 1 / (1 + np.exp2(-mean))))
    several = np.flatnonzero((one == other) & (size[one] > 2))
    joined = [forest.height(*each) for each in zip(left[several].tolist(), right[several].tolist(), strict=True)]
    middle = (np.maximum(bits, mean / 2)[several] + np.array(joined, float)) / 2
    told[several] = 1 / (1 + np.exp2(-middle))
    return group, told


def _linked(count: int, left: Whole, right: Whole, bits: Numbers) -> tuple[Whole, _Linkage]:
    """The group of each member, and how those of more than two came to be."""
    for_it = bits > 0
    label = components(count, left[for_it], right[for_it])
    size = np.bincount(label, minlength=count)
    inside = (label[left] == label[right]) & (size[label[left]] > 2)
    order = np.lexsort((right[inside], left[inside]))
    forest = _Linkage(left[inside][order].tolist(), right[inside][order].tolist(), np.round(bits[inside][order], 6))
    members = np.flatnonzero(size[label] > 2)
    label[members] = [forest.group(each) for each in members.tolist()]
    return label, forest


class _Linkage:
    """Groups that join while their mean stays above 0, kept with the sum and number of the pairs between them."""

    def __init__(self, left: list[int], right: list[int], bits: Numbers) -> None:
        self._near: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)
        self._size: dict[int, int] = defaultdict(lambda: 1)
        self._joined: dict[int, tuple[int, int, float]] = {}  # whom to, when, and how strongly
        self._version: dict[int, int] = defaultdict(int)
        self._heap: list[tuple[float, int, int, int, int]] = []
        for one, other, each in zip(left, right, bits.tolist(), strict=True):
            self._near[one][other] = self._near[other][one] = (each, 1)
        for one, other in zip(left, right, strict=True):
            self._offer(one, other)
        while self._heap:
            against, one, other, *versions = heapq.heappop(self._heap)
            if [self._version[one], self._version[other]] == versions:
                self._join(one, other, -against)

    def group(self, member: int) -> int:
        """The first member of the group that `member` is in."""
        while member in self._joined:
            member = self._joined[member][0]
        return member

    def height(self, one: int, other: int) -> float:
        """The mean log-odds between the two sides at which two members of a group came together."""
        last, never = _MOST, len(self._joined)
        while one != other:
            mine, theirs = (self._joined.get(each, (each, never, 0.0)) for each in (one, other))
            if mine[1] < theirs[1]:
                one, _, last = mine
            else:
                other, _, last = theirs
        return last

    def _offer(self, one: int, other: int) -> None:
        total, seen = self._near[one][other]
        met = self._size[one] * self._size[other]
        mean = (total + UNSEEN * (met - seen)) / met
        if mean > 0:
            heapq.heappush(self._heap, (-mean, one, other, self._version[one], self._version[other]))

    def _join(self, one: int, other: int, mean: float) -> None:
        kept, gone = min(one, other), max(one, other)
        self._joined[gone] = (kept, len(self._joined), mean)
        self._version[kept] += 1
        self._version[gone] = -1
        mine, theirs = self._near[kept], self._near.pop(gone)
        mine.pop(gone), theirs.pop(kept)
        for each, (total, seen) in theirs.items():
            before = mine.get(each, (0.0, 0))
            mine[each] = self._near[each][kept] = (before[0] + total, before[1] + seen)
            self._near[each].pop(gone)
        self._size[kept] += self._size[gone]
        for each in mine:
            self._offer(min(kept, each), max(kept, each))


def components(count: int, left: Whole, right: Whole) -> Whole:
    """The number of the first member of each one's connected component."""
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    found, label = connected_components(graph, directed=False)
    first = np.full(found, count, np.int64)
    np.minimum.at(first, label, np.arange(count))
    of: Whole = first[label]
    return of


def _bits(probability: Numbers) -> Numbers:
    certain = np.clip(probability, 1e-12, 1 - 1e-12)
    bits: Numbers = np.clip(np.log2(certain / (1 - certain)), -_MOST, _MOST)
    return bits
