"""Reopen conversations: they are to be answered, now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.act._conversations import made

WHO = ("contact_centre", "partner")


def act(store: Any, *, ids: Sequence[str]) -> dict[str, Any]:
    """They are open, and snoozed no more: {"changed", "undo"}."""
    return made(store, ids, what="reopen", to={"state": "open", "until": None})
