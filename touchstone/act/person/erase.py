"""Erase a person: all that is kept of them, for good."""

from __future__ import annotations

from typing import Any

from touchstone.act._unlearn import taught_from, unlearn
from touchstone.core.errors import Refused
from touchstone.store import persons

WHO = ("contact_centre",)


def act(store: Any, *, person: str, together: bool = False) -> dict[str, Any]:
    """What went: {"persons", "interactions", "others": [ids]}; it does not come back, nor with an older back-up.

    `others` are persons who are the same customer and stay; with `together` they go as well. Where a person's texts
    taught a model, every taught model goes, and the one in force is taught anew from what is left. Stored figures
    follow with the next `run`. `Refused`: nobody of this id.
    """
    if not persons.knows(store, id=person):
        todo = "Give the id of a person; one who was erased is not known any more."
        raise Refused(f"nobody is known as {person!r}.", field="person", todo=todo)
    ids = persons.together(store, id=person)
    gone = ids if together else [person]
    store.log("person.erase", people=gone, by=store.viewer.account or None)
    before = taught_from(store)
    count = sum(store.erase(each) for each in gone)
    told = {"persons": len(gone), "interactions": count, "others": ids[len(gone) :]}
    return told | ({"model": unlearn(store)} if taught_from(store) < before else {})
