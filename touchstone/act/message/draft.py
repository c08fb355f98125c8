"""Keep what you are writing, so that nothing is lost and others see that you write."""

from __future__ import annotations

from typing import Any

from touchstone.store import messages

WHO = ("contact_centre", "partner")


def act(store: Any, *, conversation: str, text: str = "") -> dict[str, Any]:
    """Your one draft there is this text from now on (empty: there is none, but for its files): {"kept": bool}."""
    return {"kept": messages.draft(store, conversation=conversation, text=text)}
