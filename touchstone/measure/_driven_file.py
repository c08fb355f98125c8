"""Ratings and an outcome from the columns of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.errors import Refused
from touchstone.core.fields import countable, numbers
from touchstone.measure._driven import DRAWS, Answers
from touchstone.science.covariance import sums
from touchstone.science.imputation import expected, patterns

Floats = NDArray[np.float64]
KEYS = ("id", "source_id", "person", "unit", "thread", "occurred_at", "seq")
"""Columns of a file that say who, where and when, and are no ratings."""
PATTERNS = 1_000  # more ways of leaving cells empty than this, and em takes too long


@dataclass(frozen=True)
class Reading:
    """How cells are read: what counts as missing, what is done about gaps, and how people use the scale."""

    not_applicable: float | None
    missing: str
    centred: bool
    seed: int


def groups(table: pa.Table, by: Sequence[str], reading: Reading) -> list[tuple[tuple[str, ...], Answers]]:
    """The answers of each group of `by` columns, in order of their names; rows that lack one are left out."""
    if absent := [name for name in by if name not in table.column_names]:
        known = ", ".join(table.column_names)
        raise Refused(f"no column {absent[0]!r}.", field="by", where="the file", todo=f"There are: {known}.")
    names, ratings, left = _ratings(table, by, reading)
    if not names:
        raise Refused("no column of ratings.", field="outcome", where="the file", todo="Give the touchpoints' ratings.")
    outcome = table["outcome"].to_numpy(zero_copy_only=False).astype(float)
    sides = _sides(ratings)
    if reading.centred:
        held = (~np.isnan(ratings)).sum(axis=1, keepdims=True)
        ratings = np.where(held > 1, ratings - np.nansum(ratings, axis=1, keepdims=True) / np.fmax(held, 1), np.nan)
    values = np.column_stack([ratings, *sides, outcome])
    notes = {"left_out": left} if left else {}
    return [(key, _answers(values[rows], names, reading, notes=notes)) for key, rows in _members(table, by)]


def _answers(values: Floats, names: Sequence[str], reading: Reading, *, notes: Mapping[str, object]) -> Answers:
    """One group's answers, with the rows that the treatment of gaps leaves."""
    size = len(names)
    values = values[np.lexsort(values.T[::-1])]  # means too must not depend on the order of the rows
    model = values[:, [*range(size), 3 * size]]
    held = ~np.isnan(model)
    kept = held.all(axis=1) if reading.missing == "listwise" else held[:, -1] & held[:, :-1].any(axis=1)
    values, model, held = values[kept], model[kept], held[kept]
    steps, counts = np.unique(values[:, -1], return_counts=True)
    gaps = not held.all()
    middle = np.nanmean(values, axis=0) if len(values) and held.any(axis=0).all() else 0.0
    estimated = None
    if reading.missing == "em" and gaps and held.any(axis=0).all():
        if len(patterns(model)) > PATTERNS:
            said = f"more than {PATTERNS} different patterns of empty cells are too many for em."
            raise Refused(said, field="missing", todo="Take missing=pairwise.")
        estimated = expected(model, draws=DRAWS // 8, seed=reading.seed)
    return Answers(
        tuple(names), sums(values - middle, seed=reading.seed), (steps, counts.astype(float)), gaps, estimated, notes
    )


def _ratings(table: pa.Table, by: Sequence[str], reading: Reading) -> tuple[list[str], Floats, dict[str, str]]:
    """Names and values of the columns of ratings, and why other columns are none."""
    found, left = {}, {}
    for name in table.column_names:
        if name == "outcome" or name in by or name in KEYS:
            continue
        values = _numbers(table[name], name)
        if values is None:
            left[name] = "no cell is a number"
        elif _counts_rows(values):
            left[name] = "numbers the rows"
        else:
            none = np.nan if reading.not_applicable is None else reading.not_applicable
            found[name] = np.where(values == none, np.nan, values)
    order = sorted(found)
    return order, np.column_stack([found[name] for name in order]) if order else np.empty((len(table), 0)), left


def _numbers(column: pa.ChunkedArray, name: str) -> Floats | None:
    """The column's numbers, NaN where a cell is empty; None where none is a number; Refused where some are."""
    if not countable(column):
        return None
    read = np.asarray(numbers(column, name).to_numpy(zero_copy_only=False), float)
    return np.where(np.isfinite(read), read, np.nan)


def _counts_rows(values: Floats) -> bool:
    """Whether the values are the whole numbers from 0 or 1 on, each once: the number of a row, no rating."""
    ordered = np.sort(values)
    return values.size > 11 and ordered[0] in (0, 1) and bool((np.diff(ordered) == 1).all())


def _sides(ratings: Floats) -> tuple[Floats, Floats]:
    """Whether each rating lies below, and above, the middle of its scale (NaN where there is none).

    The scale is what the column holds, or what all columns hold where that is a step wider at most. On a scale of an
    even number of steps the two in the middle are the middle; of more than ten steps, the middle third.
    """
    if np.isnan(ratings).all():
        return ratings, ratings
    low, high = (each(np.where(np.isnan(ratings), stand, ratings), axis=0) for each, stand in _ENDS)
    low, high = np.where(np.isfinite(low), low, 0), np.where(np.isfinite(high), high, 0)
    low = np.where(low - low.min() <= 1, low.min(), low)
    high = np.where(high.max() - high <= 1, high.max(), high)
    away = np.where(high - low <= 10, np.fmin(0.75, 0.3 * (high - low)), (high - low) / 6)
    from_middle = ratings - (low + high) / 2
    unknown = np.isnan(ratings)
    return tuple(np.where(unknown, np.nan, side > away) for side in (-from_middle, from_middle))  # type: ignore[return-value]  # two


_ENDS = ((np.min, np.inf), (np.max, -np.inf))


def _members(table: pa.Table, by: Sequence[str]) -> list[tuple[tuple[str, ...], NDArray[np.int64]]]:
    """The rows of each group."""
    if not by:
        return [((), np.arange(len(table)))]
    columns = [table[name].cast(pa.string()).to_pylist() for name in by]
    found: dict[tuple[str, ...], list[int]] = {}
    for place, key in enumerate(zip(*columns, strict=True)):
        if None not in key:
            found.setdefault(key, []).append(place)
    return [(key, np.array(found[key])) for key in sorted(found)]
