"""Begin a fix: from this day on its units have it, and `effect` compares them with those that do not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import accounts, fixes

WHO = ("insight", "contact_centre", "executive")


def act(store: Any, *, fix: str, since: date | None = None, units: Sequence[str] = ()) -> dict[str, Any]:
    """{"fix", "since", "units"}: kept as an event of each unit, which the next `run` measures the effect from.

    Without `since` it begins today; with `units` these have it, also when it began elsewhere before. Done twice adds
    nothing. `Refused`: it is an idea or ended, no unit has it, or the day is still to come.
    """
    row = fixes.find(store, id=fix)
    day = since or store.now.date()
    own = sorted(set(units)) or row["units"]
    if row["state"] == "ended" or row["kind"] != "fix":
        raise Refused(f"it is {'ended' if row['kind'] == 'fix' else 'no fix yet'}.", field="fix", todo="State a fix.")
    if day > store.now.date():
        raise Refused("this day is still to come.", field="since", todo="Begin it when it begins.")
    if not own or set(own) - accounts.units(store, among=own):
        raise Refused("which units have it?", field="units", todo="Name units as they are stored.")
    store.append([[_event(row, unit, day) for unit in own]])
    every = sorted({*own, *(row["units"] if row["state"] == "running" else ())})
    first = min(day, row["since"].date()) if row["since"] else day
    start = datetime.combine(first, time(), UTC)
    columns = {"state": "running", "since": start, "units": every, "unit": every[0] if len(every) == 1 else None}
    if any(row[name] != value for name, value in columns.items()):
        fixes.change(store, row, **columns)
        store.log("fix.begin", fix=fix, units=own)
    return {"fix": fix, "since": first.isoformat(), "units": every}


def _event(row: dict[str, Any], unit: str, day: date) -> dict[str, Any]:
    """What tells the home that a unit has the fix."""
    return {
        "source": "fixes", "source_id": f"{row['id']} {unit}", "kind": "event", "level": "employee", "unit": unit,
        "touchpoint": row["touchpoint"], "occurred_at": datetime.combine(day, time(), UTC),
        "attributes": json.dumps({"fix": row["name"]}, ensure_ascii=False),
    }  # fmt: skip
