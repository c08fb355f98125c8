"""End a rule: it looks no more, and its alerts are over."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import telling

WHO = ("insider", "partner")


def act(store: Any, *, rule: str, reason: str | None = None) -> dict[str, Any]:
    """{"rule": its id}; made again, it stands again. `Refused`: it has ended, or is not yours."""
    row = telling.theirs(store, "rule", rule)
    if row["ended_at"] is not None:
        raise Refused("it has ended already.", field="rule", todo="Make it again to have it back.")
    telling.change(store, "rule", row, ended_at=store.now, reason=reason or "")
    for each in telling.standing(store, "alert"):
        if each["rule"] == rule:
            telling.change(store, "alert", each, over_at=store.now)
    store.log("rule.end", rule=rule)
    return {"rule": rule}
