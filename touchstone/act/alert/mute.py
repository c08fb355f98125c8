"""Mute the rule of an alert for some days, and say why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import telling

WHO = ("insider", "partner")


def act(store: Any, *, rule: str, reason: str, days: int = 30) -> dict[str, Any]:
    """{"rule": its id, "until": when it may be heard again}; `days` of 0 let it be heard at once.

    What it finds meanwhile stands on the page; nobody is sent it.
    """
    row = telling.theirs(store, "rule", rule)
    if not 0 <= days <= 366 or not reason.strip():
        field = "reason" if 0 <= days <= 366 else "days"
        raise Refused("for how long, and why?", field=field, todo="Give 0 to 366 days and a reason.")
    until = store.now + timedelta(days=days) if days else None
    if row["reason"] != reason.strip() or not row["muted_until"] or until is None:
        telling.change(store, "rule", row, muted_until=until, reason=reason.strip())
        store.log("alert.mute", rule=rule)
    return {"rule": rule, "until": until}
