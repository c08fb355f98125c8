"""Take conversations: they are yours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.act._conversations import made

WHO = ("contact_centre", "partner")


def act(store: Any, *, ids: Sequence[str]) -> dict[str, Any]:
    """Whoever does it owns them from now on: {"changed", "undo"}. `Refused`: one that is not theirs to work on."""
    return made(store, ids, what="take", to={"owner": store.viewer.account})
