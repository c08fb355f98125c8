"""Fixes in the record: stated, begun, ended; one name, one fix."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from touchstone.core.errors import Refused
from touchstone.store import live
from touchstone.store._live_cases import fix as fixes

Row = dict[str, Any]


def state(store: Any, row: Row) -> tuple[Row, bool]:
    """The fix as it stands now, and whether it is new; what has begun keeps its units, its state and its days."""
    with store.record.writing() as connection:
        known = connection.execute(select(fixes).where(fixes.c.id == row["id"])).mappings().first()
        if known is None:
            fresh = {"case": None, **row, "state": "planned", "stated_at": store.now, "version": 1}
            connection.execute(insert(fixes), fresh)
            return fresh, True
        kept = ("unit", "units", "touchpoint") if known["state"] != "planned" else ()
        told = {name: value for name, value in row.items() if name not in kept}
        after = told | {"version": known["version"] + 1}
        connection.execute(update(fixes).where(fixes.c.id == row["id"]).values(after))
    return {**known, **after}, False


def find(store: Any, *, id: str) -> Row:
    """The fix; `Refused` where there is none."""
    with store.record.reading() as connection:
        row = connection.execute(select(fixes).where(fixes.c.id == id)).mappings().first()
    if row is None:
        raise Refused("there is no such fix.", field="fix", todo="Look at the page Fixes.")
    return dict(row)


def change(store: Any, row: Row, **columns: Any) -> Row:
    """The fix after `columns` were changed; `Refused` where somebody changed it since `row` was read."""
    with store.record.writing() as connection:
        if not live.change(connection, fixes, row, **columns):
            raise Refused("somebody changed it meanwhile.", field="fix", todo="Look at it again.")
    return row | columns | {"version": row["version"] + 1}
