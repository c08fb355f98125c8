"""Erase a person: all that is kept of them, for good."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.act._unlearn import taught_from, unlearn
from touchstone.store import accounts, persons

WHO = ("contact_centre", "customer")


def act(store: Any, *, person: str, together: bool = False, password: str = "") -> dict[str, Any]:
    """What went: {"persons", "interactions", "others": [ids]}; it does not come back, nor with an older back-up.

    `others` are persons who are the same customer and stay; with `together` they go as well. Where a person's texts
    taught a model, every taught model goes, and the one in force is taught anew from what is left ("model"). A
    touchpoint promoted from a theme loses words that only they said, and goes where those are its name ("taxonomy":
    "changed"). "log": "kept" says that the server of a shared record still keeps its write-ahead log of before. Stored
    figures follow with the next `run`. A customer erases themselves alone, and it takes their `password`; an account of
    theirs goes too. `Refused`: nobody of this id.
    """
    _own.check_person(store, person)
    own = store.viewer.side == "customer"
    if own and (account := accounts.get(store, id=store.viewer.account)):
        _own.check_password(store, account, password, field="password")
    store = _own.hands(store)
    ids = [person] if own else persons.together(store, id=person)
    gone = ids if together else [person]
    store.log("person.erase", people=gone)
    before = taught_from(store)
    took = [store.erase(each) for each in gone]
    told = {"persons": len(gone), "interactions": sum(each.interactions for each in took), "others": ids[len(gone) :]}
    changed, kept = any(each.touchpoints for each in took), not took[-1].cleared  # the last clears for all
    told |= {"taxonomy": "changed"} if changed else {}
    told |= {"log": "kept"} if kept else {}
    return told | ({"model": unlearn(store)} if changed or taught_from(store) < before else {})
