"""How the machine's reading of a home's texts differs from people's, touchpoint by touchpoint."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.act._reader import Reader
from touchstone.core.tables import METRIC
from touchstone.rules.examples import kept_apart
from touchstone.science.misclassification import rectifier

MAKER = "misreading@1"
LEAST = 60  # readings: below, a touchpoint's own bias would be a guess
POINTS = {"positive": 1.0, "negative": -1.0}

Cell = tuple[str, str]


def misreading(store: Any, reader: Reader) -> pa.Table:
    """METRIC rows: by touchpoint, and for all together, what to add to its net sentiment as `reader` reads it.

    From the readings that people made of texts drawn at random, by prediction-powered inference; `detail.deviation`
    is the standard deviation. No rows with fewer than 60 readings. The machine's own reading counts, not what was
    corrected in it; a model taught here is measured by the readings kept apart from its teaching.
    """
    readings = apart(store) if reader.taught else store.readings()
    if len(readings) < LEAST:
        return METRIC.empty_table()
    texts = sorted(readings)
    true = _scores((id, each["touchpoint"], each["polarity"]) for id, found in readings.items() for each in found)
    rows = reader.read(texts_of(store.ask(), texts))["mention"].to_pylist()
    said = _scores((row["interaction"], row["touchpoint"], row["polarity"]) for row in rows)
    names = sorted({touchpoint for _, touchpoint in true})
    found = {name: _rectified(texts, [name], true, said) for name in names} | {"": _rectified(texts, names, true, said)}
    rows = [_row(name, add, sd, len(texts)) for name, (add, sd) in found.items() if np.isfinite([add, sd]).all()]
    return pa.Table.from_pylist(rows, schema=METRIC)


def apart(store: Any) -> dict[str, list[dict[str, str]]]:
    """The readings that no model of the home's own learned from."""
    return {id: found for id, found in store.readings().items() if kept_apart(id)}


def texts_of(ask: Any, ids: list[str]) -> pa.Table:
    """These interactions as a reader takes them, in order."""
    sql = (
        "select seq, id, text, touchpoint from interaction where text is not null and list_contains(?, id) order by seq"
    )
    found: pa.Table = ask.lake(sql, [ids])
    return found


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
