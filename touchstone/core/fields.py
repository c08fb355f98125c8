"""Columns of a file given in one shot: as the types of the fields that a part reads."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.errors import Refused


def typed(table: pa.Table, fields: Mapping[str, pa.DataType]) -> pa.Table:
    """`table` with the columns that bear a field's name as that field's type; other columns as they are."""
    for name in set(fields) & set(table.column_names):
        place = table.column_names.index(name)
        table = table.set_column(place, name, cast(table[name], fields[name], name))
    return table


def cast(column: pa.ChunkedArray, kind: pa.DataType, name: str) -> pa.ChunkedArray:
    """The column as `kind`, instants without a zone as UTC; Refused, naming the column, where a cell does not read."""
    try:
        if pa.types.is_timestamp(kind) and pa.types.is_string(column.type):
            return pc.assume_timezone(column.cast(pa.timestamp("us")), "UTC")
        return column.cast(kind)
    except pa.ArrowInvalid as error:
        raise Refused(f"column {name}: {error}.", field=name, todo="Mend the file, or map another column.") from error
