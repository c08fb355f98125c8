"""Take back what you did with conversations, where nobody went on since."""

from __future__ import annotations

from typing import Any

from touchstone.store import conversations

WHO = ("contact_centre", "partner")


def act(store: Any, *, change: str) -> dict[str, Any]:
    """They are as they were before: {"undone", "moved_on": how many somebody changed since, which stay}.

    `Refused`: a token of nobody's, or somebody else's.
    """
    undone, moved_on = conversations.undo(store, change=change)
    if undone:
        store.log("conversation.undo", change=change, changed=undone)
    return {"undone": undone, "moved_on": moved_on}
