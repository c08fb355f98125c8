"""How the machine's reading of a home's texts differs from people's, touchpoint by touchpoint."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.tables import METRIC
from touchstone.science.misclassification import rectifier

MAKER = "misreading@1"
LEAST = 60  # readings: below, a touchpoint's own bias would be a guess
POINTS = {"positive": 1.0, "negative": -1.0}

Cell = tuple[str, str]


def misreading(store: Any) -> pa.Table:
    """METRIC rows: by touchpoint, and for all together, what to add to its net sentiment as the machine reads it.

    From the readings that people made of texts drawn at random, by prediction-powered inference; `detail.deviation`
    is the standard deviation. No rows with fewer than 60 readings.
    """
    readings = store.readings()
    if len(readings) < LEAST:
        return METRIC.empty_table()
    texts = sorted(readings)
    true = _scores((id, each["touchpoint"], each["polarity"]) for id, found in readings.items() for each in found)
    sql = "select interaction, touchpoint, polarity from mention where list_contains(?, interaction)"
    rows = store.ask().lake(sql, [texts]).to_pylist()
    said = _scores((row["interaction"], row["touchpoint"], row["polarity"]) for row in rows)
    names = sorted({touchpoint for _, touchpoint in true})
    found = {name: _rectified(texts, [name], true, said) for name in names} | {"": _rectified(texts, names, true, said)}
    rows = [_row(name, add, sd, len(texts)) for name, (add, sd) in found.items() if np.isfinite([add, sd]).all()]
    return pa.Table.from_pylist(rows, schema=METRIC)


def _row(touchpoint: str, add: float, deviation: float, n: int) -> dict[str, Any]:
    detail = {"deviation": deviation, "formula": "net sentiment as people read, less as the machine reads, same texts"}
    return {
        "id": f"{MAKER}/{touchpoint}",
        "name": "misreading",
        "by": [("touchpoint", touchpoint)] if touchpoint else [],
        "value": add,
        "low": add - 1.96 * deviation,
        "high": add + 1.96 * deviation,
        "n": n,
        "measured_in": "-1 to 1",
        "detail": json.dumps(detail),
        "maker": MAKER,
        "about": [],
        "rests_on": [],
    }


def _scores(rows: Any) -> dict[Cell, float]:
    """One score per text and touchpoint, as the lake counts it: both sides, or neither, are 0."""
    seen: dict[Cell, set[str]] = defaultdict(set)
    for id, touchpoint, polarity in rows:
        seen[id, touchpoint].add(polarity)
    return {cell: 0.0 if "mixed" in each else sum(POINTS.get(one, 0.0) for one in each) for cell, each in seen.items()}


def _rectified(
    texts: list[str], names: list[str], true: dict[Cell, float], said: dict[Cell, float]
) -> tuple[float, float]:
    def both(scores: dict[Cell, float]) -> tuple[list[float], list[int]]:
        cells = [[scores[id, name] for name in names if (id, name) in scores] for id in texts]
        return [sum(each) for each in cells], [len(each) for each in cells]

    return rectifier(*both(true), *both(said))
