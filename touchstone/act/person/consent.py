"""Keep what a person allows: granted, denied or revoked, for one purpose, with who said so and when."""

from __future__ import annotations

from typing import Any, Literal

from touchstone.core.errors import Refused
from touchstone.rules import consent
from touchstone.store import persons

WHO = ("contact_centre",)


def act(
    store: Any, *, person: str, state: Literal["granted", "denied", "revoked"], purpose: str = "contact", by: str = ""
) -> dict[str, Any]:
    """What the person allows from now on: {"person", "consents": {purpose: state}, "new": bool}.

    `by` is on whose word it stands (empty: the person's own). An objection to `contact` stands over every purpose of
    contact; without `analysis` nothing they said is read, counted or linked. What was said before stays in the person's
    history; saying what holds already keeps nothing. `Refused`: nobody of this id, a purpose or state that is none.
    """
    consent.check(purpose, state)
    if not persons.knows(store, id=person):
        raise Refused(f"nobody is known as {person!r}.", field="person", todo="Give the id of a person.")
    held, new = persons.allow(store, id=person, purpose=purpose, state=state, by=by or person)
    if new:
        store.derive()  # what is not to be read goes at once
    return {"person": person, "consents": consent.stated(held), "new": new}
