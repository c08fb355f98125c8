"""Tables of feedback: CSV, TSV, JSON, Parquet, XLSX, packed or not; columns are recognised from names and contents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from touchstone.core.errors import Refused, Skip, Stop
from touchstone.core.tables import UNIT
from touchstone.core.taxonomy import Taxonomy
from touchstone.listen import _cells, _csv, _dates, _json, _ratings, _sheets
from touchstone.listen._columns import Column
from touchstone.listen._csv import ROW, Reject
from touchstone.listen._file import Opened, open_file
from touchstone.listen._recognise import recognise
from touchstone.listen._shape import Shape
from touchstone.listen._spool import Spool
from touchstone.listen._whole import Whole, survey, unit_table

_SETTABLE = (
    "best", "worst", "metric", "kind", "unit", "not_applicable", "source", "dates", "delimiter", "encoding", "header",
    "sheet", *_cells.CONSTANTS,
)  # fmt: skip
_SAMPLED = 2_000


def listen(
    *,
    path: str | Path,
    map: Mapping[str, Any] | None = None,
    set: Mapping[str, Any] | None = None,
    not_applicable: float | str | None = None,
    source: str | None = None,
    taxonomy: Taxonomy | None = None,
    reject: Callable[[dict[str, Any]], None] | None = None,
    seen: Callable[[list[dict[str, Any]]], None] | None = None,
    counted: Callable[[int], None] | None = None,
    since: datetime | None = None,
    now: datetime | None = None,
) -> Iterator[pa.RecordBatch | tuple[str, pa.Table]]:
    """The file's interactions in batches of `ARRIVING` columns, and before them `("unit", table)` where it has units.

    `map` names columns for fields and overrules what was recognised. `set` gives the scale of the overall score
    (`best`, `worst`, `metric`), a value for the whole file (`unit`, `channel`, `product`, …), or how to read it
    (`delimiter`, `encoding`, `header`, `sheet`, `dates`). `not_applicable` is a score that says there is none, "none"
    keeps every zero. `seen` gets what each column was taken for, `counted` how many rows there were, `reject` every
    row that cannot be used, with the reason. Rows without a date are given out whatever `since` is. Raises `Stop` for
    what is no table of feedback.
    """
    told = _told(set, not_applicable)
    rejecting: Reject = reject or _nowhere
    with open_file(path, encoding=told.get("encoding", "")) as opened, closing(Spool()) as spool:
        rows = _fill(spool, opened, told, rejecting)
        columns, whole = _recognised(spool, opened, map or {}, told, taxonomy)
        ids, units = unit_table(whole, columns, everywhere=told.get("unit", ""))
        name = source or told.get("source") or _stem(opened.path)
        shape = Shape(columns, whole, name, ids, told, rejecting, _dates.aware(since), _dates.aware(now))
        if units:
            yield "unit", pa.Table.from_pylist(units, schema=UNIT)
        yield from _interactions(spool, shape)
        if seen:
            seen(_shown(columns, shape, opened))
        if counted:
            counted(rows)


def _fill(spool: Spool, opened: Opened, told: Mapping[str, str], reject: Reject) -> int:
    """How many rows the file has, with those that could not be split into cells."""
    broken: list[dict[str, Any]] = []

    def refuse(row: dict[str, Any]) -> None:
        broken.append({})
        reject(row)

    for table in _tables(opened, told, refuse):
        spool.add(table)
    if opened.cut_short:
        refuse({"row": spool.rows + 1, "reason": opened.cut_short, "record": {}})
    return spool.rows + len(broken)


def _nowhere(_row: dict[str, Any]) -> None:
    """Where rejected rows go when nobody asks for them."""


def _told(given: Mapping[str, Any] | None, not_applicable: float | str | None) -> dict[str, str]:
    """The settings as strings, checked."""
    told = {name: str(value) for name, value in (given or {}).items()}
    if not_applicable is not None:
        told["not_applicable"] = str(not_applicable)
    for name, value in told.items():
        if name not in _SETTABLE:
            raise Refused(f"nothing is called {name!r}.", field="set", todo=f"Known: {', '.join(_SETTABLE)}.")
        _cells.told(value, name)
        if name in ("best", "worst") or (name == "not_applicable" and value not in ("none", "auto")):
            try:
                float(value)
            except ValueError as error:
                raise Refused(f"{name} must be a number, not {value!r}.", field="set", todo="") from error
    return told


def _tables(opened: Opened, told: Mapping[str, str], reject: Reject) -> Iterator[pa.Table]:
    if opened.kind == "parquet":
        return _sheets.read_parquet(opened)
    if opened.kind == "workbook":
        return _sheets.read_workbook(opened, told=told, reject=reject)
    opened.stream.seek(0)
    shape = _json.looks_like(opened.stream.read(1 << 16).decode("utf-8", "replace"))
    if shape:
        return _json.read(opened, reject=reject, document=shape == "document")
    return _csv.read(opened, told=told, reject=reject)


def _recognised(
    spool: Spool, opened: Opened, given: Mapping[str, Any], told: Mapping[str, str], taxonomy: Taxonomy | None
) -> tuple[list[Column], Whole]:
    """The columns with their scales, and what the whole of the table says."""
    where = opened.path.name
    if not spool.rows:
        raise Skip(
            "there are no rows in it that can be read.", where=where, todo="See the rejected rows, or export again."
        )
    sample = spool.sample(_SAMPLED)
    columns = recognise(sample.drop_columns([ROW]), given)
    if not any(
        column.taken_for in ("text", "value", "score", "rating", "answer", "amount", "kind") for column in columns
    ):
        names = ", ".join(column.name for column in columns[:30])
        raise Stop(
            f"no column of texts or scores was recognised among: {names}.",
            where=where,
            todo="Name one: --map text=COLUMN or --map value=COLUMN.",
        )
    whole = survey(spool, columns)
    if "dates" in told:
        whole.days_first, whole.days_shown = told["dates"] != "month-first", True
    zero = told.get("not_applicable", "auto")
    return _ratings.scaled(columns, whole.counts, taxonomy=taxonomy, not_applicable=zero, told=told), whole


def _stem(path: Path) -> str:
    """The file's name without its endings: `reviews.csv.gz` -> `reviews`."""
    name = path.name
    while "." in name.strip("."):
        name, _, ending = name.rpartition(".")
        if len(ending) > 7:
            return f"{name}.{ending}"
    return name


def _interactions(spool: Spool, shape: Shape) -> Iterator[pa.RecordBatch]:
    for table, keys in zip(spool, shape.whole.keys, strict=True):
        for each in shape.batches(table, keys):
            yield from each.combine_chunks().to_batches()


def _shown(columns: Sequence[Column], shape: Shape, opened: Opened) -> list[dict[str, Any]]:
    shown = []
    for column in columns:
        each = column.shown()
        count = shape.noticed.get("occurred_at" if column.taken_for == "occurred_at" else column.name, 0)
        notes = [each["note"]] if each["note"] else []
        if count and column.taken_for == "occurred_at":
            notes.append(f"{count:,} dates nobody can have meant (1970, or yet to come) were left out")
        elif count:
            notes.append(f"{count:,} answers lie outside its scale and were left out (kept in attributes)")
        if column.taken_for == "occurred_at" and not shape.whole.days_shown:
            order = "day" if shape.whole.days_first else "month"
            notes.append(f"{order} first was assumed: nothing in it tells day from month (set dates=month-first)")
        shown.append({**each, "note": "; ".join([*notes, *opened.notes])})
    return shown
