"""Do what is due: by the clock, every minute, as the account that scheduled it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from touchstone.act import _apart
from touchstone.core import finder
from touchstone.core.errors import TouchstoneError
from touchstone.core.viewer import Viewer
from touchstone.rules import rhythm, who
from touchstone.store import telling

WHO = ("administrator",)
EVERY = timedelta(minutes=1)


def act(store: Any) -> dict[str, Any]:
    """How many were {"done", "failed", "ended"}: each once per due time, whatever is killed or started twice.

    Its next time is kept before it is begun. What was missed while nothing served is done once, not once each. A
    schedule ends where its account is closed or may not do it any more.
    """
    counts = dict.fromkeys(("done", "failed", "ended"), 0)
    for row in telling.standing(store, "schedule", by=store.now):
        viewer = telling.viewer_of(store, row["account"])
        if reason := _forbidden(row, viewer):
            counts["ended"] += telling.change(store, "schedule", row, ended_at=store.now, reason=reason)
        elif viewer is not None and telling.change(store, "schedule", row, due_at=_next(store, row), outcome="begun"):
            outcome = _outcome(store, row, viewer)
            now = row | {"version": row["version"] + 1}
            telling.change(store, "schedule", now, done_at=store.now, outcome=outcome)
            counts["done" if outcome == "done" else "failed"] += 1
            store.log("schedule.do", schedule=row["id"], what=row["action"], account=row["account"])
    return counts


def _forbidden(row: Mapping[str, Any], viewer: Viewer | None) -> str:
    """Why it must not be done any more; empty where it may."""
    if viewer is None:
        return "the account is closed"
    if row["action"] not in finder.names("act"):
        return "there is no such action any more"
    return "" if who.may(viewer, who=finder.part("act", row["action"]).WHO) else "the account may not do it any more"


def _next(store: Any, row: Mapping[str, Any]) -> datetime:
    when = {"every": row["every"], "hour": row["hour"], "zone": row["zone"]}
    last = rhythm.last(store.now, weekday=row["weekday"], **when)
    return rhythm.following(last, **when)


def _outcome(store: Any, row: Mapping[str, Any], viewer: Viewer) -> str:
    """`done`, or what went wrong, in words that name nobody: of an error that is not ours, its kind."""
    own = store.as_viewer(viewer)
    name, given = row["action"], row["fields"]
    failed = _apart.error(lambda: finder.verb("act", name)(own, **finder.arguments("act", name, given)))
    if failed is None:
        return "done"
    return f"{failed.what} {failed.todo}".strip() if isinstance(failed, TouchstoneError) else type(failed).__name__
