"""The file of a one-shot call as problems, each of its own, and the rows that answer them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.core.tables import PLAN

SCENARIO = "scenario"
"""The column whose values are problems of their own; it comes back in each row."""

YES = ("1", "1.0", "true", "yes", "granted")
"""What a cell says, in small letters, where something holds."""


def given(ask: Ask, *needed: str) -> pa.Table:
    """The file's table; Refused where there is no file, or where it lacks a column of `needed`."""
    if ask.given is None:
        raise Refused("this is decided on a file.", field="in", todo="Give one with --in FILE.")
    return required(ask.given, *needed)


def problems(table: pa.Table) -> Iterator[tuple[dict[str, str | None], pa.Table]]:
    """Each problem of the file: what its rows are named by (`{}`, or `{"scenario": …}`), and its rows."""
    if SCENARIO not in table.column_names:
        yield {}, table
        return
    for name in sorted(pc.unique(table[SCENARIO]).to_pylist(), key=str):
        same = pc.is_null(table[SCENARIO]) if name is None else pc.equal(table[SCENARIO], name)
        yield {SCENARIO: None if name is None else str(name)}, table.filter(same).drop_columns([SCENARIO])


def constant(table: pa.Table, name: str, setting: float | None) -> float | None:
    """A limit: the setting, else the one value of the column `name`, else None. Refused where values differ."""
    if setting is not None or name not in table.column_names:
        return setting
    values = pc.unique(pc.drop_null(table[name])).to_pylist()
    if len(values) > 1:
        raise Refused(
            f"{name} differs within a problem: {values[0]}, {values[1]}.", field=name, where="the file",
            todo=f"Give one {name} a scenario, or --set {name}=….",
        )  # fmt: skip
    return float(values[0]) if values else None


def row(
    maker: str, by: Mapping[str, Any], value: float | None, *, n: int, measured_in: str, detail: Mapping[str, Any],
    limits: tuple[float | None, float | None] = (None, None),
) -> dict[str, Any]:  # fmt: skip
    """One PLAN row of `maker` (name@version); without limits it is a choice, not an estimate."""
    name = maker.partition("@")[0]
    named = {key: None if each is None else str(each) for key, each in by.items()}
    return {
        "id": ":".join([name, *(each or "" for each in named.values())]), "name": name, "by": list(named.items()),
        "value": value, "low": limits[0], "high": limits[1], "n": n, "measured_in": measured_in,
        "detail": json.dumps(detail, ensure_ascii=False), "maker": maker, "about": None, "rests_on": None,
    }  # fmt: skip


def plans(rows: list[dict[str, Any]]) -> pa.Table:
    """The rows as a table."""
    return pa.Table.from_pylist(rows, schema=PLAN)
