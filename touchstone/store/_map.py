"""What a function makes of interactions not yet understood, batch by batch: on all cores here, or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import SPOKEN
from touchstone.store._extend import UNREAD

if TYPE_CHECKING:
    from touchstone.store.spark import SparkEngine

Rows = Mapping[str, pa.Table]
Function = Callable[[pa.Table], Rows]
"""From interactions to rows of derived tables, by table."""
PART = 25_000  # interactions one thread takes at a time
MADE = "made"  # the column that says to which table a row belongs, where rows of all travel together


def on_threads(pending: Iterator[tuple[pa.Table, int]], function: Function) -> Iterator[tuple[Rows, int]]:
    """The rows of each batch with the seq it goes up to, in order; the next batch is worked on meanwhile.

    Threads do where `function` spends its time outside the interpreter's lock, as Arrow, NumPy and the kernel do.
    """
    with ThreadPoolExecutor(os.cpu_count() or 1, "understand") as pool:
        held: tuple[list[Future[Rows]], int] | None = None
        for batch, upto in pending:
            if held is None and len(batch):
                function(batch.slice(0, 0))  # loads once what every thread will use
            parts = [batch.slice(start, PART) for start in range(0, len(batch), PART)]
            begun = [pool.submit(function, part) for part in parts], upto
            if held is not None:
                yield _together(*held)
            held = begun
        if held is not None:
            yield _together(*held)


def _together(parts: list[Future[Rows]], upto: int) -> tuple[Rows, int]:
    made = [part.result() for part in parts]
    names = dict.fromkeys(name for rows in made for name in rows)
    return {name: pa.concat_tables([rows[name] for rows in made]) for name in names}, upto


def on_cluster(
    engine: SparkEngine, files: Iterator[tuple[str, int, int]], function: Function, schemas: Mapping[str, pa.Schema]
) -> Iterator[tuple[Rows, int]]:
    """The same by a cluster, file by file: (path or "", seq above which, seq up to which) of interactions.

    `schemas` are those of the tables `function` makes rows of; it travels to the workers, with all it holds.
    """
    flat = pa.schema({field.name: field for schema in schemas.values() for field in schema}.values())
    flat = flat.append(pa.field(MADE, pa.string()))
    for path, low, high in files:
        rows: dict[str, pa.Table] = {}
        if path:
            engine.add("unread", [path], columns=(*UNREAD, "kind", "level"))
            found = engine.map_batches("unread", partial(_flattened, function, low, flat), flat)
            rows = {
                name: found.filter(pc.equal(found[MADE], name)).select(schema.names) for name, schema in schemas.items()
            }
        yield rows, high


def _flattened(function: Function, low: int, flat: pa.Schema, batch: pa.RecordBatch) -> pa.RecordBatch:
    """All rows made of the interactions of a batch that have words of others and stand above `low`, in one form."""
    table = pa.Table.from_batches([batch])
    spoken = pc.fill_null(pc.greater(pc.binary_length(table["text"]), 0), False)
    own = pc.and_(pc.equal(table["level"], "employee"), pc.is_in(table["kind"], value_set=pa.array(SPOKEN)))
    own = pc.or_(pc.fill_null(own, False), pc.fill_null(pc.equal(table["kind"], "claim"), False))  # as `ours` in SQL
    table = table.filter(pc.and_(pc.and_not(spoken, own), pc.greater(table["seq"], low)))
    made = function(table.select(UNREAD))
    marked = [rows.append_column(MADE, pa.repeat(name, len(rows))) for name, rows in made.items()]
    whole = pa.concat_tables([flat.empty_table(), *marked], promote_options="default").select(flat.names)
    return pa.RecordBatch.from_arrays([pa.concat_arrays(column.chunks) for column in whole.columns], schema=flat)
