"""Figures to METRIC rows, whole columns at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.tables import COUNT, METRIC, NAMES, NUMBER, TEXT

Floats = NDArray[np.float64]


def rows(
    keys: pa.Table,
    *,
    name: str,
    value: Floats,
    low: Floats,
    high: Floats,
    n: Any,
    measured_in: Sequence[str] | str,
    detail: Sequence[dict[str, Any]],
    salt: str = "",
    alone: bool = True,
) -> pa.Table:
    """A METRIC table: one row per row of `keys` (the by columns, as text); NaN becomes null.

    `salt` says what else the figures were narrowed to, so that ids differ; `alone` False: they rest on the whole brand.
    """
    size, maker = len(value), f"{name}@1"
    by = _maps(keys, size)
    units = keys["unit"].to_pylist() if "unit" in keys.column_names else [None] * size
    about = [[] if unit is None else [unit] for unit in units]
    identity = [_identity(maker, pairs, salt) for pairs in by.to_pylist()]
    words = [measured_in] * size if isinstance(measured_in, str) else list(measured_in)
    columns = [
        pa.array(identity, TEXT),
        pa.array([name] * size, TEXT),
        by,
        *(pa.array(np.asarray(each, float), NUMBER, from_pandas=True) for each in (value, low, high)),
        pa.array(np.asarray(n).round().astype(np.int64), COUNT),
        pa.array(words, TEXT),
        pa.array([_json(each, unit) for each, unit in zip(detail, words, strict=True)], TEXT),
        pa.array([maker] * size, TEXT),
        pa.array(about, NAMES),
        pa.array(about if alone else [[] for _ in range(size)], NAMES),
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
