"""Confirm that two persons are one customer, whatever the machine makes of them."""

from __future__ import annotations

from typing import Any

from touchstone.act import _belonging
from touchstone.rules.belonging import TOGETHER, spoken

WHO = ("insight", "contact_centre")


def act(store: Any, *, person: str, other: str, reason: str = "") -> dict[str, Any]:
    """{"decision": id, "new": bool, "customer": the persons who are one now}; said again, it keeps nothing.

    Stands over every later run until it is undone. Of those one of them must stay apart from, the weakest link to
    them is cut. `Refused`: nobody is known by one of these ids.
    """
    _belonging.two(person, other)
    own = _belonging.members(store, person)
    _belonging.members(store, other, "other")
    last = spoken(_belonging.stood(store), person, other)
    if last is not None and last.verb in TOGETHER and other in own:
        return {"decision": last.id, "new": False, "customer": own}
    return _belonging.decide(store, "confirm", [person], [other], reason=reason)
