"""Keep what a person allows: granted, denied or revoked, for one purpose, with who said so and when."""

from __future__ import annotations

from typing import Any, Literal

from touchstone.act import _own
from touchstone.rules import consent
from touchstone.store import persons

WHO = ("contact_centre", "customer")


def act(
    store: Any, *, person: str, state: Literal["granted", "denied", "revoked"], purpose: str = "contact", by: str = ""
) -> dict[str, Any]:
    """What the person allows from now on: {"person", "consents": {purpose: state}, "new": bool}.

    `by` is on whose word it stands (empty: the person's own). An objection to `contact` stands over every purpose of
    contact; without `analysis` nothing they said is read, counted or linked. What was said before stays in the person's
    history; saying what holds already keeps nothing. A customer speaks for themselves, on nobody else's word.
    `Refused`: nobody of this id, a purpose or state that is none.
    """
    consent.check(purpose, state)
    _own.check_person(store, person)
    said_by = by if by and store.viewer.side != "customer" else person
    house = _own.hands(store)
    held, new = persons.allow(house, id=person, purpose=purpose, state=state, by=said_by)
    if new:
        house.derive()  # what is not to be read goes at once
    return {"person": person, "consents": consent.stated(held), "new": new}
