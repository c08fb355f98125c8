"""Keep the filters of the inbox under a name of your own."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from touchstone.core.errors import Refused
from touchstone.rules import inbox
from touchstone.store import messages

WHO = ("insider",)
_LONGEST = 60


def act(store: Any, *, name: str, filters: str = "") -> dict[str, Any]:
    """Your view of this name shows what the address `filters` (state=open&owner=me) narrows to: {"view": its id}."""
    if not 0 < len(name.strip()) <= _LONGEST:
        raise Refused(f"1 to {_LONGEST} characters.", field="name", todo="Give it a short name.")
    chosen = {field: text for field, text in parse_qsl(filters.lstrip("?")) if text and field in inbox.FILTERS}
    return {"view": messages.keep_view(store, name=name.strip(), filters=chosen)}
