"""Undo a decision about themes, at any time; an undoing may be undone too."""

from __future__ import annotations

import json
from typing import Any

from touchstone.act import _themes
from touchstone.core.errors import Refused

WHO = ("insight",)


def act(store: Any, *, decision: str) -> dict[str, Any]:
    """{"decision": id of the undoing, "new": true}: themes stand as if `decision` had never been made.

    A touchpoint that a theme was promoted to stays in the taxonomy, and its examples stay. `Refused`: there is no such
    decision, or it is undone already.
    """
    made = store.corrections(table="theme")
    if decision not in {row["id"] for row in made}:
        raise Refused("there is no such decision.", field="decision", todo="Look at the page Themes.")
    undone: set[str] = set()
    for row in reversed(made):
        change = json.loads(row["change"] or "{}")
        if row["id"] not in undone and "takes_back" in change:
            undone.add(change["takes_back"])
    if decision in undone:
        raise Refused("this is undone already.", field="decision", todo="Undo what undid it.")
    return _themes.keep(store, {"takes_back": decision})
