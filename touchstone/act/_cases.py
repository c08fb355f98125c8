"""What the actions on cases share: by when a case is due, by the home's own terms and calendars."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from touchstone.rules import cases as rules
from touchstone.rules.calendar import Calendar, calendar
from touchstone.rules.cases import Due
from touchstone.store import cases

WORK = ("contact_centre", "insight", "partner")
"""Who works on cases: a partner on its own units'."""
TERMS, CALENDAR = "case.terms", "case.calendar"  # the choices that hold them, calendars by unit


def terms(store: Any) -> dict[str, dict[str, float]]:
    """The terms in force, by urgency, and by urgency and level where a level has its own."""
    own: dict[str, dict[str, float]] = json.loads(store.chosen(TERMS) or "{}")
    return rules.TERMS | own


def hours(store: Any, unit: str | None) -> Calendar:
    """The calendar of a unit: its own, else that of the nearest unit above it, else the home's."""
    for each in [*cases.parents(store, unit), ""]:
        if told := store.chosen(f"{CALENDAR} {each}"):
            return calendar(json.loads(told))
    return calendar({})


def due(store: Any, row: Mapping[str, Any], *, stage: str, since: datetime) -> dict[str, Any]:
    """The columns of a case that say by when the next thing must be done, and why then."""
    told: Due = rules.due(
        terms(store), hours(store, row["unit"]), stage=stage, urgency=row["urgency"], level=row["level"], since=since
    )
    return {"since": since, "due_at": told.at, "due_why": told.why, "escalated": 0}


def moved(store: Any, row: Mapping[str, Any], *, to: str) -> dict[str, Any]:
    """The columns of a case that a step changes."""
    stage = rules.moved(row["stage"], to=to)
    since = store.now if stage == "answered" or row["stage"] == "answered" else row["since"]
    columns = {"stage": stage, **due(store, row, stage=stage, since=since)}
    columns |= {"answered_at": store.now} if stage == "answered" else {}
    return columns | ({"closed_at": store.now} if stage == "closed" else {})
