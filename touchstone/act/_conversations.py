"""Changing conversations, as the actions of that name do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from touchstone.store import conversations


def made(
    store: Any, ids: Sequence[str], *, what: str, to: Mapping[str, Any], when: Sequence[str] = ()
) -> dict[str, Any]:
    """{"changed": how many, "undo": the token for `conversation.undo`}; what says so already stays as it is."""
    token, count = conversations.change(store, ids=ids, what=what, to=to, when=when)
    if count:
        store.log(f"conversation.{what}", change=token, changed=count)
    return {"changed": count, "undo": token if count else ""}
