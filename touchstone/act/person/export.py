"""Give out everything the home holds of a person, as data."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.rules import who
from touchstone.store import mine, persons

WHO = ("contact_centre", "customer")


def act(store: Any, *, person: str, together: bool = False) -> dict[str, Any]:
    """All that is kept: {"exported_at", "persons": [{"id", and rows by table}], "others": [ids]}.

    Rows are the person's own and those about them: what they said and said before, what was understood and corrected,
    links, rejects, and what was done, under their pseudonym. `others` are persons who are the same customer and are not
    in it; with `together` they are. A customer gets their own, as they may read it: what they said and what was
    understood of it, cases, promises, answers, consents; never who else they may be. `Refused`: nobody of this id.
    """
    _own.check_person(store, person)
    if store.viewer.side == "customer":
        store.log("person.export", people=[person])
        return {
            "exported_at": store.now.isoformat(),
            "persons": [{"id": person} | mine.everything(store)],
            "others": [],
        }
    who.check_personal(store.viewer, what="person.export")
    ids = persons.together(store, id=person)
    wanted = ids if together else [person]
    store.log("person.export", people=wanted)
    rows = [{"id": each} | persons.everything(store, id=each) for each in wanted]
    return {"exported_at": store.now.isoformat(), "persons": rows, "others": ids[len(wanted) :]}
