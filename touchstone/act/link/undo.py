"""Undo a decision about links, at any time; an undoing may be undone too."""

from __future__ import annotations

import json
from typing import Any

from touchstone.act import _belonging
from touchstone.core.errors import Refused
from touchstone.rules.belonging import undone

WHO = ("insight", "contact_centre")


def act(store: Any, *, decision: str, reason: str = "") -> dict[str, Any]:
    """{"decision": id of the undoing, "new": true}: links stand as if `decision` had never been made.

    `Refused`: there is no such decision, or it is undone already.
    """
    made = store.corrections(table="link")
    meant = next((row for row in made if row["id"] == decision), None)
    if meant is None:
        raise Refused("there is no such decision.", field="decision", todo="Look at the customer's history.")
    if decision in undone(made):
        raise Refused("this is undone already.", field="decision", todo="Undo what undid it.")
    change = json.loads(meant["change"])
    people = [*change.get("left", ()), *change.get("right", ())]
    return _belonging.keep(store, "undo", {"takes_back": decision}, reason=reason, people=people)
