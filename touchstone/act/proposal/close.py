"""Ask customers no more; what they voted stays."""

from __future__ import annotations

from typing import Any

from touchstone.store import votes

WHO = ("insight", "contact_centre")


def act(store: Any, *, proposal: str) -> dict[str, Any]:
    """{"closed": whether it was open}."""
    closed = votes.close(store, id=proposal)
    if closed:
        store.log("proposal.close", proposal=proposal)
    return {"closed": closed}
