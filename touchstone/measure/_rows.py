"""Figures to METRIC rows, whole columns at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core import number
from touchstone.core.tables import COUNT, METRIC, NAMES, NUMBER, TEXT
from touchstone.measure._details import PLAIN, SORTED, Details, encoded

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
    detail: Details | Sequence[dict[str, Any]],
    heading: Heading,
) -> pa.Table:
    """A METRIC table: one row per row of `keys` (the by columns, as text) and of `estimates`; NaN becomes null."""
    size, maker = len(measured_in), f"{heading.name}@1"
    names = keys.column_names
    words = [keys[name].cast(TEXT).to_pylist() for name in names]
    about = _lists(keys["unit"].cast(TEXT)) if "unit" in names else _lists(pa.nulls(size, TEXT))
    figures = (estimates.value, estimates.low, estimates.high)
    columns = [
        pa.array(_identities(maker, names, words, salt=heading.salt, size=size), TEXT),
        pa.repeat(pa.scalar(heading.name, TEXT), size),
        _maps(names, words, size),
        *(pa.array(np.asarray(each, float), NUMBER, from_pandas=True) for each in figures),
        pa.array(np.asarray(n).round().astype(np.int64), COUNT),
        pa.array(measured_in, TEXT),
        pa.array(_json(detail, measured_in), TEXT),
        pa.repeat(pa.scalar(maker, TEXT), size),
        about,
        about if heading.alone else _lists(pa.nulls(size, TEXT)),
    ]
    return pa.Table.from_arrays(columns, schema=METRIC)


def nothing() -> pa.Table:
    """No rows of METRIC."""
    return METRIC.empty_table()


tidy = number.tidy


def _lists(words: Any) -> pa.Array:
    """A list per word, of it alone; an empty one where there is none."""
    plain = words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words
    known = np.asarray(plain.is_valid().to_numpy(zero_copy_only=False), bool)
    offsets = np.concatenate([[0], np.cumsum(known)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), plain.drop_null()).cast(NAMES)


def _maps(names: list[str], words: list[list[str]], size: int) -> pa.Array:
    """The by column: a map per row, all with the same keys in the same order."""
    flat = [word for row in zip(*words, strict=True) for word in row]
    offsets = pa.array(np.arange(size + 1, dtype=np.int32) * len(names))
    named = pa.array(names * size, TEXT)
    return pa.MapArray.from_arrays(offsets, named, pa.array(flat, TEXT), METRIC.field("by").type)


def _identities(maker: str, names: list[str], words: list[list[str]], *, salt: str, size: int) -> list[str]:
    """The same id for the same maker, by columns and salt, whenever it is made: the start of a hash of them as JSON."""
    columns = [
        [f"[{PLAIN.encode(name)}, {each}]" for each in encoded(column)]
        for name, column in zip(names, words, strict=True)
    ]
    about = [", ".join(row) for row in zip(*columns, strict=True)] if names else [""] * size
    head, tail = f"[{PLAIN.encode(maker)}, [", f"], {PLAIN.encode(salt)}]"
    return [hashlib.sha256(f"{head}{each}{tail}".encode()).hexdigest()[:32] for each in about]


def _json(detail: Details | Sequence[dict[str, Any]], measured_in: Sequence[str]) -> list[str]:
    if isinstance(detail, Details):
        detail.words("measured_in", measured_in)
        return detail.json()
    return [SORTED.encode({**each, "measured_in": unit}) for each, unit in zip(detail, measured_in, strict=True)]
