"""Word of mouth on networks that others have counted: PageRank, k-core, starters; a million edges.

`python -m bench word_of_mouth`. Each figure stands beside a reference of a few plain lines: power iteration, peeling,
and greedy choice that looks at everyone in every round. `--quick` leaves out the million edges.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import numpy as np
import rustworkx
from numpy.typing import NDArray

from touchstone.connect._word_graph import Edges, cores, merged, pagerank, standing
from touchstone.science import cascade

DATA = Path("../shared/data/trust_networks")
NETWORKS = {
    "email-Eu-core": f"select source, target, 1.0 from '{DATA}/email_eu_core.parquet'",
    "Bitcoin OTC, trust": f"select source, target, rating from '{DATA}/bitcoin_otc.parquet' where rating > 0",
    "Epinions, part": f"select #1, #2, 1.0 from '{DATA}/epinions_partial.parquet'",
}
SEEDS, SETS = (10, 50, 100), 4_000
CHANCES, DAMPING = (0.1, 0.01), 0.85
MILLION, PERSONS = 1_000_000, 200_000
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def bench(*, quick: bool = False) -> Iterator[str]:
    """A line for each network, then starters against greedy choice, then what a million edges take."""
    club = rustworkx.generators.karate_club_graph()
    one, other = np.array(club.edge_list(), np.int64).T
    yield from _told("karate club", merged(one, other, np.ones(len(one)), directed=False))
    if not DATA.is_dir():
        yield f"networks left out: {DATA} is not here"
    else:
        for name, sql in NETWORKS.items():
            edges = merged(*_read(sql), directed=True)
            yield from _told(name, edges)
            yield from _chosen(name, edges)
    if not quick:
        yield from _million()


def _read(sql: str) -> tuple[Whole, Whole, Floats]:
    one, other, weight = (each.to_numpy() for each in duckdb.sql(sql).to_arrow_table().columns)
    return one.astype(np.int64), other.astype(np.int64), weight.astype(float)


def _told(name: str, edges: Edges) -> Iterator[str]:
    began = time.process_time()
    rank, core = pagerank(edges, edges.weight), cores(edges)
    spent = time.process_time() - began
    apart = np.abs(rank - _power(edges)).max()
    same = bool((core == _peeled(edges)).all())
    pairs = len(np.unique(np.sort(np.column_stack([edges.listener, edges.speaker]), axis=1), axis=0))
    yield (
        f"{name}: {edges.size:,} persons, {len(edges.weight):,} directed edges, {pairs:,} pairs; "
        f"k-max {core.max()} held by {(core == core.max()).sum()}, as peeled {same}; "
        f"PageRank within {apart:.1e} of power iteration; {spent:.2f} CPU s"
    )


def _power(edges: Edges) -> Floats:
    """PageRank step by step until it stands still."""
    size, out = edges.size, np.bincount(edges.listener, edges.weight, minlength=edges.size)
    rank = np.full(size, 1 / size)
    for _ in range(1_000):
        passed = rank[edges.listener] * edges.weight / out[edges.listener]
        lost = rank[out == 0].sum()
        fresh = (1 - DAMPING) / size + DAMPING * (np.bincount(edges.speaker, passed, minlength=size) + lost / size)
        if np.abs(fresh - rank).sum() < 1e-13:
            break
        rank = fresh
    return np.asarray(rank, float)


def _peeled(edges: Edges) -> Whole:
    """k-cores by taking away, for each k, whoever has fewer than k left."""
    near = defaultdict[int, set[int]](set)
    for one, other in zip(edges.listener.tolist(), edges.speaker.tolist(), strict=True):
        near[one].add(other)
        near[other].add(one)
    core, degree, k = np.zeros(edges.size, np.int64), Counter({who: len(some) for who, some in near.items()}), 0
    left = set(degree)
    while left:
        waiting = [who for who in left if degree[who] <= k]
        while waiting:
            if (who := waiting.pop()) in left:
                left.discard(who)
                core[who] = k
                for each in near[who] & left:
                    degree[each] -= 1
                    waiting += [each] if degree[each] <= k else []
        k += 1
    return core


def _chosen(name: str, edges: Edges) -> Iterator[str]:
    """CELF against greedy choice on the same draws, and what either reaches on others.

    Both look at everyone once, before the first choice; what differs is how many gains are reckoned again for the rest.
    """
    for chance in CHANCES:
        random = np.random.default_rng(1)
        passing = 1 - (1 - chance) ** edges.weight
        held, apart = (
            cascade.reached(edges.speaker, edges.listener, passing, size=edges.size, sets=SETS, random=random)
            for _ in range(2)
        )
        for seeds in SEEDS:
            looked = mock.Mock(side_effect=cascade.heappush)
            with mock.patch.object(cascade, "heappush", looked):
                lazy, _ = cascade.starters(held, seeds)
            greedy = _greedy(held, seeds)
            reach = [apart.hits(each) / apart.sets * edges.size for each in (lazy, greedy)]
            again, all_again = looked.call_count, edges.size * (len(greedy) - 1)
            yield (
                f"{name}, chance {chance}, {seeds} starters: {again:,} gains reckoned again, by greedy choice "
                f"{all_again:,}: 1/{all_again / max(again, 1):,.0f} (with the first look at everyone "
                f"1/{(all_again + edges.size) / (again + edges.size):,.0f}); "
                f"same persons {set(lazy.tolist()) == set(greedy.tolist())}, reach {reach[0]:,.0f} and {reach[1]:,.0f}"
            )


def _greedy(held: cascade.Reached, count: int) -> Whole:
    """The nodes in most draws not yet held, one after the other; everyone is looked at each time."""
    chosen, covered = [], np.zeros(held.sets, bool)
    for _ in range(count):
        gains = np.bincount(held.node[~covered[held.owner]], minlength=held.size)
        if not gains.max(initial=0):
            break
        chosen.append(int(gains.argmax()))
        covered[held.owner[held.node == chosen[-1]]] = True
    return np.array(chosen, np.int64)


def _million() -> Iterator[str]:
    random = np.random.default_rng(7)
    some: Any = (PERSONS * random.random((2, MILLION)) ** 2).astype(np.int64)  # a few are spoken to by many
    edges = merged(some[0], some[1], np.ones(MILLION), directed=True)
    yield from _told(f"{MILLION:,} contacts", edges)
    began = time.process_time()
    stood = standing(edges, chance=CHANCES[0], seeds=10, sets=SETS, draws=0, seed=1)
    yield (
        f"all of it ({stood.sets:,} draws twice, 10 starters): {time.process_time() - began:.1f} CPU s; "
        f"together they reach {stood.reach[0]:,.0f} of {edges.size:,} [{stood.reach[1]:,.0f}, {stood.reach[2]:,.0f}]"
    )


if __name__ == "__main__":
    for line in bench():
        print(line, flush=True)
