"""The values of fields as they are compared, each held once, and which of them every record bears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._identity_fields import FIELDS, KEYS

Whole = npt.NDArray[np.int64]
_AT_ONCE = 100_000  # values in one batch, so that every thread has some
_BESIDE = 4  # fields cleaned at a time: more would hold too much in memory


@dataclass(frozen=True)
class Values:
    """The values of a field as they are compared, and which of them each record bears (-1: none)."""

    spelled: pa.Array
    borne: Whole

    @cached_property
    def bearers(self) -> Whole:
        """How many records bear each value."""
        return _counted(self.borne, len(self.spelled))

    def beginning(self, length: int) -> Whole:
        """Which records begin alike for so many characters, as a number of each record (-1: no value)."""
        starts = pc.utf8_slice_codeunits(self.spelled, 0, length).dictionary_encode().indices.to_numpy()
        return np.append(starts, -1).astype(np.int64)[self.borne]

    def borne_by(self, some: npt.NDArray[np.bool_]) -> Whole:
        """How many of some records bear each value."""
        return _counted(self.borne[some], len(self.spelled))

    def at(self, places: Whole) -> pa.Array:
        """What the records at these places bear."""
        those = self.borne[places]
        return self.spelled.take(pa.array(those, mask=those < 0))


def clean(duck: Any, given: pa.Table, fields: Iterable[str]) -> dict[str, Values]:
    """The fields of records as they are compared, some at a time: none waits for the others."""
    names = sorted(fields)
    with ThreadPoolExecutor(_BESIDE) as several:
        return dict(zip(names, several.map(lambda name: _values(duck, name, given[name]), names), strict=True))


def _values(duck: Any, field: str, given: pa.ChunkedArray) -> Values:
    given_here = given.combine_chunks()
    once = None if field in KEYS else given_here.dictionary_encode()  # what many bear is cleaned once
    with duck.cursor() as own:
        spelled = _cleaned(own, field, given_here if once is None else once.dictionary).dictionary_encode()
    borne = spelled.indices if once is None else spelled.indices.take(once.indices)
    places = borne.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Values(spelled.dictionary, places)


def _cleaned(duck: Any, field: str, spelled: pa.Array) -> pa.Array:
    """The values as they are compared, in their order."""
    table = pa.table({"x": spelled})
    duck.register("spelled", pa.Table.from_batches(table.to_batches(_AT_ONCE), table.schema))
    found = duck.sql(f"select {FIELDS[field].clean.format(x='x')} as x from spelled").to_arrow_table()["x"]
    duck.unregister("spelled")
    return found.combine_chunks()


def lay_out(duck: Any, table: str, values: Mapping[str, Values], places: Whole) -> str:
    """Makes a table of the records at these places, `unique_id` from 0, and gives its name."""
    columns = {name: each.at(places) for name, each in values.items()}
    duck.register("laid", pa.table({"unique_id": np.arange(len(places)), **columns}))
    duck.execute(f"create table {table} as select * from laid").fetchall()
    duck.unregister("laid")
    return table


def _counted(borne: Whole, size: int) -> Whole:
    return np.bincount(borne + 1, minlength=size + 1)[1:]
