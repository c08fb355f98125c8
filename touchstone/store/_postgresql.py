"""PostgreSQL's own bulk way in: COPY into a passing table, then what is not known yet moves on."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

PIECE = 8_000  # rows handed to COPY at once
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def add(connection: Connection, chunk: pa.Table) -> int:
    """Inserts the interactions whose id is not there yet; returns how many."""
    names = ", ".join(chunk.column_names)
    cursor: Any = connection.connection.cursor()
    cursor.execute("create temporary table if not exists arriving (like interaction) on commit drop")
    cursor.execute("truncate arriving")
    with cursor.copy(f"copy arriving ({names}) from stdin") as copy:
        for start in range(0, len(chunk), PIECE):
            copy.write(_lines(chunk.slice(start, PIECE)))
    cursor.execute(
        f"insert into interaction ({names}) select {names} from arriving order by seq on conflict (id) do nothing"
    )
    added: int = cursor.rowcount
    cursor.close()
    return added


def _lines(table: pa.Table) -> bytes:
    """The rows in COPY's text format, put together column by column."""
    columns = [_written(column.combine_chunks()) for column in table.columns]
    lines = pc.binary_join_element_wise(*columns, "\t", null_handling="replace", null_replacement="\\N")
    return ("\n".join(lines.to_pylist()) + "\n").encode()


def _written(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    if not pa.types.is_string(column.type):
        return column.cast(pa.string())
    for raw, escaped in ESCAPES:
        column = pc.replace_substring(column, raw, escaped)
    return column
