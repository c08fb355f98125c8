"""Personal data hidden as DuckDB reads a text: for an insider who sees none, without a copy of the lake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from touchstone.language import personal
from touchstone.store._duck import run
from touchstone.store._hide import names_of
from touchstone.store._record import HIDE, Record


def teach(duck: duckdb.DuckDBPyConnection, record: Record) -> None:
    """Makes the database know a function of a text and its person: the text without personal data and their name."""

    def hiding(texts: pa.ChunkedArray, persons: pa.ChunkedArray) -> pa.ChunkedArray:
        names = names_of(record, persons) if persons.null_count < len(persons) else None
        return personal.masked(texts.cast(pa.string()), names)

    options: dict[str, Any] = {"type": "arrow", "null_handling": "special"}
    duck.create_function(HIDE, hiding, ["VARCHAR", "VARCHAR"], "VARCHAR", **options)


def forget(duck: duckdb.DuckDBPyConnection) -> None:
    """Lets go of the function before its database, or neither ever goes."""
    duck.remove_function(HIDE)
    duck.close()


def veil(
    duck: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], hidden: Sequence[str], masked: Sequence[str]
) -> None:
    """Puts a view in the place of table or view `name`: `hidden` columns without personal data, `masked` ones null."""
    who = "person" if {"person", "text"} <= set(columns) else "null"
    shown = {each: f'{HIDE}("{each}", {who})' for each in hidden} | dict.fromkeys(masked, "null::varchar")
    told = ", ".join(f"""{shown.get(each, f'"{each}"')} as "{each}\"""" for each in columns)
    views = duck.execute("select view_name from duckdb_views()").fetchall()
    run(duck, f"alter {'view' if (name,) in views else 'table'} {name} rename to whole_{name}")
    run(duck, f"create view {name} as select {told} from whole_{name}")
