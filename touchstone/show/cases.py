"""Cases: what customers wait for, what is due first, what is overdue, and what is yours."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Grid, Link, Note, Page
from touchstone.rules.cases import STAGES
from touchstone.show import _cases, _say, _units
from touchstone.store import loop

WHO = ("insider", "partner")
_PLACE = 36, "Customers"
_TITLE = "Cases"
_SHOWN = 100
_VIEWS = {"": "All open", "mine": "Mine", "overdue": "Overdue", "closed": "Closed"}


def show(ask: Ask, *, view: str | None = None, stage: str | None = None, unit: str | None = None) -> Page:
    """Open cases by when they are due; `view` mine, overdue or closed, of one `stage` or `unit`."""
    counts = {row["stage"]: row["n"] for row in ask.record(loop.counts())}
    if not counts:
        todo = "Open a text of a customer and make a case of it: it gets an owner, and a time by which it is answered."
        note = Note("There are no cases yet.", "empty", todo)
        return Page("cases", _TITLE, "No customer waits for you.", "", (note,))
    late = sum(row["n"] for row in ask.record(loop.counts(overdue_by=ask.now)))
    mine = (ask.viewer.account or "-") if view == "mine" else None
    wanted = loop.cases(
        now=ask.now, most=_SHOWN, overdue=view == "overdue", closed=view == "closed", owner=mine,
        stage=stage or "", unit=unit or "",
    )  # fmt: skip
    rows = ask.record(wanted)
    lead = f"The first {_SHOWN}." if len(rows) == _SHOWN else ""
    title = _VIEWS.get(view or "", "Cases")
    found: Block = _cases.grid(ask, title, lead, rows) if rows else Note("None of these.", "empty", "Look at all open.")
    units = _units.names(ask, (row["unit"] for row in rows)) | ({unit: unit} if unit else {})
    blocks = (_controls(view, stage, unit, units), found, _line(counts))
    return Page("cases", _TITLE, _sentence(counts, late), "Times are UTC; terms count working hours.", blocks)


def _sentence(counts: dict[str, int], late: int) -> str:
    still = sum(n for stage, n in counts.items() if stage != "closed")
    if not still:
        return "Every case is closed."
    told = f"{_say.named(_say.word(still))} {'case is' if still == 1 else 'cases are'} open"
    return f"{told}, {_say.word(late)} overdue." if late else f"{told}, none overdue."


def _controls(view: str | None, stage: str | None, unit: str | None, units: dict[str, str]) -> Filters:
    places = (("", "All"), *sorted(units.items(), key=lambda each: each[1]))
    stages = (("", "All"), *((each, each) for each in STAGES[:-1]))
    return Filters(
        (
            Field("view", "Show", view or "", tuple(_VIEWS.items())), Field("stage", "Stage", stage or "", stages),
            Field("unit", "Unit", unit or "", places),
        )
    )  # fmt: skip


def _line(counts: dict[str, int]) -> Grid:
    """How many stand at each stage."""
    views = {each: f"cases?stage={each}" for each in STAGES[:-1]} | {"closed": "cases?view=closed"}
    rows = tuple((Link(each, views[each]), counts.get(each, 0)) for each in STAGES)
    lead = "From receipt to closing, as ISO 10002 has it."
    return Grid("Where they stand", lead, ("stage", "cases"), rows, narrow=True)
