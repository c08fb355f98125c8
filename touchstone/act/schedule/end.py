"""End a schedule: it is done no more."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import telling

WHO = ("insider", "partner_administrator")


def act(store: Any, *, schedule: str) -> dict[str, Any]:
    """{"schedule": its id}. `Refused`: it has ended, or is not yours."""
    row = telling.theirs(store, "schedule", schedule)
    if row["ended_at"] is not None:
        raise Refused("it has ended already.", field="schedule", todo="Make it again to have it back.")
    telling.change(store, "schedule", row, ended_at=store.now, reason="ended by hand")
    store.log("schedule.end", schedule=schedule)
    return {"schedule": schedule}
