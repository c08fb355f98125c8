"""What is done on schedule, and the form to have something done."""

from __future__ import annotations

from touchstone.core import finder
from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Form, Grid, Link
from touchstone.rules.rhythm import WEEKDAYS
from touchstone.show import _say
from touchstone.show._may import may
from touchstone.store import telling

_EVERY = (("hour", "every hour"), ("day", "every day"), ("week", "every week"))
_SECRET = ("password", "old_password", "code")
_FIRST = "run"


def blocks(ask: Ask) -> list[Block]:
    """What stands, the next due first, and the form to make one."""
    rows = [row for row in ask.record(telling.question("schedule")) if row["ended_at"] is None]
    told = tuple(
        (
            Link(row["action"], f"act/schedule.end?schedule={row['id']}"), row["every"],
            f"{row['due_at']:%Y-%m-%d %H:%M}", row["outcome"] or "–",
        )
        for row in sorted(rows, key=lambda row: row["due_at"])
    )  # fmt: skip
    columns = ("Action", "Every", "Next (UTC)", "Last time")
    lead = "A line opens to its end."
    standing = [Grid("Done on schedule", lead, columns, told, folded=len(told) > 5)] if told else []
    return [*standing, *_make(ask)]


def _make(ask: Ask) -> list[Block]:
    """The form to schedule one of the actions that the viewer may do and the clock does not do anyway."""
    names = _actions(ask)
    if not names or not may(ask.viewer, "schedule.make"):
        return []
    first = _FIRST if _FIRST in names else names[0]
    fields = (
        Field("action", "Do", first, tuple((name, finder.summary("act", name)) for name in names)),
        Field("fields", "With", kind="textarea", help="one name=value a line; most need none"),
        Field("every", "How often", "day", _EVERY),
        Field("weekday", "of weeks, on", "monday", tuple((each, _say.named(each)) for each in WEEKDAYS)),
        Field("hour", "at hour", "6", kind="number"),
        Field("zone", "of time zone", "Europe/Berlin"),
        Field("back", "", "/alerts", kind="hidden"),
    )
    return [Form("schedule.make", "Do something on schedule", fields, "Schedule")]


def _actions(ask: Ask) -> list[str]:
    found = []
    for name in finder.names("act"):
        clocked = getattr(finder.part("act", name), "EVERY", None) is not None
        if clocked or name.startswith("schedule.") or not may(ask.viewer, name):
            continue
        if not any(each in finder.settings("act", name) for each in _SECRET):
            found.append(name)
    return found
