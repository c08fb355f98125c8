"""Recommendations on MovieLens beside Jaccard and popularity, ratings beside biases, reasons taken away; speed at size.

Split: 25 % of all ratings at random held apart, and five random folds. Settings were not chosen on these folds alone:
they are those of the papers, rounded, and hold for samples of 30 persons, too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet
from scipy.sparse import csr_array

from touchstone.core.fields import typed
from touchstone.decide._chosen import choices
from touchstone.decide.recommend import FIELDS, decide
from touchstone.home.rows import plain
from touchstone.science.items import NONE, items
from touchstone.store.scratch import scratch

SEEDS, FOLDS, TAKEN = 3, 5, 16
DISCOUNT = 1 / np.log2(np.arange(2, 12))
Answer = dict[tuple[str, str], float]


def bench(*, quick: bool = False) -> Iterator[str]:
    """nDCG of the first ten, RMSE, how reasons fall, and seconds at size."""
    folder = Path(os.environ.get("TOUCHSTONE_TEST_DATA", "../shared/data")) / "movielens"
    if folder.is_dir():
        table = parquet.read_table(folder / "ratings.parquet")
        when = pc.cast(pc.multiply(table["timestamp"], 1_000_000), pa.timestamp("us", "UTC"))
        names = {"person": table["userId"].cast(pa.string()), "product": table["movieId"].cast(pa.string())}
        rated = pa.table({**names, "value": table["rating"], "occurred_at": when})
        yield from _ranked(rated, 1 if quick else SEEDS)
        yield from _expected(rated, 1 if quick else FOLDS)
        yield from _taken(rated)
    else:
        yield f"no {folder}: MovieLens is left out"
    yield from _large(100_000 if quick else 1_000_000)


def told(table: pa.Table, **settings: Any) -> list[dict[str, Any]]:
    """What is decided on a file."""
    return plain(decide(scratch([], given=typed(table, FIELDS)), **settings))


def _ranked(rated: pa.Table, seeds: int) -> Iterator[str]:
    found: dict[str, list[float]] = {}
    for seed in range(seeds):
        apart = np.random.default_rng(seed).random(len(rated)) < 0.25
        known, hidden = choices(rated.filter(pa.array(~apart))), rated.filter(pa.array(apart))
        truth: dict[str, set[str]] = {}
        for row in hidden.select(["person", "product"]).to_pylist():
            truth.setdefault(row["person"], set()).add(row["product"])
        ours: dict[str, list[str]] = {}
        for row in told(rated.filter(pa.array(~apart)), best=5, worst=0.5):
            ours.setdefault(row["person"], []).append(row["product"])
        chosen = known.matrix(best=0, worst=0)
        count = np.asarray(chosen.sum(axis=0)).ravel()
        both = (chosen.T @ chosen).toarray()
        jaccard = both / np.fmax(count[:, None] + count - both, 1)
        np.fill_diagonal(jaccard, 0.0)
        for name, score in (("Jaccard", chosen @ jaccard), ("popularity", np.tile(count, (len(known.persons), 1)))):
            best = np.argsort(np.where(chosen.toarray() > 0, np.inf, -score), axis=1, kind="stable")[:, :10]
            first = {person: [known.products[at] for at in best[place]] for place, person in enumerate(known.persons)}
            found.setdefault(name, []).append(_ndcg(first, truth))
        found.setdefault("recommend", []).append(_ndcg(ours, truth))
    means = {name: float(np.mean(each)) for name, each in found.items()}
    lift = means["recommend"] / means["Jaccard"] - 1
    said = ", ".join(f"{name} {value:.3f}" for name, value in means.items())
    yield f"nDCG of the first ten, 25 % apart at random, {seeds} seeds: {said}; {lift:+.0%} to Jaccard (goal +25 %)"


def _ndcg(first: dict[str, list[str]], truth: dict[str, set[str]]) -> float:
    gains = [
        sum(DISCOUNT[at] for at, name in enumerate(first.get(person, ())) if name in wanted)
        / DISCOUNT[: len(wanted)].sum()
        for person, wanted in truth.items()
    ]
    return float(np.mean(gains))


def _expected(rated: pa.Table, folds: int) -> Iterator[str]:
    fold = np.random.default_rng(0).integers(0, FOLDS, len(rated))
    errors, plainly, held = [], [], []
    for apart in range(folds):
        asked = pa.array(fold == apart)
        value = pc.if_else(asked, pa.scalar(None, pa.float64()), rated["value"])
        truth: Answer = {(row["person"], row["product"]): row["value"] for row in rated.filter(asked).to_pylist()}
        for row in told(rated.set_column(2, "value", value), best=5, worst=0.5):
            true = truth[row["person"], row["product"]]
            errors.append((row["value"] - true) ** 2)
            plainly.append((row["detail"]["biases_alone"] - true) ** 2)
            held.append(row["low"] <= true <= row["high"])
    ours, biases = np.sqrt(np.mean(errors)), np.sqrt(np.mean(plainly))
    yield (
        f"RMSE, {folds} of {FOLDS} random folds, n {len(errors):,}: {ours:.4f}, biases alone {biases:.4f} "
        f"({ours - biases:+.4f}, goal -.01); 95 % limits hold {np.mean(held):.3f}"
    )


def _taken(rated: pa.Table) -> Iterator[str]:
    """The named choices, or two others, taken out of the file, and all learned anew: what becomes of the product."""
    rows = [row for row in told(rated, best=5, worst=0.5, top=1) if row["n"] >= 10]
    random = np.random.default_rng(1)
    fell, fell_other, ranks = [], [], []
    for at in random.choice(len(rows), min(TAKEN, len(rows)), replace=False):
        row = rows[at]
        own = rated.filter(pc.equal(rated["person"], row["person"]))["product"].to_pylist()
        others = random.choice([name for name in own if name not in row["detail"]["because"]], 2, replace=False)
        for names, into in ((row["detail"]["because"], fell), (list(others), fell_other)):
            gone = pc.and_(pc.equal(rated["person"], row["person"]), pc.is_in(rated["product"], pa.array(names)))
            again = told(rated.filter(pc.invert(gone)), best=5, worst=0.5, top=200, person=[row["person"]])
            now = next((each for each in again if each["product"] == row["product"]), None)
            into.append(row["value"] - (now["value"] if now else 0.0))
            if into is fell:
                ranks.append(now["rank"] if now else 201)
    lower, lost = np.mean(np.array(fell) > 0), np.mean(np.array(ranks) > 1)
    yield (
        f"reasons taken away, {len(fell)} persons, all learned anew: score lower {lower:.0%}, by {np.mean(fell):.3f} "
        f"(two others {np.mean(fell_other):.3f}); no longer first {lost:.0%}, median rank {np.median(ranks):g}"
    )


def _large(count: int) -> Iterator[str]:
    random = np.random.default_rng(0)
    persons, products = count // 25, count // 10
    share = 1 / np.arange(10, products + 10) ** 0.9
    held = csr_array(
        (np.ones(count), (random.integers(0, persons, count), random.choice(products, count, p=share / share.sum()))),
        shape=(persons, products),
    )
    held.sum_duplicates()
    held.data[:] = 1
    began = time.process_time()
    learned = items(held)
    took, began = time.process_time() - began, time.process_time()
    best = learned.best(held[:2000], count=10)
    each = (time.process_time() - began) / 2000
    named = float((best.because[:, :, 0] != NONE).mean())
    size = f"{count:,} choices of {persons:,} persons and {products:,} products"
    yield f"{size}: learned in {took:.1f} CPU s, {1000 * each:.2f} ms a person; {named:.0%} with a reason"
