"""Snooze conversations: out of the list until a day, or until the customer writes again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from touchstone.act._conversations import made
from touchstone.core.errors import Refused

WHO = ("contact_centre", "partner")
_MOST = timedelta(days=366)


def act(store: Any, *, ids: Sequence[str], until: datetime | None = None, days: float = 1.0) -> dict[str, Any]:
    """They come back at `until` (without: after so many `days`): {"changed", "undo"}. Closed ones stay as they are.

    `Refused`: an instant that is past, or more than a year away.
    """
    if until is None:
        if not 0 < days <= _MOST.days:
            raise Refused("that is no time to wait.", field="days", todo="Choose between 0 and 366 days.")
        until = store.now + timedelta(days=days)
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    if not store.now < until <= store.now + _MOST:
        raise Refused("that is past, or very far.", field="until", todo="Choose a day within a year.")
    return made(store, ids, what="snooze", to={"until": until}, when=("open", "waiting"))
