"""DuckDB in memory: the one place that opens connections, fills tables and gives answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from touchstone.core.errors import Refused, Retry
from touchstone.core.taxonomy import Taxonomy
from touchstone.store._sketch import finer

Parameters = Sequence[Any] | Mapping[str, Any]
TOUCHPOINT = pa.schema(
    [("name", pa.string()), ("stage", pa.string()), ("owner", pa.string()), ("position", pa.int64())]
)


def connect() -> duckdb.DuckDBPyConnection:
    """A fresh database in memory that reckons in UTC."""
    connection = duckdb.connect(":memory:")
    for statement in (
        "set global TimeZone = 'UTC'",  # for every cursor, too
        "set preserve_insertion_order = false",
        "set python_scan_all_frames = false",
    ):
        connection.execute(statement).fetchall()
    return connection


def shut(connection: duckdb.DuckDBPyConnection, folder: Path | None = None) -> None:
    """Closes the outside to SQL: no file but those under `folder`, no further setting."""
    if folder is not None:
        escaped = str(folder.resolve()).replace("'", "''")
        connection.execute(f"set allowed_directories = ['{escaped}/']").fetchall()
    for statement in ("set enable_external_access = false", "set lock_configuration = true"):
        connection.execute(statement).fetchall()


def fill(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Makes the database's table `name` from `table`."""
    connection.register("arriving", table)
    connection.execute(f'create or replace table "{name}" as select * from arriving').fetchall()
    connection.unregister("arriving")


def run(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Runs a statement of the store's own; a file that is gone meanwhile is told as such."""
    try:
        connection.execute(statement).fetchall()
    except duckdb.IOException as error:
        raise Retry(f"a file of the lake could not be read ({error}).", where=statement[:500]) from error


def answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters = ()) -> pa.Table:
    """The answer to one question as a table; what DuckDB cannot read or do is told with its SQL."""
    cursor = connection.cursor()
    try:
        given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
        relation = cursor.sql(finer(sql), params=given) if given else cursor.sql(finer(sql))
        return _counted(relation.to_arrow_table())
    except duckdb.OutOfMemoryException as error:
        raise Retry(f"not enough memory ({error}).", where=sql[:500], todo="Narrow the period.") from error
    except duckdb.IOException as error:
        raise Retry(f"a file of the lake could not be read ({error}).", where=sql[:500]) from error
    except duckdb.Error as error:
        raise Refused(f"the lake cannot answer ({error}).", where=sql[:500]) from error
    finally:
        cursor.close()


def _counted(table: pa.Table) -> pa.Table:
    """Sums of counts as 64-bit whole numbers; DuckDB makes them wider, which Arrow can only call decimals."""
    for position, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type) and field.type.scale == 0:
            whole = table.column(position).cast(pa.int64())
            table = table.set_column(position, field.name, whole)
    return table


def touchpoints(taxonomy: Taxonomy) -> pa.Table:
    """The taxonomy as the table `touchpoint(name, stage, owner, position)`."""
    rows = [
        {"name": each.name, "stage": each.stage, "owner": each.owner, "position": position}
        for position, each in enumerate(taxonomy)
    ]
    return pa.Table.from_pylist(rows, schema=TOUCHPOINT)
