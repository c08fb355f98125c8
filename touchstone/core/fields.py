"""Columns of a file given in one shot: as the types of the fields that a part reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.errors import Refused

_NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:nan|inf|infinity))$"  # the last: none, as programs write it
_VAST = 1e100  # whose squares and sums of squares still are numbers
_INSTANT = r"^\d{4}-\d\d-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d{1,6})?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?$"
_COUNTED = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
_UNREADABLE = (pa.ArrowInvalid, pa.ArrowNotImplementedError)


def typed(table: pa.Table, fields: Mapping[str, pa.DataType]) -> pa.Table:
    """`table` with the columns that bear a field's name as that field's type; other columns as they are."""
    for name in set(fields) & set(table.column_names):
        place = table.column_names.index(name)
        table = table.set_column(place, name, cast(table[name], fields[name], name))
    return table


def cast(column: pa.ChunkedArray, kind: pa.DataType, name: str) -> pa.ChunkedArray:
    """The column as `kind`, instants without a zone as UTC; Refused, naming column and row, where a cell does not read.

    Blanks around numbers and dates say nothing.
    """
    plain = _plain(column)
    try:
        if pa.types.is_floating(kind):
            return numbers(plain, name)
        if pa.types.is_timestamp(kind) and (pa.types.is_string(plain.type) or pa.types.is_integer(plain.type)):
            return _instants(plain.cast(pa.string()), name)
        return plain.cast(kind, safe=not pa.types.is_timestamp(plain.type))  # nanoseconds are cut off
    except _UNREADABLE as error:
        raise Refused(f"column {name}: {error}.", field=name, todo="Mend the file, or map another column.") from error


def numbers(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """The column's numbers, missing where a cell is empty; Refused where one is none, or too vast."""
    plain = _plain(column)
    if pa.types.is_string(plain.type):
        texts = _trimmed(plain)
        if stray := _stray(texts, pc.match_substring_regex(texts, _NUMBER)):
            row, cell = stray
            todo = "Write it like 1.5, leave it empty, or map another column."
            raise Refused(f"column {name}, row {row}: {cell!r} is not a number.", field=name, todo=todo)
        plain = pc.replace_substring_regex(texts, r"^\+", "")
    read = plain.cast(pa.float64(), safe=False)
    if stray := _stray(read, pc.or_(pc.less(pc.abs(read), _VAST), pc.invert(pc.is_finite(read)))):
        row, cell = stray
        said = f"column {name}, row {row}: {cell!r} is beyond what can be computed with."
        raise Refused(said, field=name, todo="Give a smaller one, or leave it empty.")
    return read


def countable(column: pa.ChunkedArray) -> bool:
    """Whether it holds numbers: texts do where one of them is a number, or where every cell is empty."""
    plain = _plain(column)
    if not pa.types.is_string(plain.type):
        kind = plain.type
        return any(each(kind) for each in _COUNTED)
    texts = _trimmed(plain)
    return texts.null_count == len(texts) or bool(pc.any(pc.match_substring_regex(texts, _NUMBER)).as_py())


def _instants(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """ISO dates and times, also a year or a month by itself (its first day), each with or without a zone."""
    whole = pc.replace_substring_regex(_trimmed(column), r"^(\d{4})$", r"\1-01")
    whole = pc.replace_substring_regex(whole, r"^(\d{4}-\d{2})$", r"\1-01")
    whole = pc.replace_substring_regex(whole, r"(\.\d{6})\d+", r"\1")  # beyond microseconds
    if stray := _stray(whole, pc.match_substring_regex(whole, _INSTANT)):
        row, cell = stray
        todo = "Write it like 2026-01-31 or 2026-01-31T10:30."
        raise Refused(f"column {name}, row {row}: {cell!r} is no date or time.", field=name, todo=todo)
    zoned = pc.fill_null(pc.match_substring_regex(whole, r":\d\d.*(Z|[+-]\d\d(:?\d\d)?)$"), False)
    nothing = pa.scalar(None, pa.string())
    plain = pc.if_else(zoned, nothing, whole).cast(pa.timestamp("us"))
    return pc.coalesce(
        pc.assume_timezone(plain, "UTC"), pc.if_else(zoned, whole, nothing).cast(pa.timestamp("us", "UTC"))
    )


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without the ways a file may pack it: a dictionary's words, and long texts, are texts."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    packed = pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type)
    return column.cast(pa.string()) if packed else column


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts without blanks around them; what is nothing else is missing."""
    texts = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _stray(cells: pa.ChunkedArray, reads: pa.ChunkedArray) -> tuple[int, Any] | None:
    """The first cell that does not read, after its row (the first under the header is 1); None where all do."""
    if pc.all(reads).as_py() is not False:
        return None
    row = pc.index(reads, False).as_py()
    return row + 1, cells[row].as_py()


def required(table: pa.Table, *needed: str) -> pa.Table:
    """`table` as it is; Refused where it lacks a column of `needed`, by name and with what it has."""
    if missing := [name for name in needed if name not in table.column_names]:
        raise Refused(
            f"no column {missing[0]!r}.", field=missing[0], where="the file",
            todo=f"Say which with --map {missing[0]}=COLUMN; there are: {', '.join(table.column_names)}.",
        )  # fmt: skip
    return table
