"""The graph of who listens to whom: PageRank and k-core by rustworkx, reach and starters by cascades."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import rustworkx
from numpy.typing import NDArray

from touchstone.science.cascade import reached, starters
from touchstone.science.interval import share_interval

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
_DAMPING, _EXACT, _STEPS = 0.85, 1e-12, 1000
_DRAWN_UP_TO = 50_000  # edges up to which the bootstrap of PageRank is quick


@dataclass(frozen=True)
class Edges:
    """Edges, each pair once: who listens, to whom, how often; both as places in `known`, the persons that have any."""

    listener: Whole
    speaker: Whole
    weight: Floats
    known: Whole

    @property
    def size(self) -> int:
        """How many persons have an edge."""
        return len(self.known)


@dataclass(frozen=True)
class Standing:
    """By place in `known`: PageRank with its limits (NaN where not drawn), k-core, how many they would reach alone.

    `starters` are places too; `reach` is what they reach together, with its limits, told by `sets` draws.
    """

    pagerank: Floats
    low: Floats
    high: Floats
    core: Whole
    spread: Floats
    starters: Whole
    known: Whole
    reach: tuple[float, float, float]
    sets: int

    def place(self, who: int) -> int | None:
        """The place of a person; None where they have no edge."""
        at = int(np.searchsorted(self.known, who))
        return at if at < len(self.known) and self.known[at] == who else None


def merged(listener: Whole, speaker: Whole, weight: Floats, *, directed: bool) -> Edges:
    """Edges with each pair once, their weights added; who listens to themselves is left out."""
    if not directed:
        listener, speaker = np.concatenate([listener, speaker]), np.concatenate([speaker, listener])
        weight = np.concatenate([weight, weight])
    kept = (listener != speaker) & (weight > 0)
    known, ends = np.unique(np.concatenate([listener[kept], speaker[kept]]), return_inverse=True)
    one, other = ends.reshape(2, -1)
    key, back = np.unique(one * len(known) + other, return_inverse=True)
    wide = max(len(known), 1)
    times: Floats = np.bincount(back, weight[kept], minlength=len(key)).astype(np.float64)
    return Edges(key // wide, key % wide, times, known)


def standing(
    edges: Edges, *, chance: float, seeds: int, sets: int, draws: int, seed: int, barred: Collection[int] = ()
) -> Standing:
    """What the graph says of each person; starters are chosen on half of the draws and their reach told by the rest.

    Nobody of `barred` is one with whom to start.
    """
    random = np.random.default_rng(seed)
    rank = pagerank(edges, edges.weight)
    low, high = _limits(edges, rank, draws=draws if len(edges.weight) <= _DRAWN_UP_TO else 0, random=random)
    passing = 1 - (1 - chance) ** edges.weight
    held, apart = (
        reached(edges.speaker, edges.listener, passing, size=edges.size, sets=sets, random=random) for _ in range(2)
    )
    chosen, _ = starters(held, seeds, barred=np.flatnonzero(np.isin(edges.known, list(barred))).tolist())
    share = share_interval(apart.hits(chosen), apart.sets)
    reach = tuple(float(each[0]) * edges.size if apart.sets else 0.0 for each in (share.value, share.low, share.high))
    everyone = np.arange(edges.size)
    spread = (held.spread(everyone) * held.sets + apart.spread(everyone) * apart.sets) / max(held.sets + apart.sets, 1)
    return Standing(
        rank, low, high, cores(edges), spread, chosen, edges.known, (reach[0], reach[1], reach[2]), apart.sets
    )


def pagerank(edges: Edges, weight: Floats) -> Floats:
    """Each person's share of attention where listeners pass theirs on to whom they listen (Brin & Page 1998)."""
    if not edges.size:
        return np.zeros(0)
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(edges.size))
    graph.add_edges_from(list(zip(edges.listener.tolist(), edges.speaker.tolist(), weight.tolist(), strict=True)))
    found = rustworkx.pagerank(
        graph, alpha=_DAMPING, weight_fn=float, tol=_EXACT, max_iter=_STEPS,
    )  # fmt: skip
    return np.array([found[node] for node in range(edges.size)])


def cores(edges: Edges) -> Whole:
    """By person, the largest k of which they are in the k-core: a circle whose members each know k others in it."""
    pairs = np.unique(np.sort(np.column_stack([edges.listener, edges.speaker]), axis=1), axis=0)
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(edges.size))
    graph.add_edges_from_no_data([(one, other) for one, other in pairs.tolist()])
    found: Any = rustworkx.core_number(graph)  # a mapping, whatever its stub says
    return np.array([found[node] for node in range(edges.size)], np.int64)


def _limits(edges: Edges, rank: Floats, *, draws: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """95 % limits of PageRank by drawing the edges anew, each as often as chance has it (Poisson bootstrap)."""
    if not draws or not len(edges.weight):
        return np.full(edges.size, np.nan), np.full(edges.size, np.nan)
    drawn = []
    for _ in range(draws):
        times = random.poisson(1.0, len(edges.weight))
        kept = times > 0
        some = Edges(edges.listener[kept], edges.speaker[kept], edges.weight[kept], edges.known)
        drawn.append(pagerank(some, some.weight * times[kept]))
    low, high = (np.quantile(np.array(drawn), each, axis=0) for each in (0.025, 0.975))
    return np.minimum(low, rank), np.maximum(high, rank)
