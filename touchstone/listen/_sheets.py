"""Parquet files and workbooks to tables of strings."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from touchstone.core.errors import Skip, Stop
from touchstone.listen._csv import BATCH, ROW, Reject, table_of
from touchstone.listen._file import Opened
from touchstone.listen._form import is_header, named
from touchstone.listen._json import clean


def read_parquet(opened: Opened) -> Iterator[pa.Table]:
    """The file's rows in batches, every column as strings; nested values as JSON."""
    try:
        file = parquet.ParquetFile(opened.stream)
        names = named(list(file.schema_arrow.names))
        following = 1
        for batch in file.iter_batches(BATCH):
            numbers = pa.array(range(following, following + len(batch)), pa.int64())
            following += len(batch)
            yield pa.table([*map(strings, batch.columns), numbers], names=[*names, ROW])
    except (pa.ArrowInvalid, OSError) as error:
        raise Skip(
            f"the Parquet file cannot be read ({str(error)[:120]}).", where=opened.path.name, todo="Export it again."
        ) from error


def strings(column: pa.Array) -> pa.Array:
    """A column of any type as strings: whole numbers without a point, instants as ISO, nested values as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_nested(kind):
        return pa.array([None if v is None else json.dumps(v, default=str) for v in column.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind):
        text = pc.strftime(column.cast(pa.timestamp("us", kind.tz)), "%Y-%m-%dT%H:%M:%S")
        return pc.binary_join_element_wise(text, "Z", "") if kind.tz else text
    if pa.types.is_floating(kind):
        whole = pc.and_(pc.equal(column, pc.round(column)), pc.less(pc.abs(column), 1e15))
        as_whole = pc.if_else(pc.fill_null(whole, False), column, None).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(as_whole, pc.if_else(pc.is_nan(column), None, column).cast(pa.string()))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([v and clean(v.decode("utf-8", "replace")) for v in column.to_pylist()], pa.string())
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, pc.replace_substring(text, "\0", ""))


def read_workbook(opened: Opened, *, told: Mapping[str, str], reject: Reject) -> Iterator[pa.Table]:
    """The rows of one sheet: the one told, else the first that holds a table. Formulas never run: what they last
    showed is read, or their own text where they showed nothing."""
    del reject
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl speaks of styles and extensions that carry no cells
            shown = load_workbook(opened.stream, read_only=True, data_only=True)
            written = load_workbook(opened.stream, read_only=True, data_only=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise Skip(
            f"the workbook cannot be read ({str(error)[:120]}).", where=opened.path.name, todo="Save it as CSV."
        ) from error
    name = _sheet(shown, told.get("sheet", ""), opened)
    yield from _rows(_cells(shown[name], written[name]), opened, told)


def _sheet(book: Any, wanted: str, opened: Opened) -> str:
    names = [sheet.title for sheet in book.worksheets]
    if wanted:
        if wanted not in names:
            raise Stop(f"there is no sheet {wanted!r}.", where=opened.path.name, todo=f"The sheets are: {names}.")
        return wanted
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        filled = sum(any(cell is not None for cell in row) for row, _ in zip(sheet.values, range(20), strict=False))
        if filled >= 2:
            if len(names) > 1:
                opened.notes.append(f"read from the sheet {sheet.title!r} of {names} (set sheet=NAME for another)")
            return str(sheet.title)
    raise Skip("no sheet holds a table.", where=opened.path.name, todo="Put names in the first row, answers below.")


def _cells(shown: Any, written: Any) -> Iterator[list[str]]:
    shown.reset_dimensions()
    written.reset_dimensions()
    for values, formulas in zip(shown.values, written.values, strict=True):
        cells = [_string(f if v is None else v) for v, f in zip(values, formulas, strict=True)]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _string(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime | date | time) else clean(str(value))


def _rows(cells: Iterator[list[str]], opened: Opened, told: Mapping[str, str]) -> Iterator[pa.Table]:
    first = next((row for row in cells if any(row)), None)
    if first is None:
        raise Skip("the sheet is empty.", where=opened.path.name, todo="Name another with set sheet=NAME.")
    header = told.get("header") != "none" and (bool(told.get("header")) or is_header(first))
    names = named(first) if header else [f"column_{n}" for n in range(1, len(first) + 1)]
    rows, numbers = ([], []) if header else ([first], [1])
    number = len(rows)
    for row in cells:
        number += 1
        if any(row):
            rows.append(row + [""] * (len(names) - len(row)))
            numbers.append(number)
            names = named(names, len(row))
        if len(rows) == BATCH:
            yield table_of([each + [""] * (len(names) - len(each)) for each in rows], numbers, names)
            rows, numbers = [], []
    if rows:
        yield table_of([each + [""] * (len(names) - len(each)) for each in rows], numbers, names)
