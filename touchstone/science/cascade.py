"""Influence as independent cascades: how far words that start with someone would spread, and with whom to start.

Who is reached is told from reverse reachable sets (Borgs et al. 2014): persons drawn at random, each with all who would
have reached them in one draw of who passes words on to whom (Kempe, Kleinberg & Tardos 2003). Starters are chosen
greedily and lazily (CELF: Leskovec et al. 2007), which comes within 1 - 1/e of the best choice on these sets.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
_AT_ONCE = 50_000_000  # cells of who was seen in which set
_MOST = 20_000_000  # members of all sets together: beyond it no further sets are drawn


@dataclass(frozen=True)
class Reached:
    """`sets` draws; `owner` and `node` pair each draw with one who would reach the person drawn. Of `size` persons."""

    owner: Whole
    node: Whole
    sets: int
    size: int

    def spread(self, nodes: Whole) -> Floats:
        """How many persons each node alone would reach, itself among them, on average."""
        members: Floats = np.bincount(self.node, minlength=self.size)[nodes].astype(np.float64)
        return members * (self.size / max(self.sets, 1))

    def hits(self, nodes: Whole) -> int:
        """In how many draws one or more of `nodes` would reach the person drawn."""
        return len(np.unique(self.owner[np.isin(self.node, nodes)]))


def reached(
    source: Whole, target: Whole, chance: Floats, *, size: int, sets: int, random: np.random.Generator
) -> Reached:
    """Up to `sets` reverse reachable sets of edges that pass words from `source` to `target`, each with its chance."""
    order = np.argsort(target, kind="stable")
    source, chance = source[order], chance[order]
    start = np.searchsorted(target[order], np.arange(size + 1))
    batch = max(1, min(sets, _AT_ONCE // max(size, 1)))
    owners, nodes, done, held = [], [], 0, 0
    while done < sets and held < _MOST and size:
        count = min(batch, sets - done)
        members = _grown(source, start, chance, random.integers(size, size=count), random)
        owners.append(members // size + done)
        nodes.append(members % size)
        done, held = done + count, held + len(members)
    empty = [np.zeros(0, np.int64)]
    return Reached(np.concatenate(owners or empty), np.concatenate(nodes or empty), done, size)


def _grown(source: Whole, start: Whole, chance: Floats, roots: Whole, random: np.random.Generator) -> Whole:
    """All members of the sets of `roots`, as set * size + node; every edge into a member is drawn once."""
    size = len(start) - 1
    seen = np.zeros(len(roots) * size, bool)
    fresh = np.arange(len(roots)) * size + roots
    found = []
    while len(fresh):
        seen[fresh] = True
        found.append(fresh)
        node = fresh % size
        count = start[node + 1] - start[node]
        edge = np.repeat(start[node] - np.cumsum(count) + count, count) + np.arange(count.sum())
        live = random.random(len(edge)) < chance[edge]
        come = np.repeat(fresh - node, count)[live] + source[edge[live]]
        fresh = np.unique(come[~seen[come]])
    return np.concatenate(found)


def starters(held: Reached, count: int, *, barred: Collection[int] = ()) -> tuple[Whole, Whole]:
    """The `count` nodes that together are in most sets, greedily, and how many sets each adds; ties by number.

    None of the `barred` ones is chosen.
    """
    order = np.argsort(held.node, kind="stable")
    owner = held.owner[order]
    start = np.searchsorted(held.node[order], np.arange(held.size + 1))
    alone = np.diff(start)
    out = frozenset(barred)
    waiting = [(-int(alone[node]), int(node), 0) for node in np.flatnonzero(alone) if int(node) not in out]
    heapify(waiting)
    covered = np.zeros(held.sets, bool)
    chosen: list[int] = []
    gains: list[int] = []
    while waiting and len(chosen) < count:
        gain, node, known = heappop(waiting)
        mine = owner[start[node] : start[node + 1]]
        if known < len(chosen):  # a gain can only have shrunk since it was reckoned
            heappush(waiting, (-int((~covered[mine]).sum()), node, len(chosen)))
        elif gain == 0:
            break
        else:
            covered[mine] = True
            chosen.append(node)
            gains.append(-gain)
    return np.array(chosen, np.int64), np.array(gains, np.int64)
