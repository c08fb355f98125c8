"""End a schedule: it is done no more."""

from __future__ import annotations

from typing import Any

from touchstone.store import telling

WHO = ("insider", "partner_administrator")


def act(store: Any, *, schedule: str) -> dict[str, Any]:
    """{"schedule": its id}. `Refused`: it has ended, or is not yours."""
    return telling.end(store, "schedule", schedule, reason="ended by hand")
