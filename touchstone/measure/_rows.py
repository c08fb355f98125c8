"""Figures to METRIC rows, whole columns at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core import number
from touchstone.core.tables import COUNT, METRIC, NAMES, NUMBER, TEXT
from touchstone.measure._details import PLAIN, SORTED, Details, encoded, plain_in_pattern

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
    words = [_whole(keys[name].cast(TEXT)) for name in names]
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


def _whole(words: Any) -> pa.Array:
    return words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words


def _lists(words: Any) -> pa.Array:
    """A list per word, of it alone; an empty one where there is none."""
    plain = _whole(words)
    known = np.asarray(plain.is_valid().to_numpy(zero_copy_only=False), bool)
    offsets = np.concatenate([[0], np.cumsum(known)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), plain.drop_null()).cast(NAMES)


def _maps(names: list[str], words: list[Any], size: int) -> pa.Array:
    """The by column: a map per row, all with the same keys in the same order."""
    wide = len(names)
    offsets = pa.array(np.arange(size + 1, dtype=np.int32) * wide)
    flat = pa.concat_arrays(words) if words else pa.nulls(0, TEXT)
    if wide > 1:  # row by row
        flat = flat.take(pa.array(np.arange(size * wide).reshape(wide, size).T.ravel()))
    named = pa.array(names, TEXT).take(pa.array(np.tile(np.arange(wide), size)))
    return pa.MapArray.from_arrays(offsets, named, flat, METRIC.field("by").type)


def _identities(maker: str, names: list[str], words: list[Any], *, salt: str, size: int) -> list[str]:
    """The same id for the same maker, by columns and salt, whenever it is made: the start of a hash of them as JSON."""
    columns = [f"[{plain_in_pattern(PLAIN.encode(name))}, %s]" for name in names]
    head, tail = (plain_in_pattern(each) for each in (f"[{PLAIN.encode(maker)}, [", f"], {PLAIN.encode(salt)}]"))
    pattern = head + ", ".join(columns) + tail
    told = zip(*(encoded(column.to_pylist()) for column in words), strict=True) if words else repeat((), size)
    return [hashlib.sha256((pattern % row).encode()).hexdigest()[:32] for row in told]


def _json(detail: Details | Sequence[dict[str, Any]], measured_in: Sequence[str]) -> list[str]:
    if isinstance(detail, Details):
        detail.words("measured_in", measured_in)
        return detail.json()
    return [SORTED.encode({**each, "measured_in": unit}) for each, unit in zip(detail, measured_in, strict=True)]
