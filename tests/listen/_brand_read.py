"""Reads the example brand once for all its tests, with what is planted in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.listen.example import listen

SMALL: dict[str, Any] = {"interactions": 6_000, "dealers": 12, "regions": 6, "customers": 900}


@dataclass(frozen=True)
class Brand:
    """What one run yields: tables, truth, and the labelled texts."""

    units: pa.Table
    persons: pa.Table
    batches: list[pa.RecordBatch]
    interactions: pa.Table
    truth: dict[str, Any]
    labels: list[dict[str, Any]]

    @property
    def texts(self) -> list[str]:
        return [text for text in self.interactions["text"].to_pylist() if text]

    def rows(self, **equal: Any) -> list[dict[str, Any]]:
        """The interactions whose columns have these values."""
        table = self.interactions
        for name, value in equal.items():
            table = table.filter(pc.equal(table[name], pa.scalar(value, table[name].type)))
        return list(table.to_pylist())

    @cached_property
    def every_row(self) -> list[dict[str, Any]]:
        """All interactions, made once for the tests that look through them."""
        return list(self.interactions.to_pylist())


def read(folder: Path, **settings: Any) -> Brand:
    """The brand of these settings."""
    path = folder / "truth.json"
    units, persons, batches = [], [], []
    for each in listen(truth=path, **settings):
        if isinstance(each, tuple):
            (units if each[0] == "unit" else persons).append(each[1])
        else:
            batches.append(each)
    labels = [json.loads(line) for line in path.with_suffix(".labels.jsonl").read_text("utf-8").splitlines()]
    return Brand(
        pa.concat_tables(units),
        pa.concat_tables(persons),
        batches,
        pa.Table.from_batches(batches),
        json.loads(path.read_text("utf-8")),
        labels,
    )


@cache
def whole() -> Brand:
    """The brand in its own size, read once for all files that look at it."""
    with TemporaryDirectory() as folder:
        return read(Path(folder), interactions=60_000)


def words(text: str) -> list[str]:
    """Words in small letters."""
    return re.findall(r"\w+", text.lower())


def distinct_share(texts: Sequence[str], tokens: int, *, size: int = 4) -> float:
    """Share of distinct runs of `size` words among all, in the first `tokens` words of these texts."""
    seen: set[tuple[str, ...]] = set()
    count = used = 0
    for text in texts:
        found = words(text)[: tokens - used]
        used += len(found)
        runs = [tuple(found[at : at + size]) for at in range(len(found) - size + 1)]
        count += len(runs)
        seen.update(runs)
        if used >= tokens:
            break
    return len(seen) / count


def sentences(texts: Sequence[str]) -> Counter[str]:
    """How often each sentence occurs, capitals and marks at the end aside."""
    parts = (part.strip(" .!?").lower() for text in texts for part in re.split(r"(?<=[.!?])\s+|\n+", text))
    return Counter(part for part in parts if part)
