"""Say that an alert was seen, and whether it was useful: one that was not raises the bar of its rule."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import telling

WHO = ("insider", "partner")


def act(store: Any, *, alert: str, useful: bool | None = None) -> dict[str, Any]:
    """{"alert": its id, "raised": how often its rule's bar was raised}.

    Not `useful`: the chance of error that the rule may run is halved. Said otherwise later, that is taken back.
    """
    row = telling.theirs(store, "alert", alert)
    rule = telling.get(store, "rule", row["rule"])
    if rule is None:
        raise Refused("its rule is gone.", field="alert", todo="Nothing is to be done.")
    said = row["useful"] if useful is None else int(useful)
    step = int(said == 0) - int(row["useful"] == 0)
    if (said, bool(row["seen_at"])) != (row["useful"], True):
        if not telling.change(store, "alert", row, seen_at=row["seen_at"] or store.now, useful=said):
            raise Refused("somebody said so at the same moment.", field="alert", todo="Look again.")
        if step:
            telling.change(store, "rule", rule, raised=max(rule["raised"] + step, 0))
        store.log("alert.seen", alert=alert, useful=useful)
    return {"alert": alert, "raised": max(rule["raised"] + step, 0)}
