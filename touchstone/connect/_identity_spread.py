"""Pairs compared here or by a cluster, whose workers have Splink on a DuckDB of their own: the same to a digit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pyarrow as pa

from touchstone.connect._identity_duck import connection
from touchstone.connect._identity_model import Expected, Model, Scored
from touchstone.connect._identity_values import Values
from touchstone.core.ask import Spread

_AT_ONCE = 200_000  # pairs that travel together, with what both sides bear
_NONE = Values(pa.array([], pa.string()), np.empty(0, np.int64))


def score(model: Model, pairs: str, *, spread: Spread | None) -> Scored:
    """The weights of the pairs in table `pairs` that are not out of the question, by the cluster where there is one."""
    if spread is None:
        return model.score(pairs)
    compare = partial(_compared, expected=model.expected, count=model.count)
    weights = [pa.field(name, pa.float64()) for name in model.named]
    schema = pa.schema([pa.field("left", pa.int64()), pa.field("right", pa.int64()), *weights])
    found = pa.concat_tables([schema.empty_table(), *(spread(compare, each, schema) for each in _wide(model, pairs))])
    found = found.sort_by([("left", "ascending"), ("right", "ascending")])
    columns = [found[name].to_numpy() for name in schema.names]
    return Scored(columns[0], columns[1], dict(zip(model.named, columns[2:], strict=True)))


def _wide(model: Model, pairs: str) -> Iterator[pa.Table]:
    """The pairs, some at a time, with what both sides bear and how frequent it is."""
    every = model.duck.sql(f"select join_key_l, join_key_r from {pairs} order by all").to_arrow_table()
    for start in range(0, len(every), _AT_ONCE):
        left, right = (side.to_numpy() for side in every.slice(start, _AT_ONCE).columns)
        columns = {"left": pa.array(left), "right": pa.array(right)}
        for name, values in model.values.items():
            columns[f"{name}_l"], columns[f"{name}_r"] = (values.at(model.places[side]) for side in (left, right))
            columns[f"tf_{name}"] = model.frequency(name, left)
        yield pa.table(columns)


def _compared(pairs: pa.Table, *, expected: Expected, count: int) -> pa.Table:
    """`left`, `right` and the weight of each field, of those pairs that are not out of the question."""
    size = len(pairs)
    sides = {name: pa.concat_arrays([*pairs[f"{name}_l"].chunks, *pairs[f"{name}_r"].chunks]) for name in expected}
    with connection() as duck:
        duck.register("wide", pairs)
        duck.register("sides", pa.table({"unique_id": np.arange(2 * size), **sides}))
        duck.register("those", pa.table({"join_key_l": np.arange(size), "join_key_r": np.arange(size, 2 * size)}))
        duck.execute("create table records as select * from sides").fetchall()
        duck.execute("create table pairs as select '0' as match_key, * from those").fetchall()
        for name in expected:
            known = f"select distinct {name}_l as {name}, tf_{name} from wide where tf_{name} is not null"
            duck.execute(f"create table rarity_{name} as {known}").fetchall()
        model = Model(duck, "records", values=dict.fromkeys(expected, _NONE), count=count)
        model.expected = expected
        found = model.score("pairs")
    left, right = (pairs[side].combine_chunks().take(pa.array(found.left)) for side in ("left", "right"))
    return pa.table({"left": left, "right": right, **found.weights})
