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

from touchstone.core import number
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
    names, words = keys.column_names, [keys[name].cast(TEXT).to_pylist() for name in keys.column_names]
    units = keys["unit"].to_pylist() if "unit" in names else [None] * size
    about = [[] if unit is None else [unit] for unit in units]
    told: list[tuple[str, ...]] = list(zip(*words, strict=True)) if names else [()] * size
    identity = [_identity(maker, list(zip(names, each, strict=True)), heading.salt) for each in told]
    figures = (estimates.value, estimates.low, estimates.high)
    columns = [
        pa.array(identity, TEXT),
        pa.array([heading.name] * size, TEXT),
        _maps(names, told),
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


tidy = number.tidy


def tidied(numbers: Any, *, digits: int = 6) -> list[float | None]:
    """`tidy` of every number of a column."""
    column = np.asarray(numbers, float)
    rounded = [round(each, digits) for each in np.where(np.isfinite(column), column, 0.0).tolist()]
    return [each if known else None for each, known in zip(rounded, np.isfinite(column).tolist(), strict=True)]


def _maps(names: list[str], told: list[tuple[str, ...]]) -> pa.Array:
    """The by column: a map per row, all with the same keys in the same order."""
    flat = [word for row in told for word in row]
    offsets = pa.array(np.arange(len(told) + 1, dtype=np.int32) * len(names))
    named = pa.array(names * len(told), TEXT)
    return pa.MapArray.from_arrays(offsets, named, pa.array(flat, TEXT), METRIC.field("by").type)


def _identity(maker: str, by: list[tuple[str, str]], salt: str) -> str:
    return hashlib.sha256(_PLAIN.encode([maker, by, salt]).encode()).hexdigest()[:32]


def _json(detail: dict[str, Any], measured_in: str) -> str:
    return _SORTED.encode({**detail, "measured_in": measured_in})


_PLAIN = json.JSONEncoder(ensure_ascii=False)  # made once: `json.dumps` makes one for every row
_SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False)
