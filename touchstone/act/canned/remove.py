"""Remove an answer kept for again."""

from __future__ import annotations

from typing import Any

from touchstone.store import messages

WHO = ("contact_centre",)


def act(store: Any, *, canned: str) -> dict[str, Any]:
    """It is offered no more: {"removed": bool}."""
    removed = messages.remove(store, id=canned)
    if removed:
        store.log("canned.remove", canned=canned)
    return {"removed": removed}
