"""End a subscription."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import telling

WHO = ("insider", "partner")


def act(store: Any, *, subscription: str) -> dict[str, Any]:
    """{"subscription": its id}; nothing of it is sent any more. `Refused`: it has ended, or is not yours."""
    row = telling.theirs(store, "subscription", subscription)
    if row["ended_at"] is not None:
        raise Refused("it has ended already.", field="subscription", todo="Subscribe again to have it back.")
    telling.change(store, "subscription", row, ended_at=store.now, reason="ended by its reader")
    store.log("subscription.end", subscription=subscription)
    return {"subscription": subscription}
