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
            return _instants(column)
        return column.cast(kind)
    except pa.ArrowInvalid as error:
        raise Refused(f"column {name}: {error}.", field=name, todo="Mend the file, or map another column.") from error


def _instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """ISO dates and times, also a year or a month by itself (its first day), each with or without a zone."""
    whole = pc.replace_substring_regex(column, r"^(\d{4})$", r"\1-01")
    whole = pc.replace_substring_regex(whole, r"^(\d{4}-\d{2})$", r"\1-01")
    zoned = pc.fill_null(pc.match_substring_regex(whole, r":\d\d.*(Z|[+-]\d\d(:?\d\d)?)$"), False)
    nothing = pa.scalar(None, pa.string())
    plain = pc.if_else(zoned, nothing, whole).cast(pa.timestamp("us"))
    return pc.coalesce(
        pc.assume_timezone(plain, "UTC"), pc.if_else(zoned, whole, nothing).cast(pa.timestamp("us", "UTC"))
    )


def required(table: pa.Table, *needed: str) -> pa.Table:
    """`table` as it is; Refused where it lacks a column of `needed`, by name and with what it has."""
    if missing := [name for name in needed if name not in table.column_names]:
        raise Refused(
            f"no column {missing[0]!r}.", field=missing[0], where="the file",
            todo=f"Say which with --map {missing[0]}=COLUMN; there are: {', '.join(table.column_names)}.",
        )  # fmt: skip
    return table
