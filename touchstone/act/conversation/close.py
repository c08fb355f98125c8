"""Close conversations: nothing is to be done until the customer writes again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.act._conversations import made

WHO = ("contact_centre", "partner")


def act(store: Any, *, ids: Sequence[str]) -> dict[str, Any]:
    """They are closed: {"changed", "undo"}. A new word of the customer opens one again."""
    return made(store, ids, what="close", to={"state": "closed", "until": None})
