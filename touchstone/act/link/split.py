"""Split a customer in two: who leaves, and who stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.act import _belonging
from touchstone.core.errors import Refused

WHO = ("insight", "contact_centre")


def act(store: Any, *, person: str, others: Sequence[str] = (), reason: str = "") -> dict[str, Any]:
    """{"decision": id, "new": true, "customer": those who left}: `person` and `others` are a customer of their own.

    Those who stay are one customer too; nothing brings the two together again until this is undone. `Refused`: they are
    not of one customer, or nobody would stay.
    """
    whole = _belonging.members(store, person)
    leaving = sorted({person, *others})
    if strange := [each for each in leaving if each not in whole]:
        raise Refused(f"{strange[0]!r} is not of this customer.", field="others", todo="Name persons of one customer.")
    staying = [each for each in whole if each not in leaving]
    if not staying:
        raise Refused("nobody would stay.", field="person", todo="Leave at least one person of the customer.")
    return _belonging.decide(store, "split", leaving, staying, reason=reason)
