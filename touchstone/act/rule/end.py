"""End a rule: it looks no more, and its alerts are over."""

from __future__ import annotations

from typing import Any

from touchstone.store import telling

WHO = ("insider", "partner")


def act(store: Any, *, rule: str, reason: str | None = None) -> dict[str, Any]:
    """{"rule": its id}; made again, it stands again. `Refused`: it has ended, or is not yours."""
    ended = telling.end(store, "rule", rule, reason=reason or "")
    for each in telling.standing(store, "alert", rule=rule):
        telling.change(store, "alert", each, over_at=store.now)
    return ended
