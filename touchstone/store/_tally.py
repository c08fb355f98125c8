"""Mentions counted into their cubes, a million at once: what the SQL of `_cubes.py` counts, on codes, not words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.store._cubes import CUBES, FACTS, siblings

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
POLARITIES = ("mixed", "negative", "neutral", "positive")
MIXED, NEGATIVE, NEUTRAL, POSITIVE = range(4)
_ROOM = 1 << 62  # keys of cells stay below it


class Coded(NamedTuple):
    """A column as places in its sorted distinct values, of which the last is null."""

    codes: Codes
    values: pa.Array

    def at(self, rows: npt.NDArray[np.integer]) -> Coded:
        """The same of some rows."""
        return Coded(self.codes[rows], self.values)


def tally(mentions: pa.Table, facts: pa.Table) -> dict[str, pa.Table]:
    """Every mention cube, cells in order of their columns.

    `facts` says of each interaction, in order of seq, when it was and what it is counted by; `mentions` has the `seq`
    of each mention's interaction.
    """
    columns, n = _said(mentions, facts)
    made = {}
    for cube in siblings("mention_rollup"):
        names = [name for name in CUBES[cube] if name != "month" or "day" not in CUBES[cube]]  # a day says its month
        first, counts = _cells([columns[name] for name in names], n)
        cells = {name: columns[name].at(first) for name in CUBES[cube]}
        if cube == "mention_rollup":
            columns, n = cells, counts  # the others are counted from its cells
        made[cube] = pa.table({name: _decoded(each) for name, each in cells.items()} | {"n": counts})
    return made


def _said(mentions: pa.Table, facts: pa.Table) -> tuple[dict[str, Coded], Counts]:
    """What each interaction says of each touchpoint, its mentions together: columns, and 1 for each."""
    row = np.searchsorted(facts["seq"].to_numpy(), mentions["seq"].to_numpy())
    touchpoint, polarity = coded(mentions["touchpoint"]), coded(mentions["polarity"])
    key = row * len(touchpoint.values) + touchpoint.codes
    order = np.argsort(key)
    starts = _starts(key[order])
    bits = [1 << POLARITIES.index(each) if each in POLARITIES else 0 for each in polarity.values.to_pylist()]
    said = np.array(bits, np.uint8)[polarity.codes[order]]
    heard = np.bitwise_or.reduceat(said, starts) if len(said) else said
    first = order[starts]
    about = row[first]
    columns = {name: coded(facts[name]).at(about) for name in FACTS if name != "touchpoint"}
    columns["day"] = coded(facts["occurred_at"].cast(pa.date32())).at(about)
    columns["month"] = coded(pc.floor_temporal(columns["day"].values, unit="month")).at(columns["day"].codes)
    columns["touchpoint"] = touchpoint.at(first)
    columns["polarity"] = Coded(_OVERALL[heard], pa.array([*POLARITIES, None]))
    return columns, np.ones(len(first), np.int64)


def _overall(heard: int) -> int:
    """The polarity of all that was heard together, given as bits."""
    good, bad = bool(heard & 1 << POSITIVE), bool(heard & 1 << NEGATIVE)
    if heard & 1 << MIXED or (good and bad):
        return MIXED
    return POSITIVE if good else NEGATIVE if bad else NEUTRAL


_OVERALL = np.array([_overall(heard) for heard in range(1 << len(POLARITIES))], np.int32)


def coded(column: pa.Array | pa.ChunkedArray) -> Coded:
    """The column as codes in the order of its values, null last."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    told = whole.dictionary_encode()
    order = pc.sort_indices(told.dictionary).to_numpy()
    rank = np.empty(len(order) + 1, np.int32)
    rank[order], rank[-1] = np.arange(len(order)), len(order)
    places = told.indices.fill_null(len(order)).to_numpy(zero_copy_only=False)
    return Coded(
        rank[places], pa.concat_arrays([told.dictionary.take(pa.array(order)), pa.nulls(1, told.dictionary.type)])
    )


def _decoded(column: Coded) -> pa.Array:
    null = len(column.values) - 1
    return pa.DictionaryArray.from_arrays(
        pa.array(column.codes, mask=column.codes == null), column.values.slice(0, null)
    )


def _cells(columns: list[Coded], n: Counts) -> tuple[npt.NDArray[np.intp], Counts]:
    """A row of each distinct cell, in order of the columns, and the sum of `n` in it."""
    key, room = np.zeros(len(n), np.int64), 1
    for column in columns:
        if room * len(column.values) > _ROOM:
            distinct, key = np.unique(key, return_inverse=True)
            room = len(distinct)
        room *= len(column.values)
        key *= len(column.values)
        key += column.codes
    order = np.argsort(key)
    starts = _starts(key[order])
    return order[starts], np.add.reduceat(n[order], starts) if len(n) else n


def _starts(keys: Counts) -> npt.NDArray[np.intp]:
    """Where each run of equal keys begins."""
    return np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1))
