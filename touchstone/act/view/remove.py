"""Remove a view of your own."""

from __future__ import annotations

from typing import Any

from touchstone.store import messages

WHO = ("insider",)


def act(store: Any, *, view: str) -> dict[str, Any]:
    """It is listed no more: {"removed": bool}; others' views stay."""
    return {"removed": messages.remove_view(store, id=view)}
