"""End a subscription."""

from __future__ import annotations

from typing import Any

from touchstone.store import telling

WHO = ("insider", "partner")


def act(store: Any, *, subscription: str) -> dict[str, Any]:
    """{"subscription": its id}; nothing of it is sent any more. `Refused`: it has ended, or is not yours."""
    return telling.end(store, "subscription", subscription, reason="ended by its reader")
