"""Is the truth found that was planted? The example brand over many seeds, from ratings and from words.

Ratings: the order of touchpoints, and how often 95 % intervals of unit x touchpoint scores hold the exact mean that
the answers were drawn from. Words: the same for sentiment by touchpoint, as the shipped model reads it, plain and
mended with labels of texts that are held apart from those measured.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import spearmanr

from touchstone.core import taxonomy
from touchstone.core.ask import Ask
from touchstone.language.compiled import Compiled
from touchstone.language.model import load
from touchstone.listen.example import listen
from touchstone.measure import rating, sentiment
from touchstone.science.misclassification import rectifier
from touchstone.store.scratch import scratch
from touchstone.understand import _pass, touchpoint

SEEDS = 50
SCALE = {"interactions": 60_000, "dealers": 120, "customers": 12_000}
BANDS = ((2, 2), (3, 5), (6, 9), (10, 19), (20, 49), (50, 10_000))
POLARITY = {frozenset(["positive"]): "positive", frozenset(["negative"]): "negative"}
Cell = tuple[str, str]
Bias = dict[str, dict[str, float]]


@dataclass
class Found:
    """What all seeds together show."""

    order: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    held: dict[str, list[tuple[int, bool]]] = field(default_factory=lambda: defaultdict(list))
    apart: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    width: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Brand:
    """One seed's brand: interactions with ids, units, the truth, and the labelled texts."""

    interactions: pa.Table
    units: pa.Table
    truth: dict[str, Any]
    labels: list[dict[str, Any]]


def brand(seed: int, folder: Path, scale: dict[str, int] = SCALE) -> Brand:
    """The brand of this seed and scale."""
    path, units, batches = folder / f"{seed}.json", [], []
    for each in listen(seed=seed, truth=path, **scale):
        if not isinstance(each, tuple):
            batches.append(each)
        elif each[0] == "unit":
            units.append(each[1])
    table = pa.Table.from_batches(batches)
    labels = [json.loads(line) for line in path.with_suffix(".labels.jsonl").read_text("utf-8").splitlines()]
    return Brand(table.append_column("id", table["source_id"]), units[0], json.loads(path.read_text("utf-8")), labels)


def ratings(made: Brand, found: Found) -> None:
    """Order of touchpoints and coverage of survey scores, each unit by itself and drawn towards its group."""
    table = made.interactions
    answers = table.filter(pc.and_(pc.equal(table["metric"], "rating"), pc.equal(table["source"], "survey")))
    ask = scratch(answers, units=made.units, taxonomy=taxonomy.load("auto_dealer"))
    quality = made.truth["touchpoint_quality"]
    found.order["ratings"].append(_order(rating.measure(ask, by=["touchpoint"]), quality))
    for name, shrink in (("each by itself", False), ("drawn together", True)):
        for row in rating.measure(ask, by=["unit", "touchpoint"], shrink=shrink).to_pylist():
            by = dict(row["by"])
            truth = made.truth["expected_rating"][by["unit"]][by["touchpoint"]]
            if row["value"] is not None:
                found.held[f"ratings, {name}"].append((row["n"], row["low"] <= truth <= row["high"]))


def words(made: Brand, model: Compiled, found: Found) -> None:
    """Order of touchpoints and coverage of sentiment by touchpoint."""
    table = made.interactions
    texts = table.filter(pc.is_valid(table["text"]))
    bare = texts.set_column(texts.schema.get_field_index("touchpoint"), "touchpoint", pa.nulls(len(texts), pa.string()))
    mentions = touchpoint.understand(_pass.read(bare, model))
    apart = pa.array([each["source_id"] for each in made.labels])
    mended = biases(made.labels, mentions)
    rest = texts.filter(pc.invert(pc.is_in(texts["id"], value_set=apart)))
    kept = mentions.filter(pc.invert(pc.is_in(mentions["interaction"], value_set=apart)))
    ask = scratch(rest, mentions=kept, units=made.units, taxonomy=model.taxonomy)
    truth = {name: each["sentiment"] for name, each in made.truth["texts"]["all"].items()}
    sentiment_held(ask, truth, mended, found)


def sentiment_held(ask: Ask, truth: dict[str, float], mended: Bias, found: Found) -> None:
    """Adds what sentiment by touchpoint shows, as read and mended with the labels."""
    plain = sentiment.measure(ask, by=["touchpoint"], confusion="none")
    for name, measured in (("as read", plain), ("mended", sentiment.measure(ask, by=["touchpoint"], bias=mended))):
        found.order[f"words, {name}"].append(_order(measured, truth))
        for row in measured.to_pylist():
            true = truth[dict(row["by"])["touchpoint"]]
            found.held[f"words, {name}"].append((row["n"], row["low"] <= true <= row["high"]))
            found.apart[f"words, {name}"].append(row["value"] - true)
            found.width[f"words, {name}"].append(row["high"] - row["low"])


def biases(labels: list[dict[str, Any]], mentions: pa.Table) -> Bias:
    """What the labelled texts show to be missing from each touchpoint's sentiment, and its standard deviation."""
    read = _cells((row["interaction"], row) for row in mentions.to_pylist())
    true = _cells((label["source_id"], row) for label in labels for row in label["mentions"])
    known = {label["source_id"] for label in labels}
    texts: dict[str, set[str]] = defaultdict(set)
    for source_id, name in (*true, *read):
        if source_id in known:
            texts[name].add(source_id)
    found: Bias = {}
    for name, ids in texts.items():
        sides = [[cells.get((source_id, name)) for source_id in sorted(ids)] for cells in (true, read)]
        columns = [
            column for side in sides for column in (_scores(side), np.array([each is not None for each in side]))
        ]
        bias, deviation = rectifier(*columns)
        if np.isfinite(deviation):
            found[name] = {"bias": bias, "deviation": deviation}
    return found


def _scores(side: list[str | None]) -> np.ndarray:
    return np.array([{"positive": 1.0, "negative": -1.0}.get(each or "", 0.0) for each in side])


def _cells(rows: Iterator[tuple[str, dict[str, Any]]]) -> dict[Cell, str]:
    """One polarity per text and touchpoint, as the lake counts it."""
    seen: dict[Cell, set[str]] = defaultdict(set)
    for source_id, row in rows:
        seen[source_id, row["touchpoint"]].add(row["polarity"])
    return {cell: _one(moods) for cell, moods in seen.items()}


def _one(moods: set[str]) -> str:
    if "mixed" in moods or {"positive", "negative"} <= moods:
        return "mixed"
    return POLARITY.get(frozenset(moods - {"neutral"}), "neutral")


def _order(measured: pa.Table, truth: dict[str, float]) -> float:
    value = {dict(row["by"])["touchpoint"]: row["value"] for row in measured.to_pylist()}
    names = [name for name in truth if value.get(name) is not None]
    return float(spearmanr([value[name] for name in names], [truth[name] for name in names]).statistic)


def bench(seeds: int = SEEDS) -> Iterator[str]:
    """Lines: median rank correlation; coverage of 95 % intervals, in all and by number of answers."""
    found, model = Found(), load().compile(taxonomy.load("auto_dealer"))
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(seeds):
            made = brand(seed, Path(folder))
            ratings(made, found)
            words(made, model, found)
    for name, values in found.order.items():
        yield f"order of touchpoints, {name}: Spearman median {np.median(values):.3f}, lowest {min(values):.3f}"
    for name, held in found.held.items():
        n, inside = np.array([each for each, _ in held]), np.array([each for _, each in held])
        bands = [(low, high, (n >= low) & (n <= high)) for low, high in BANDS]
        shown = [f"n {low}-{high}: {inside[here].mean():.3f} ({here.sum()})" for low, high, here in bands if here.any()]
        yield f"coverage, {name}: {inside.mean():.4f} of {len(held)} | " + ", ".join(shown)
    for name, values in found.apart.items():
        error, width = np.sqrt(np.mean(np.square(values))), np.mean(found.width[name])
        yield f"{name}: bias {np.mean(values):+.3f}, root mean square error {error:.3f}, mean width {width:.3f}"
