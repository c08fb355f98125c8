"""The closed loop: stages of a case (ISO 10002), which may follow which, and by when each is due. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from touchstone.core.errors import Refused
from touchstone.rules.calendar import Calendar

STAGES = ("received", "acknowledged", "assessed", "investigated", "answered", "closed")
"""As ISO 10002:2018 (8.2 to 8.9) tells the handling of a complaint, from its receipt to its closing."""
FOLLOWS = {
    "received": ("acknowledged",),
    "acknowledged": ("assessed",),
    "assessed": ("investigated", "answered"),  # what is plain needs no investigation
    "investigated": ("answered",),
    "answered": ("closed", "investigated"),  # the customer is not content: look again
    "closed": (),
}
REOPENED = "assessed"
"""The stage at which a closed case goes on when it is opened again."""
KINDS = ("problem", "opportunity")
BECOMES = ("idea", "fix", "request")
"""What a case may be turned into: an idea, a fix, or a request to the partner."""
URGENCIES = ("low", "normal", "high", "urgent")
TERMS: dict[str, dict[str, float]] = {
    "urgent": {"acknowledge": 2.0, "answer": 8.0, "close": 40.0},
    "high": {"acknowledge": 4.0, "answer": 16.0, "close": 40.0},
    "normal": {"acknowledge": 8.0, "answer": 40.0, "close": 80.0},
    "low": {"acknowledge": 16.0, "answer": 80.0, "close": 80.0},
}
"""Working hours by urgency until a case is acknowledged and answered, and closed after its answer."""
LEVELS = ("partner administrator", "administrator")
"""Whom an overdue case is told to: first at once, then after as long again as its acknowledgement may take."""
_ASKS = {"received": "acknowledge", "answered": "close"}


@dataclass(frozen=True)
class Due:
    """By when the next thing must be done, and why then; `at` None: nothing is due."""

    at: datetime | None
    why: str


def urgency(value: float) -> str:
    """How urgent 0 to 1 is, in a word; `Refused` beyond."""
    if not 0 <= value <= 1:
        raise Refused("urgency goes from 0 to 1.", field="urgency", todo="Write 0.5 for high, 0.75 for urgent.")
    return URGENCIES[min(int(value * 4), 3)]


def moved(stage: str, *, to: str) -> str:
    """The stage after the step; `Refused` where it may not follow."""
    if to not in STAGES:
        raise Refused(f"{to!r} is no stage.", field="stage", todo=f"Stages: {', '.join(STAGES)}.")
    if to not in FOLLOWS[stage]:
        after = FOLLOWS[stage]
        todo = f"Next comes: {', '.join(after)}." if after else "Open it again first."
        raise Refused(f"a case that is {stage} cannot become {to}.", field="stage", todo=todo)
    return to


def term(terms: Mapping[str, Mapping[str, float]], *, urgency: str, level: str | None, stage: str) -> tuple[str, float]:
    """What must be done next and within how many working hours: the level's own term, else that of all levels."""
    asks = _ASKS.get(stage, "answer")
    own = terms.get(f"{urgency} {level}") or terms.get(urgency) or TERMS[urgency]
    return asks, float(own[asks])


def due(
    terms: Mapping[str, Mapping[str, float]],
    calendar: Calendar,
    *,
    stage: str,
    urgency: str,
    level: str | None,
    since: datetime,
) -> Due:
    """By when the next thing is due. `since`: when it was received (or opened again), once answered: when that was."""
    if stage == "closed":
        return Due(None, "")
    asks, hours = term(terms, urgency=urgency, level=level, stage=stage)
    done = {"acknowledge": "acknowledged", "answer": "answered", "close": "closed"}[asks]
    after = " of its answer" if asks == "close" else ""
    who = f", {level.replace('_', ' ')}" if level and f"{urgency} {level}" in terms else ""
    why = f"to be {done} within {hours:g} working hours{after} ({urgency}{who})"
    return Due(calendar.after(since, hours=hours), why)


def escalations(due_at: datetime | None, calendar: Calendar, *, pause: float, now: datetime) -> int:
    """How many of `LEVELS` an open case has come to: none while it is in time, the next after `pause` working hours."""
    if due_at is None or now <= due_at:
        return 0
    return 2 if now > calendar.after(due_at, hours=pause) else 1


def stated(given: Mapping[str, Any], *, levels: Sequence[str]) -> tuple[str, dict[str, float]]:
    """A row of the table of terms, under its name; `Refused` where it makes no sense."""
    name, level = str(given["urgency"]), given.get("level") or ""
    if name not in URGENCIES:
        raise Refused(f"{name!r} is no urgency.", field="urgency", todo=f"Choose one of: {', '.join(URGENCIES)}.")
    if level and level not in levels:
        raise Refused(f"{level!r} is no level.", field="level", todo=f"Choose one of: {', '.join(levels)}.")
    row = {asks: float(given[asks]) for asks in ("acknowledge", "answer", "close")}
    for asks, hours in row.items():
        if not 0 < hours <= 10_000:
            raise Refused("working hours are above 0 and at most 10000.", field=asks, todo="Write 8 for a day.")
    if row["answer"] < row["acknowledge"]:
        raise Refused("it would be answered before it is acknowledged.", field="answer", todo="Give it longer.")
    return f"{name} {level}".strip(), row
