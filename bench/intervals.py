"""How often 95 % intervals hold the truth, and how wide they are: `python -m bench intervals`.

First NPS: exact coverage and mean width over all outcomes, ours beside plain Wald, adjusted Wald and an exact method.
Then survey scores by unit and touchpoint: coverage by number of answers, own intervals and drawn-in ones.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import lgamma

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import beta

from touchstone.science.interval import table_interval
from touchstone.science.shrinkage import pooled_variance, shrink

Floats = NDArray[np.float64]
CELLS = ((0.5, 0.3, 0.2), (0.75, 0.2, 0.05), (0.9, 0.08, 0.02))
SIZES = (5, 10, 20, 50)
BANDS = ((3, 3), (4, 5), (6, 9), (10, 19), (20, 39), (40, 80))


def outcomes(n: int, classes: int) -> NDArray[np.int64]:
    """Every way `n` answers can fall into `classes` classes, one per row."""
    if classes == 1:
        return np.array([[n]])
    parts = [(first, outcomes(n - first, classes - 1)) for first in range(n + 1)]
    return np.vstack([np.hstack([np.full((len(rest), 1), first), rest]) for first, rest in parts])


def chances(table: NDArray[np.int64], shares: tuple[float, ...]) -> Floats:
    """The probability of each outcome when answers fall into the classes with these shares."""
    n = int(table[0].sum())
    logs = np.array([lgamma(each + 1) for each in range(n + 1)])
    return np.asarray(np.exp(logs[n] - logs[table].sum(axis=1) + (table * np.log(shares)).sum(axis=1)), float)


def ours(table: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The score interval."""
    interval = table_interval(table, [1, 0, -1])
    return interval.low, interval.high


def wald(table: NDArray[np.int64], *, added: float = 0.0) -> tuple[Floats, Floats]:
    """Plain Wald; with `added` 3, adjusted Wald (Rocks 2016)."""
    n = table.sum(axis=1) + added
    up, down = (table[:, 0] + added / 4) / n, (table[:, 2] + added / 4) / n
    half = 1.959964 * np.sqrt((up + down - (up - down) ** 2) / n)
    return np.fmax(up - down - half, -1), np.fmin(up - down + half, 1)


def exact(table: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Exact limits of both shares (Clopper and Pearson), each at 97.5 %, taken apart: never below 95 %, and wide."""
    n, tail = table.sum(axis=1), 0.0125
    low, high = [], []
    for column in (0, 2):
        hits = table[:, column]
        low.append(np.where(hits > 0, beta.ppf(tail, np.fmax(hits, 1), n - hits + 1), 0.0))
        high.append(np.where(hits < n, beta.ppf(1 - tail, hits + 1, np.fmax(n - hits, 1)), 1.0))
    return low[0] - high[1], high[0] - low[1]


METHODS = {
    "score (ours)": ours,
    "plain Wald": wald,
    "adjusted Wald": lambda table: wald(table, added=3),
    "exact": exact,
}


def nps_cells() -> list[tuple[tuple[float, ...], int, str, float, float]]:
    """Per cell and method the exact coverage and the mean width, in shares."""
    found: list[tuple[tuple[float, ...], int, str, float, float]] = []
    for shares in CELLS:
        for n in SIZES:
            table = outcomes(n, 3)
            weight, truth = chances(table, shares), shares[0] - shares[2]
            for name, method in METHODS.items():
                low, high = method(table)
                held = (low <= truth + 1e-12) & (truth <= high + 1e-12)
                found.append((shares, n, name, float(weight @ held), float(weight @ (high - low))))
    return found


def survey(seed: int, *, level: float, spread: float, units: int = 120) -> tuple[Floats, Floats, Floats]:
    """One touchpoint: counts of 1-5 per unit, the true mean of each unit, and the number of answers."""
    random = np.random.default_rng(seed)
    cuts = np.array([-1.6, -0.9, -0.2, 0.7])
    quality = level + spread * random.standard_normal(units)
    shares = np.diff(_below(cuts - quality[:, None]), prepend=0.0, append=1.0, axis=1)
    n = np.fmin(3 + random.geometric(0.06, units) - 1, 80)
    counts = np.array([random.multinomial(each, share) for each, share in zip(n, shares, strict=True)], float)
    return counts, shares @ np.arange(1, 6), n.astype(float)


def survey_coverage(runs: int) -> dict[str, dict[str, float]]:
    """Coverage by band of n, averaged over levels, spreads and runs, for own and drawn-in intervals; and widths."""
    scores = np.arange(1.0, 6.0)
    held: dict[str, list[NDArray[np.bool_]]] = {"own": [], "drawn in": []}
    width: dict[str, list[Floats]] = {"own": [], "drawn in": []}
    sizes = []
    for run in range(runs):
        for place, (level, spread) in enumerate(((0.0, 0.4), (0.6, 0.3), (1.2, 0.4), (1.2, 0.15))):
            counts, truth, n = survey(run * 10 + place, level=level, spread=spread)
            own = table_interval(counts, scores)
            variance = pooled_variance(own.value, own.variance, n, worst=1, best=5)
            drawn = shrink(own.value, variance, widest=2)
            for name, low, high in (("own", own.low, own.high), ("drawn in", drawn.low, drawn.high)):
                held[name].append((low <= truth) & (truth <= high))
                width[name].append(high - low)
            sizes.append(n)
    every = np.concatenate(sizes)
    found: dict[str, dict[str, float]] = {}
    for name, parts in held.items():
        inside, wide = np.concatenate(parts), np.concatenate(width[name])
        bands = {f"n {low}-{high}": float(inside[(every >= low) & (every <= high)].mean()) for low, high in BANDS}
        found[name] = {"all": float(inside.mean()), **bands, "mean width": float(wide.mean())}
    return found


def _below(values: Floats) -> Floats:
    return np.asarray(ndtr(values), float)


def bench(runs: int = 50) -> Iterator[str]:
    """Lines: exact coverage and width of NPS intervals; coverage of survey scores; time for thousands of groups."""
    cells = nps_cells()
    yield f"{'promoter/passive/detractor':>28} {'n':>3} " + " ".join(f"{name:>22}" for name in METHODS)
    for shares in CELLS:
        for n in SIZES:
            found = [cell for cell in cells if cell[:2] == (shares, n)]
            line = " ".join(f"{f'{cell[3]:.4f}, width {100 * cell[4]:5.1f}':>22}" for cell in found)
            yield f"{'/'.join(map(str, shares)):>28} {n:>3} {line}"
    for name in METHODS:
        mine = [cell for cell in cells if cell[2] == name]
        lowest, width = min(cell[3] for cell in mine), np.mean([cell[4] for cell in mine])
        yield f"{name}: lowest coverage {lowest:.4f}, mean width {100 * width:.1f} points"
    for name, bands in survey_coverage(runs).items():
        yield f"survey, {name}: " + ", ".join(f"{band} {value:.3f}" for band, value in bands.items())
    table = np.random.default_rng(1).poisson(4, (3000, 5))
    started = time.perf_counter()
    table_interval(table, np.arange(1, 6))
    yield f"3,000 groups x 5 scores: {time.perf_counter() - started:.3f} s"
