"""Rows as outsiders see them: the contract's keys, plain values, no NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa


def plain(table: pa.Table) -> list[dict[str, Any]]:
    """Metric or plan rows as the contract prints them: the by columns, then value, low, high, n, unit, maker, detail.

    Where `unit` is a by column it keeps that key, and the unit of measurement stands in `detail.measured_in`.
    """
    return [_row(each) for each in table.to_pylist()]


def plain_value(value: Any) -> Any:
    """What an action gave back as plain JSON values: no number is NaN, what JSON does not know is a text."""
    if isinstance(value, Mapping):
        return {str(name): plain_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def belonging(tables: Iterable[pa.Table]) -> list[dict[str, Any]]:
    """Link and signal rows as one list; a column that a row's table lacks is null."""
    found: list[dict[str, Any]] = pa.concat_tables(list(tables), promote_options="default").to_pylist()
    return found


def _row(row: dict[str, Any]) -> dict[str, Any]:
    by: dict[str, Any] = dict(row["by"] or ())
    if by.get("rank") is not None:  # the one by column that is a number
        by["rank"] = int(by["rank"])
    detail = json.loads(row["detail"] or "{}") | {"measured_in": row["measured_in"]}
    figures = {name: _number(row[name]) for name in ("value", "low", "high")}
    return {"unit": row["measured_in"]} | figures | {"n": row["n"], "maker": row["maker"], "detail": detail} | by


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def ordered(row: dict[str, Any], by: list[str]) -> dict[str, Any]:
    """The row with its by columns first: those asked for, then those the measure itself cuts by."""
    rest = ("value", "low", "high", "n", "unit", "maker", "detail")
    own = [name for name in row if name not in rest]
    return {name: row.get(name) for name in dict.fromkeys([*by, *own, *rest])}


def printed(rows: list[dict[str, Any]], *, form: str) -> str:
    """The rows as `json`, `csv` (detail as JSON) or a `table` for reading."""
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=1)
    columns = list(rows[0]) if rows else ["value", "low", "high", "n"]
    if form == "csv":
        return _csv(columns, rows)
    shown = [name for name in columns if name not in ("detail", "maker")]
    cells = [shown, *[[_cell(row[name]) for name in shown] for row in rows]]
    widths = [max(len(line[place]) for line in cells) for place in range(len(shown))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells)


def _csv(columns: list[str], rows: list[dict[str, Any]]) -> str:
    import csv
    import io

    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "detail": json.dumps(row.get("detail"), ensure_ascii=False)})
    return out.getvalue().rstrip("\n")


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
