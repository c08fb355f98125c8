"""Reads a file through `listen/table.py` and keeps all that came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from touchstone.core.tables import ARRIVING, conform
from touchstone.listen.table import listen


@dataclass
class Read:
    """What a file turned into."""

    units: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    columns: dict[str, dict[str, Any]]
    table: pa.Table = field(repr=False)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.table.to_pylist())

    def main(self) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["thread"] is None]

    def column(self, name: str) -> tuple[str, tuple[str, float, float] | None]:
        found = self.columns[name]
        scale = found["scale"]
        return found["taken_for"], scale and (scale["metric"], scale["worst"], scale["best"])


def read(path: Path, **settings: Any) -> Read:
    rejected: list[dict[str, Any]] = []
    columns: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    parts = []
    for item in listen(path=path, reject=rejected.append, seen=columns.extend, **settings):
        if isinstance(item, tuple):
            units += item[1].to_pylist()
        else:
            parts.append(conform(item, ARRIVING))
    table = pa.concat_tables(parts) if parts else ARRIVING.empty_table()
    return Read(units, rejected, {each["column"]: each for each in columns}, table)


def written(folder: Path, content: str | bytes, *, name: str = "feedback.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path
