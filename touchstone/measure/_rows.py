"""Figures to METRIC rows, whole columns at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.tables import COUNT, METRIC, NAMES, NUMBER, TEXT

Floats = NDArray[np.float64]


class Estimates(Protocol):
    """Columns of figures with their limits, such as an interval or a difference."""

    @property
    def value(self) -> Floats: ...
    @property
    def low(self) -> Floats: ...
    @property
    def high(self) -> Floats: ...


@dataclass(frozen=True)
class Heading:
    """What all rows of one answer share. `salt` says what else they were narrowed to, so that ids differ."""

    name: str
    salt: str = ""
    alone: bool = True  # False: units lean on the whole brand


def rows(
    keys: pa.Table,
    estimates: Estimates,
    *,
    n: Any,
    measured_in: Sequence[str],
    detail: Sequence[dict[str, Any]],
    heading: Heading,
) -> pa.Table:
    """A METRIC table: one row per row of `keys` (the by columns, as text) and of `estimates`; NaN becomes null."""
    size, maker = len(detail), f"{heading.name}@1"
    by = _maps(keys, size)
    units = keys["unit"].to_pylist() if "unit" in keys.column_names else [None] * size
    about = [[] if unit is None else [unit] for unit in units]
    identity = [_identity(maker, pairs, heading.salt) for pairs in by.to_pylist()]
    figures = (estimates.value, estimates.low, estimates.high)
    columns = [
        pa.array(identity, TEXT),
        pa.array([heading.name] * size, TEXT),
        by,
        *(pa.array(np.asarray(each, float), NUMBER, from_pandas=True) for each in figures),
        pa.array(np.asarray(n).round().astype(np.int64), COUNT),
        pa.array(measured_in, TEXT),
        pa.array([_json(each, unit) for each, unit in zip(detail, measured_in, strict=True)], TEXT),
        pa.array([maker] * size, TEXT),
        pa.array(about, NAMES),
        pa.array(about if heading.alone else [[] for _ in range(size)], NAMES),
    ]
    return pa.Table.from_arrays(columns, schema=METRIC)


def nothing() -> pa.Table:
    """No rows of METRIC."""
    return METRIC.empty_table()


def tidy(number: Any, *, digits: int = 6) -> float | int | None:
    """A number fit for JSON: rounded, None where it is not finite."""
    if number is None or not np.isfinite(number):
        return None
    return round(float(number), digits)


def _maps(keys: pa.Table, size: int) -> pa.Array:
    """The by column: a map per row, all with the same keys in the same order."""
    names = keys.column_names
    words = [keys[name].cast(TEXT).to_pylist() for name in names]
    flat = [word for row in zip(*words, strict=True) for word in row] if names else []
    offsets = pa.array(np.arange(size + 1, dtype=np.int32) * len(names))
    return pa.MapArray.from_arrays(offsets, pa.array(names * size, TEXT), pa.array(flat, TEXT), METRIC.field("by").type)


def _identity(maker: str, by: list[tuple[str, str]], salt: str) -> str:
    text = json.dumps([maker, by, salt], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _json(detail: dict[str, Any], measured_in: str) -> str:
    return json.dumps({**detail, "measured_in": measured_in}, ensure_ascii=False, sort_keys=True, allow_nan=False)
