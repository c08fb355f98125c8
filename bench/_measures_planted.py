"""What price, paths, silence, loyalty and inside_out find of what is planted in the example brand, over a few seeds."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from bench._measures_inside import _told
from bench.truth import Brand, brand
from touchstone.core import taxonomy
from touchstone.language.model import load
from touchstone.science.difference import difference
from touchstone.science.interval import share_interval
from touchstone.store.scratch import Scratch, scratch
from touchstone.understand import _pass, touchpoint

SEEDS = (20261121, 1, 2, 3, 4, 5)
SCALE = {"interactions": 60_000, "dealers": 120, "customers": 40_000}
Told = tuple[str, float, dict[str, Any], bool]
"""What is planted, its true size, the row that tells of it, and whether the measure calls it real."""


def lines() -> Iterator[str]:
    """Per planted truth: true and found figure, in how many seeds it is real, and in how many the interval holds it."""
    found: dict[str, list[Told]] = defaultdict(list)
    model = load().compile(taxonomy.load("auto_dealer"))
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            made = brand(seed, Path(folder), SCALE)
            texts = made.interactions.filter(pc.is_valid(made.interactions["text"]))
            read = touchpoint.understand(_pass.read(texts, model))
            ask = scratch(made.interactions, mentions=read, units=made.units, taxonomy=model.taxonomy)
            for each in (*_price(ask, made), *_paths(ask, made), *_silence(ask, made), *_rest(ask, made)):
                found[each[0]].append(each)
    for name, told in found.items():
        true, value = (float(np.mean(each)) for each in ([row[1] for row in told], [row[2]["value"] for row in told]))
        held = sum(row["low"] <= size <= row["high"] for _, size, row, _ in told)
        size = "" if np.isnan(true) else f"planted {true:.3f}, within {held}; "
        yield f"{name}: {size}found {value:.3f}, real {sum(each[3] for each in told)}, of {len(told)} seeds"


def _price(ask: Scratch, made: Brand) -> Iterator[Told]:
    """Texts that say so here beyond what is said elsewhere, against the texts that a planted sentence truly is in."""
    texts = made.interactions.filter(pc.is_valid(made.interactions["text"]))
    dear, woven = made.truth["price"]["dear"], made.truth["texts"]["woven"]
    for verdict, column, names in (
        ("dear", "product", [dear["product"]]), ("unclear", "unit", made.truth["price"]["unclear"]["units"])
    ):  # fmt: skip
        rows = [row for row in _told(ask, "price", by=(column,))[0] if row["by"]["verdict"] == verdict]
        count = Counter(texts[column].to_pylist())
        said = {row["by"][column]: row["detail"]["said"] for row in rows}
        here = [sum(each.get(name, 0) for name in names) for each in (said, count)]
        rest = [sum(each.values()) - here[at] for at, each in enumerate((said, count))]
        apart = difference(share_interval([here[0]], [here[1]]), share_interval([rest[0]], [rest[1]]))
        row = {name: here[1] * float(getattr(apart, name)[0]) for name in ("value", "low", "high")}
        real = [each["detail"]["real"] for each in rows if each["by"][column] in names]
        yield f"price, {verdict} by {column}", woven[f"price.{verdict}"] * (1 - rest[0] / rest[1]), row, any(real)
    for row in _told(ask, "price")[0]:
        if row["by"].get("touchpoint") == dear["despite"]:
            yield "price, trade-off (value: times chance)", np.nan, row, row["detail"].get("real", False)


def _paths(ask: Scratch, made: Brand) -> Iterator[Told]:
    rows = {row["by"]["touchpoint"]: row for row in _told(ask, "paths", by=("touchpoint",))[0]}
    ways = made.truth["paths"]
    for name, share in ways["share"].items():
        yield (
            f"paths, {name}",
            share * ways["purchases"] * SCALE["interactions"],
            rows[name],
            rows[name]["detail"]["real"],
        )


def _silence(ask: Scratch, made: Brand) -> Iterator[Told]:
    """The share truly gone without complaint, of those who came again and were last at the touchpoint planted."""
    truth = made.truth["silence"]
    last = [row for row in _told(ask, "silence", by=("person",))[0]
            if row["detail"]["last_touchpoint"] == truth["touchpoint"]]  # fmt: skip
    gone = [row["by"]["person"] in truth["left"] and not row["detail"]["complained"] for row in last]
    for row in _told(ask, "silence", by=("touchpoint",))[0]:
        if row["by"]["touchpoint"] == truth["touchpoint"]:
            yield f"silence, {truth['touchpoint']}", float(np.mean(gone)), row, row["detail"]["real"]


def _rest(ask: Scratch, made: Brand) -> Iterator[Told]:
    for row in _told(ask, "loyalty")[0]:
        if row["by"] == {"of": "experience", "link": "retention"}:
            yield "loyalty, retention", np.nan, row, row["detail"]["real"]
    for row in _told(ask, "inside_out")[0]:
        by = row["by"]
        if (by["inside"], by["figure"], by["touchpoint"]) == ("wait_seconds", "rating", "call centre"):
            lag = row["detail"]["lag"] == made.truth["backlog"]["lag_weeks"]
            yield "inside_out, call centre (real: and at the lag planted)", np.nan, row, row["detail"]["real"] and lag
