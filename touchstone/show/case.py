"""Case: one customer's matter: where it stands, what is due and why, what was promised, what may come next."""

from __future__ import annotations

from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Grid, Link, Note, Page, Story
from touchstone.core.steps import Steps
from touchstone.rules.cases import STAGES
from touchstone.show import _case_forms, _cases, _people, _person, _recovery, _say, _units
from touchstone.store import loop, tables

WHO = ("insider", "partner")
_KEYS = "Keys: 1 and 2 move it on, t takes it, q asks again; i, f and r make an idea, a fix or a request of it."
_CLOCK = "The clock"


def show(ask: Ask, *, id: str | None = None) -> Page:
    """The case `id`: its stages as a line, the customer's words, what is due, promises, history; and the next steps."""
    found = ask.record(loop.one(id)) if id else []
    if not found:
        note = Note("There is no such case here.", "empty", "Open one from the page Cases.")
        return Page("case", "One case", "Which case?", "", (note,))
    row = found[0]
    person = _people.people(ask, [row["person"]])[row["person"]] if row["person"] else None
    steps = ask.record(loop.steps(row["id"]))
    whose = _cases.owners(ask, [row["owner"], *(each["account"] for each in steps)])
    promises = ask.record(loop.promises(row["id"]))
    became = ask.record(loop.came_of(row["id"]))
    recovery = _recovery.recovery(ask, row)
    blocks: list[Block | None] = [
        _line(row, steps),
        *_case_forms.buttons(ask, row, promises, {each["kind"] for each in became}),
        _clock(ask, row, whose, person.link if person else None),
        _words(ask, row),
        *recovery,
        _promised(promises, ask),
        _became(became),
        _history(steps, whose),
        *_case_forms.forms(row),
    ]
    name = person.name if person else "Somebody unknown"
    lead = _KEYS if ask.viewer.side == "insider" and row["stage"] != "closed" else ""
    return Page("case", "One case", _sentence(ask, row, name), lead, tuple(each for each in blocks if each))


def _sentence(ask: Ask, row: _cases.Row, name: str) -> str:
    about = _cases.about(row)
    if row["stage"] == "closed":
        return f"{name}: {about} is closed."
    if row["stage"] == "answered":
        return f"{name}: {about} is answered; is it settled?"
    if row["due_at"] < ask.now:
        return f"{name} has waited {_cases.away(row['due_at'], ask.now)} too long: {about}."
    return " ".join([f"{name}: {about}.", f"It is due in {_cases.away(row['due_at'], ask.now)}."])


def _line(row: _cases.Row, steps: list[_cases.Row]) -> Steps:
    """Each stage with the day on which it was last reached; what comes later is still open."""
    reached = {each["stage"]: each["at"] for each in steps if each["what"] in ("opened", "moved", "reopened")}
    here = STAGES.index(row["stage"])
    told = []
    for place, stage in enumerate(STAGES):
        past = place < here and stage in reached
        state = "here" if place == here else "done" if past else "left" if place < here else "open"
        told.append((stage, _cases.instant(reached[stage]) if past or place == here else "", state))
    return Steps("Where it stands", steps=tuple(told))


def _clock(ask: Ask, row: _cases.Row, whose: dict[str | None, str], person: Link | None) -> Grid:
    """What is due and why, and whose it is."""
    unit = _units.names(ask, [row["unit"]]).get(row["unit"], row["unit"])
    due = f"{_cases.instant(row['due_at'])} ({_cases.due(row, ask.now)})" if row["due_at"] else "nothing is due"
    reopened = f", opened again {_say.some(row['reopened'], 'time', 'times')}" if row["reopened"] else ""
    lines = [
        ("due", due),
        ("why then", row["due_why"] or "–"),
        ("owner", whose[row["owner"]]),
        ("customer", person or "–"),
        ("where", unit or "–"),
        ("what", f"{row['kind']}, {row['urgency']}, {(row['level'] or 'unknown who').replace('_', ' ')}"),
        ("opened", f"{_cases.instant(row['opened_at'])}{reopened}"),
    ]
    return Grid("What is due", "", ("", "this case"), tuple(lines), narrow=True)


def _words(ask: Ask, row: _cases.Row) -> Story | None:
    said = ask.record(tables.interaction.select().where(tables.interaction.c.id == row["interaction"]))
    if not said:
        return None
    where = _units.names(ask, [said[0]["unit"]])
    told = tuple(_person.event(_person.Said(each, where.get(each["unit"], ""))) for each in said)
    return Story("In their words", "What the case was opened with.", told)


def _promised(promises: list[_cases.Row], ask: Ask) -> Grid | None:
    """What was promised; one that is over and was not said to be kept stands out."""
    rows = tuple(
        (
            each["what"], _cases.instant(each["due_at"]),
            {True: "kept", False: "broken"}.get(each["kept"], "overdue" if each["due_at"] < ask.now else "stands"),
        )
        for each in promises
    )  # fmt: skip
    return Grid("Promised", "", ("promise", "by when", "kept"), rows) if rows else None


def _became(found: list[_cases.Row]) -> Grid | None:
    rows = tuple((Link(each["name"], f"fixes?id={quote(each['id'])}"), each["kind"], each["state"])
                 for each in found)  # fmt: skip
    return Grid("What came of it", "", ("name", "kind", "state"), rows) if rows else None


def _history(steps: list[_cases.Row], whose: dict[str | None, str]) -> Grid:
    rows = tuple(
        (
            _cases.instant(each["at"]), whose[each["account"]] if each["account"] else _CLOCK if
            each["what"] == "escalated" else "–", each["what"], each["stage"], each["note"] or "–",
        )
        for each in reversed(steps)
    )  # fmt: skip
    return Grid("What was done", "The latest first.", ("when", "who", "what", "stage", "note"), rows)
