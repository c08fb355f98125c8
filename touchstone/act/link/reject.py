"""Reject that two persons are one customer: no link, and no chain of links, brings them together again."""

from __future__ import annotations

from typing import Any

from touchstone.act import _belonging
from touchstone.rules.belonging import TOGETHER, spoken

WHO = ("insight", "contact_centre")


def act(store: Any, *, person: str, other: str, reason: str = "") -> dict[str, Any]:
    """{"decision": id, "new": bool, "customer": who is one with `person` now}; said again, it keeps nothing.

    Where a chain of links leads from one to the other, its weakest link is cut. Stands over every later run until it is
    undone. `Refused`: nobody is known by one of these ids.
    """
    _belonging.two(person, other)
    own = _belonging.members(store, person)
    _belonging.members(store, other, "other")
    last = spoken(_belonging.stood(store), person, other)
    if last is not None and last.verb not in TOGETHER:
        return {"decision": last.id, "new": False, "customer": own}
    return _belonging.decide(store, "reject", [person], [other], reason=reason)
