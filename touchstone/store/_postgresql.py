"""PostgreSQL's own ways: COPY in bulk, and a write-ahead log without what was erased."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

PIECE = 8_000  # rows handed to COPY at once
AT_MOST = 512  # segments of the log, of 16 MB as PostgreSQL ships, that are written over when somebody is erased
_SEGMENTS = """select count(*) from pg_ls_waldir() where name ~ '^[0-9A-F]{{24}}$'
    and name {} pg_walfile_name(pg_current_wal_lsn())"""
_SAMPLED = """select s.tablename, s.attname, format_type(a.atttypid, a.atttypmod) as type from pg_stats as s
    join pg_class as c on c.relname = s.tablename and c.relnamespace = current_schema()::regnamespace
    join pg_attribute as a on a.attrelid = c.oid and a.attname = s.attname
    where s.schemaname = current_schema() and c.relkind = 'r' order by s.tablename, a.attnum"""
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


def clear_samples(connection: Connection) -> None:
    """Takes out the samples of columns that the server keeps of tables which are empty now: `analyze` leaves those.

    A column that is made the type it has already loses its sample; an empty table is at that in no time.
    """
    sampled = connection.exec_driver_sql(_SAMPLED).all()
    for table in sorted({row.tablename for row in sampled}):
        if connection.exec_driver_sql(f'select 1 from "{table}" limit 1').first() is None:
            for row in sampled:
                if row.tablename == table:
                    column = f'alter column "{row.attname}" type {row.type}'
                    connection.exec_driver_sql(f'alter table "{table}" {column}')


def clear_log(connection: Connection) -> bool:
    """Writes over what the write-ahead log holds of before; False where it may not, or the server keeps it.

    A checkpoint lets go of older segments, but keeps some, unchanged, to be used again: each switch to the next fills
    one with zeros. `connection` commits each statement.
    """
    try:
        _switch(connection)
        connection.exec_driver_sql("checkpoint")
        ahead, kept = (int(connection.exec_driver_sql(_SEGMENTS.format(each)).scalar_one()) for each in "><")
        for _ in range(min(ahead, AT_MOST) + 1):  # the last is begun by the one before, and filled by its own
            _switch(connection)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return False  # a role that may not switch, or look
    return ahead <= AT_MOST and not kept


def _switch(connection: Connection) -> None:
    """Goes on to the next segment of the log, which then begins with a few bytes: one that is empty is not left."""
    connection.exec_driver_sql("select pg_logical_emit_message(false, 'touchstone', '')")
    connection.exec_driver_sql("select pg_switch_wal()")


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
