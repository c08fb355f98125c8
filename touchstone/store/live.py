"""The live state of work: tables that people change all day, each in a file `_live_…` of this room.

A live table's row that is about a person bears the column `person`; it goes when they are erased and is theirs to have.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from touchstone.store.tables import metadata


@cache
def everything() -> tuple[Table, ...]:
    """All live tables, by name."""
    for path in sorted(Path(__file__).parent.glob("_live_*.py")):
        importlib.import_module(f"touchstone.store.{path.stem}")
    return tuple(table for _, table in sorted(metadata.tables.items()) if table.info.get("live"))


def change(connection: Connection, table: Table, row: Mapping[str, Any], /, **columns: Any) -> bool:
    """Whether the row, its version raised, was changed: it is not where somebody else changed it since it was read."""
    same = (table.c.id == row["id"]) & (table.c.version == row["version"])
    after = {**columns, "version": row["version"] + 1}
    return bool(connection.execute(update(table).where(same).values(after)).rowcount)


def of(connection: Connection, who: str) -> dict[str, list[dict[str, Any]]]:
    """Table → what is kept there of a person."""
    about = [each for each in everything() if "person" in each.c]
    rows = {
        each.name: connection.execute(select(each).where(each.c.person == who).order_by(*each.primary_key)).mappings()
        for each in about
    }
    return {name: found for name, some in rows.items() if (found := [dict(row) for row in some])}


def forget(connection: Connection, who: str) -> None:
    """Takes out what is kept of a person."""
    for each in everything():
        if "person" in each.c:
            connection.execute(delete(each).where(each.c.person == who))
