"""Merge two customers into one that keeps the id of the first."""

from __future__ import annotations

from typing import Any

from touchstone.act import _belonging
from touchstone.rules.belonging import spoken

WHO = ("insight", "contact_centre")


def act(store: Any, *, person: str, other: str, reason: str = "") -> dict[str, Any]:
    """{"decision": id, "new": bool, "customer": the persons who are one now}: `other`'s customer goes into `person`'s.

    The customer keeps the id that `person`'s had; where both are one already, it is called by `person` from now on.
    Done again, it keeps nothing. Undone, everything is as it was. `Refused`: nobody is known by one of these ids.
    """
    _belonging.two(person, other)
    own, theirs = _belonging.members(store, person), _belonging.members(store, other, "other")
    keeps = _belonging.called(store, person)
    if own != theirs:
        return _belonging.decide(store, "merge", own, theirs, keeps=keeps, reason=reason)
    if keeps == person:
        last = spoken(_belonging.stood(store), person, other)
        return {"decision": last.id if last else "", "new": False, "customer": own}
    return _belonging.decide(store, "merge", [person], [other], keeps=person, reason=reason)
