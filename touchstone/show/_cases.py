"""Cases as pages tell them: who owns them, when they are due, whose they are, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Field, Form, Grid, Link
from touchstone.rules.cases import LEVELS
from touchstone.show import _people, _person, _say, _units
from touchstone.store import accounts, loop, tables

Row = dict[str, Any]
COLUMNS = ("case", "customer", "where", "stage", "due", "owner")


def instant(at: datetime) -> str:
    """A day and its time for people, in UTC: Mon 23 Nov 2026, 10:00."""
    return f"{at:%a} {_person.day(at)}, {at:%H:%M}"


def away(at: datetime, now: datetime) -> str:
    """How long until an instant, or since it, in the largest whole unit."""
    apart = abs(at - now)
    for unit, name in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if (n := apart // unit) >= 1:
            return _say.some(n, name, f"{name}s")
    return "a moment"


def due(row: Row, now: datetime) -> str:
    """When the next thing is due, and whether that is over; whom the overdue one was told to."""
    if row["due_at"] is None:
        return "–"
    if row["due_at"] >= now:
        return f"{away(row['due_at'], now)} left"
    known = f"; told to: {LEVELS[row['escalated'] - 1]}" if row["escalated"] else ""
    return f"overdue for {away(row['due_at'], now)}{known}"


def owners(ask: Ask, ids: Iterable[str | None]) -> dict[str | None, str]:
    """What accounts are called; to a partner they are you, or somebody else."""
    wanted = {each for each in ids if each}
    found: dict[str | None, str] = {None: "nobody"}
    if ask.viewer.side == "insider" and wanted:
        found |= {row["id"]: row["name"] for row in ask.record(accounts.named(wanted))}
    found |= {each: "somebody else" for each in wanted if each not in found}
    return found | ({ask.viewer.account: "you"} if ask.viewer.account else {})


def about(row: Row) -> str:
    """What a case is about."""
    return str(row["touchpoint"] or row["kind"])


def link(row: Row) -> Link:
    """Leads to the case."""
    return Link(_say.named(about(row)), f"case?id={row['id']}")


def grid(ask: Ask, title: str, lead: str, rows: Sequence[Row]) -> Grid:
    """Cases line by line."""
    people = _people.people(ask, [row["person"] for row in rows if row["person"]])
    names = _units.names(ask, (row["unit"] for row in rows))
    whose = owners(ask, (row["owner"] for row in rows))
    lines = tuple(
        (
            link(row), people[row["person"]].link if row["person"] else "–", names.get(row["unit"], row["unit"]) or "–",
            row["stage"], due(row, ask.now), whose[row["owner"]],
        )
        for row in rows
    )  # fmt: skip
    return Grid(title, lead, COLUMNS, lines)


def of_customer(ask: Ask, ids: Sequence[str]) -> Grid | None:
    """A customer's cases, open ones first; None where there is none."""
    rows = ask.record(loop.of_customer(ids))
    still = sum(row["stage"] != "closed" for row in rows)
    title = f"Cases: {_say.none(still)} open"
    return grid(ask, title, "", sorted(rows, key=lambda row: row["stage"] == "closed")) if rows else None


def opening(ask: Ask, interaction: str, *, back: str = "") -> Grid | Form | None:
    """Leads to the case of these words; or a button that makes one of what a customer said, and goes `back`."""
    own = tables.interaction.c
    said = ask.record(tables.interaction.select().with_only_columns(own.level, own.thread).where(own.id == interaction))
    if not said or said[0]["level"] in ("employee", "department"):
        return None
    rows = ask.record(loop.of_words(interaction, said[0]["thread"] or interaction))
    if rows:
        return grid(ask, "Its case", "", rows)
    given = {"interaction": interaction, "back": back or f"/interaction?id={quote(interaction, safe='')}"}
    fields = tuple(Field(name, name, value, kind="hidden") for name, value in given.items())
    return Form("case.open", "", fields, "Make a case of it", "c")
