"""One shot on a file: a measure, connector or optimiser over one table, without a home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from touchstone.core import finder
from touchstone.core.errors import Refused, Stop
from touchstone.core.fields import cast, typed
from touchstone.core.settings import load
from touchstone.core.tables import INTERACTION, METRIC
from touchstone.home.rows import belonging, ordered, plain

OF_SCORES = ("nps", "csat", "ces", "rating")


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
    seed = int(settings.pop("seed", load().seed))
    arguments = finder.arguments(room, name, settings)
    if fields := getattr(finder.part(room, name), "FIELDS", None):
        ask = scratch([], seed=seed, given=typed(table, fields))
    else:
        ask = scratch(_interactions(table, metric=name, scale=arguments), seed=seed)
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


def read(file: str, *, map: dict[str, str]) -> pa.Table:
    """The file as a table whose columns bear the fields' names: CSV (UTF-8, comma, header) or Parquet."""
    path = Path(file)
    if not path.is_file():
        raise Stop("there is no such file.", where=file, todo="Check the path.")
    table = parquet.read_table(path) if path.suffix == ".parquet" else _csv(path)
    if missing := [f"{field}={column}" for field, column in map.items() if column not in table.column_names]:
        raise Refused(f"no such column: {', '.join(missing)}.", field="map", todo=f"Columns: {table.column_names}.")
    names = {column: field for field, column in map.items()}
    kept = [each for each in table.column_names if each in names or each not in map]
    return table.select(kept).rename_columns([names.get(each, each) for each in kept])


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


def _interactions(table: pa.Table, *, metric: str, scale: dict[str, Any]) -> pa.Table:
    """Columns of INTERACTION: what bears a field's name is that field, the score is one of `metric`."""
    given = {name: table[name] for name in table.column_names if name in INTERACTION.names}
    columns = {name: cast(column, INTERACTION.field(name).type, name) for name, column in given.items()}
    numbers = pa.array(range(len(table)), pa.int64())
    columns["seq"], columns["id"] = numbers, pc.cast(numbers, pa.string())
    if metric in OF_SCORES and "value" in columns:
        columns["metric"] = pa.array([metric] * len(table), pa.string())
        for end in ("best", "worst"):
            if end in scale:
                columns[end] = pa.array([float(scale[end])] * len(table), pa.float64())
    return pa.table(columns)
