"""What a source yields, made fit to keep: whole chunks of Arrow, cleaned and given ids, no row touched by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.errors import Refused, Stop
from touchstone.core.tables import ARRIVING, INSTANT, INTERACTION, conform

CHUNK = 50_000
APART = "\x1f"  # stands between source and source_id where they are hashed
UNSTORABLE = "\N{REPLACEMENT CHARACTER}"  # stands in for NUL, which PostgreSQL does not keep: offsets stay as they were


def identify(source: str, source_id: str) -> str:
    """The id of an interaction: 32 hexadecimal digits of SHA-256 over source and source_id."""
    return hashlib.sha256(f"{source}{APART}{source_id}".encode()).hexdigest()[:32]


def chunks(batches: Iterable[Any], *, source: str | None, now: datetime) -> Iterator[pa.Table]:
    """Tables of INTERACTION (without `seq`, which the record gives) of at most 50,000 rows, in order of arrival."""
    held: list[pa.Table] = []
    size = 0
    for batch in batches:
        table = _clean(batch, source)
        held.append(table)
        size += len(table)
        if size >= CHUNK:
            whole = pa.concat_tables(held)
            for start in range(0, size - size % CHUNK, CHUNK):
                yield _identified(whole.slice(start, CHUNK), now)
            held, size = [whole.slice(size - size % CHUNK)], size % CHUNK
    if size:
        yield _identified(pa.concat_tables(held), now)


def _clean(batch: Any, source: str | None) -> pa.Table:
    try:
        table = conform(batch, ARRIVING)
        table.validate(full=True)
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise Stop(f"not a batch of interactions ({error}).", where=source or "append", todo=_FORM) from error
    if source is not None:
        given = pc.fill_null(table["source"], source)
        table = table.set_column(table.schema.get_field_index("source"), ARRIVING.field("source"), given)
    for key in ("source", "source_id"):
        if table[key].null_count:
            raise Refused(f"{table[key].null_count} interactions have no {key}.", field=key, todo=_FORM)
    columns = [_storable(table[field.name], field) for field in ARRIVING]
    return pa.Table.from_arrays(columns, schema=ARRIVING)


_FORM = "Batches hold columns of core/tables.py ARRIVING; `source` and `source_id` are never null."


def _storable(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    """The column as both databases can keep it: no NUL in a text, null where a number is none."""
    if pa.types.is_floating(field.type) and column.null_count < len(column):
        return pc.if_else(pc.is_nan(column), pa.scalar(None, field.type), column)
    if pa.types.is_string(field.type) and any(_has_nul(chunk) for chunk in column.chunks):
        return pc.replace_substring(column, "\0", UNSTORABLE)
    return column


def _has_nul(chunk: pa.Array) -> bool:
    letters = chunk.buffers()[2]
    return letters is not None and letters.size > 0 and not np.frombuffer(letters, np.uint8).all()


def _identified(table: pa.Table, now: datetime) -> pa.Table:
    keys = pc.binary_join_element_wise(table["source"], table["source_id"], APART).cast(pa.binary()).to_pylist()
    ids = pa.array([hashlib.sha256(key).hexdigest()[:32] for key in keys], pa.string())
    received = pa.array(np.full(len(table), int(now.timestamp() * 1_000_000)), pa.int64()).cast(INSTANT)
    made = {"seq": pa.nulls(len(table), pa.int64()), "id": ids, "received_at": received}
    return pa.Table.from_arrays(
        [made[name] if name in made else table[name] for name in INTERACTION.names], schema=INTERACTION
    )
