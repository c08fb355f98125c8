"""Columns of a file as numbers that a line can take: which say anything, and how cells that are missing count."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ID = re.compile(r"(^|[^a-z])(id|ids|uuid|guid|key|index|row)$|[a-z](Id|ID)$")
_LEVELS = 20  # of a column of words, the most frequent; the rest are one
_RARE = 0.005  # share of rows under which a level is no level of its own
_TAIL = 0.005  # share of rows at each end that count as the value there


@dataclass(frozen=True)
class Features:
    """Names of the numbers, the numbers (rows by names) of both tables, and columns left out with the reason."""

    names: list[str]
    known: Floats
    asked: Floats
    left_out: dict[str, str]


def features(known: pa.Table, asked: pa.Table) -> Features:
    """What the columns of rows with an outcome tell, and the same of rows that wait for a decision.

    Columns that name rows, are constant, have a level for every other row, or are empty wherever a decision is wanted
    are left out. A missing number is the middle one, and a feature says that it was missing.
    """
    names, first, second, left_out = list[str](), list[Floats](), list[Floats](), dict[str, str]()
    for name in sorted(known.column_names):
        told, wanted = _plain(known[name]), _plain(asked[name])
        if len(wanted) and wanted.null_count == len(wanted) and told.null_count < len(told):
            left_out[name] = "empty wherever a decision is wanted"
            continue
        numbers = _numbers(told)
        made = _levels(name, told, wanted) if numbers is None else _number(name, numbers, _numbers(wanted, firm=False))
        if isinstance(made, str):
            left_out[name] = made
            continue
        for each, one, two in made:
            names.append(each)
            first.append(one)
            second.append(two)
    empty = np.zeros((len(known), 0)), np.zeros((len(asked), 0))
    both = (np.column_stack(first), np.column_stack(second)) if names else empty
    return Features(names, *both, left_out)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    whole = whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)
    if pa.types.is_floating(whole.type):
        return pc.if_else(pc.is_finite(whole), whole, pa.scalar(None, whole.type))
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def _numbers(column: pa.Array, *, firm: bool = True) -> Floats | None:
    """The column as numbers, NaN where missing; None where it holds words. Not `firm`: what is no number is missing."""
    kind = column.type
    if pa.types.is_temporal(kind):
        column = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        fits = pc.match_substring_regex(column, r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*$")
        if firm and not pc.all(fits, skip_nulls=True).as_py():
            return None
        column = pc.utf8_trim_whitespace(pc.if_else(fits, column, pa.scalar(None, kind)))
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
              or pa.types.is_decimal(kind) or pa.types.is_null(kind)):  # fmt: skip
        return None if firm else np.full(len(column), np.nan)
    found = np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), float)
    found[~np.isfinite(found)] = np.nan
    return found


Made = list[tuple[str, Floats, Floats]] | str


def _number(name: str, told: Floats, wanted: Floats | None) -> Made:
    """One number, cut at its ends; and whether it is missing, where that is not rare."""
    there = told[~np.isnan(told)]
    wanted = np.zeros(0) if wanted is None else wanted
    if not there.size:
        return "empty"
    if _ID.search(name) and len(np.unique(there)) > 0.9 * len(told):
        return "names rows"
    low, high = np.quantile(there, [_TAIL, 1 - _TAIL])
    if low == high:
        low, high = float(there.min()), float(there.max())
    middle = float(np.median(there))

    def cut(values: Floats) -> Floats:
        return np.clip(np.where(np.isnan(values), middle, values), low, high)

    made = [(name, cut(told), cut(wanted))] if low < high else []
    gone = np.isnan(told)
    if _RARE <= gone.mean() <= 1 - _RARE:
        made.append((f"{name} is missing", gone.astype(float), np.isnan(wanted).astype(float)))
    return made or "constant"


def _levels(name: str, told: pa.Array, wanted: pa.Array) -> Made:
    """A mark for each frequent level; missing is a level too."""
    told, wanted = (pc.fill_null(each.cast(pa.string()), "") for each in (told, wanted))
    counted = sorted(pc.value_counts(told).to_pylist(), key=lambda each: (-each["counts"], each["values"]))
    if len(counted) > 0.5 * len(told) and len(told) > _LEVELS:
        return "names rows"
    if len(counted) == 1:
        return "constant"
    frequent = [each["values"] for each in counted if each["counts"] >= max(_RARE * len(told), 2)][:_LEVELS]
    if not frequent:
        return "no level is frequent"
    if len(frequent) == len(counted) == 2:  # the second says all that the first does
        frequent = frequent[1:]

    def mark(column: pa.Array, level: str) -> Floats:
        return np.array(pc.equal(column, level).to_numpy(zero_copy_only=False), float)

    return [(f"{name} = {level or 'missing'}", mark(told, level), mark(wanted, level)) for level in frequent]
