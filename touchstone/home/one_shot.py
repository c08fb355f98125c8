"""One shot on a file: a measure, connector or optimiser over one table, without a home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from touchstone.core import finder
from touchstone.core.errors import Refused, Stop
from touchstone.core.fields import cast, required, typed
from touchstone.core.settings import load
from touchstone.core.tables import INTERACTION, METRIC
from touchstone.home.rows import belonging, ordered, plain

OF_SCORES = {"nps": "nps", "csat": "csat", "ces": "ces", "rating": "rating", "yes_share": "boolean"}
"""Measures of one score, and what it was asked as: a file's `value` is that score."""
_PERIODS = ("day", "week", "month", "quarter", "year", "since", "until")
_CUT_BY = (*INTERACTION.names, *_PERIODS)


def one_shot(
    room: str,
    name: str,
    *,
    file: str,
    map: dict[str, str],
    set: dict[str, str],
    by: list[str],
) -> list[dict[str, Any]]:
    """The rows the contract lays down for `name` on `file`; the order of the file's rows never matters."""
    from touchstone.store.scratch import scratch

    table = read(file, map=map)
    settings = dict(set)
    seed = _seed(settings.pop("seed", load().seed))
    arguments = finder.arguments(room, name, settings)
    if fields := getattr(finder.part(room, name), "FIELDS", None):
        ask = scratch([], seed=seed, given=typed(table, fields))
    else:
        ask = scratch(_interactions(table, metric=name, by=by, scale=arguments), seed=seed)
    if room == "connect":
        return _connected(list(finder.verb(room, name)(ask, **arguments)))
    cut = {"by": by} if room == "measure" else {}
    rows = finder.verb(room, name)(ask, **cut, **arguments)
    return [ordered(each, by) for each in plain(rows)]


def _connected(made: list[pa.Table]) -> list[dict[str, Any]]:
    """Links and signals as they are; rows about each record of the file as figures are told."""
    if all(each.schema.equals(METRIC) for each in made):
        return [ordered(row, []) for each in made for row in plain(each)]
    return belonging(made)


def _seed(given: Any) -> int:
    """The seed as a whole number from 0 on."""
    if not str(given).isdecimal():
        raise Refused(f"{given!r} is no seed.", field="seed", todo="Give a whole number from 0 on.")
    return int(given)


def read(file: str, *, map: dict[str, str]) -> pa.Table:
    """The file as a table whose columns bear the fields' names: CSV (UTF-8, comma, header) or Parquet.

    A column may be several fields; one that was mapped no longer bears its own name.
    """
    path = Path(file)
    if not path.is_file():
        said = "this is a folder, no file." if path.is_dir() else "there is no such file."
        raise Stop(said, where=file, todo="Check the path.")
    table = _parquet(path) if _packed(path) else _csv(path)
    columns = table.column_names
    if twice := sorted({each for each in columns if columns.count(each) > 1}):
        raise Refused(f"two columns bear the name {twice[0]!r}.", where=file, todo="Give each a name of its own.")
    if missing := [f"{field}={column}" for field, column in map.items() if column not in columns]:
        raise Refused(f"no such column: {', '.join(missing)}.", field="map", todo=f"Columns: {columns}.")
    mapped = {column: [field for field, given in map.items() if given == column] for column in map.values()}
    fields = {field: table[name] for name in columns for field in mapped.get(name, [] if name in map else [name])}
    return pa.table(fields) if fields else table


def _packed(path: Path) -> bool:
    """Whether it is a Parquet file, by its name or its first letters."""
    with path.open("rb") as opened:
        return path.suffix.lower() == ".parquet" or opened.read(4) == b"PAR1"


def _parquet(path: Path) -> pa.Table:
    try:
        return parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise Stop("not a Parquet file.", where=str(path), todo="Write it anew, or give it as CSV.") from error


def _csv(path: Path) -> pa.Table:
    """Every cell as text (ids come back as they were given); an empty cell is missing."""
    try:
        header = csv.open_csv(path).schema.names
        options = csv.ConvertOptions(
            column_types={name: pa.string() for name in header}, null_values=[""], strings_can_be_null=True
        )
        return csv.read_csv(path, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options)
    except pa.ArrowInvalid as error:
        raise Stop(f"not a CSV file ({error}).", where=str(path), todo="UTF-8, comma, one header row.") from error


def _interactions(table: pa.Table, *, metric: str, by: list[str], scale: dict[str, Any]) -> pa.Table:
    """Columns of INTERACTION: what bears a field's name is that field, the score is one of `metric`."""
    narrowed = [each for each in ("since", "until") if scale.get(each)]
    cuts = ["occurred_at" if each in _PERIODS else each for each in (*narrowed, *by) if each in _CUT_BY]
    required(table, *(["value"] if metric in OF_SCORES else []), *cuts)
    given = {name: table[name] for name in table.column_names if name in INTERACTION.names}
    columns = {name: cast(column, INTERACTION.field(name).type, name) for name, column in given.items()}
    numbers = pa.array(range(len(table)), pa.int64())
    columns["seq"], columns["id"] = numbers, pc.cast(numbers, pa.string())
    if metric in OF_SCORES:
        columns["metric"] = pa.array([OF_SCORES[metric]] * len(table), pa.string())
        for end in ("best", "worst"):
            if end in scale:
                columns[end] = pa.array([float(scale[end])] * len(table), pa.float64())
    return pa.table(columns)
