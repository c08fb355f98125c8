"""Have an action done on schedule, as you."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.rules import rhythm, who
from touchstone.store import telling

WHO = ("insider", "partner_administrator")
_SECRET = ("password",)


def act(
    store: Any,
    *,
    action: str,
    fields: dict[str, Any] | None = None,
    every: str = "week",
    weekday: str = "monday",
    hour: int = 6,
    zone: str = "UTC",
) -> dict[str, Any]:
    """{"schedule": its id, "due_at": when it is done first}; done with the rights you have then.

    `every` is hour, day or week. `Refused`: an action you may not do, fields it does not take, one that takes a
    password or a file of the machine (on the command line it may), and schedules themselves.
    """
    rhythm.check(every=every, weekday=weekday, hour=hour, zone=zone)
    given = dict(fields or {})
    _check(store, action, given)
    last = rhythm.last(store.now, every=every, weekday=weekday, hour=hour, zone=zone)
    due = rhythm.following(last, every=every, hour=hour, zone=zone)
    account = store.viewer.account or None
    row = {
        "account": account, "unit": telling.unit_of(store.viewer), "action": action, "fields": given, "every": every,
        "weekday": weekday, "hour": hour, "zone": zone,
    }  # fmt: skip
    row["id"] = telling.named("schedule", *row.values())
    row |= {"due_at": due, "done_at": None, "outcome": "", "created_at": store.now, "ended_at": None, "reason": ""}
    if telling.keep(store, "schedule", row):
        store.log("schedule.make", schedule=row["id"], what=action, account=account)
    return {"schedule": row["id"], "due_at": due}


def _check(store: Any, action: str, given: Mapping[str, Any]) -> None:
    if action not in finder.names("act") or action.startswith("schedule."):
        raise Refused(f"there is no action {action!r} to schedule.", field="action", todo="See `touchstone act`.")
    who.check(store.viewer, who=finder.part("act", action).WHO, what=action)
    if any(each in finder.settings("act", action) for each in _SECRET):
        raise Refused("what takes a password is done by hand.", field="action", todo="Do it yourself.")
    if store.viewer.account and finder.files("act", action) & set(given):
        todo = "Schedule it there, on the command line."
        raise Refused("files of the machine are read at the machine alone.", field="fields", todo=todo)
    finder.arguments("act", action, given)
    if missing := finder.missing("act", action, given):
        raise Refused(f"{missing[0]} is missing.", field="fields", todo=f"Give {missing[0]}=….")
