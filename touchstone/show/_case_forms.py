"""What may be done with a case, as buttons with keys and forms."""

from __future__ import annotations

from collections.abc import Iterator

from touchstone.core.ask import Ask
from touchstone.core.page import Field, Form
from touchstone.rules.cases import BECOMES, FOLLOWS
from touchstone.show._cases import Row

_VERBS = {
    "acknowledged": "Acknowledge", "assessed": "Assess", "investigated": "Investigate", "answered": "Answered",
    "closed": "Close",
}  # fmt: skip
_INTO = {"idea": "Make an idea of it", "fix": "Make a fix of it", "request": "Ask the partner"}


def buttons(ask: Ask, row: Row, promises: list[Row], became: set[str]) -> Iterator[Form]:
    """One press each: the stages that may come next, taking it, asking again, promises, what may come of it."""
    for place, stage in enumerate(FOLLOWS[row["stage"]], 1):
        yield _press("case.move", _VERBS[stage], row, key=str(place), stage=stage)
    if row["stage"] == "closed":
        yield _press("case.reopen", "Open it again", row, key="o")
    if ask.viewer.account and row["owner"] != ask.viewer.account and row["stage"] != "closed":
        yield _press("case.assign", "Take it", row, key="t")
    if row["stage"] in ("answered", "closed") and row["asked_at"] is None and row["person"]:
        yield _press("case.ask_again", "Ask whether it is settled", row, key="q", version="")
    for each in promises:
        if each["kept"] is None:
            for kept, told in (("true", "Kept"), ("false", "Broken")):
                hidden = {"promise": each["id"], "kept": kept, "back": _back(row)}
                yield Form("case.keep", "", _hidden(hidden), f"{told}: {each['what'][:40]}")
    for into in BECOMES:
        if into not in became and (into != "request" or row["unit"]):
            yield _press("case.turn", _INTO[into], row, key=into[0], version="", into=into)


def forms(row: Row) -> Iterator[Form]:
    """What takes words: a step with a note, a promise, another owner."""
    own = {"case": row["id"], "back": _back(row)}
    if steps := FOLLOWS[row["stage"]]:
        choices = tuple((each, each) for each in steps)
        fields = (Field("stage", "Stage", steps[0], choices), Field("note", "Note", kind="textarea"))
        versioned = own | {"version": str(row["version"])}
        yield Form("case.move", "Move it on with a note", (*_hidden(versioned), *fields), "Move it on")
    promise = (Field("what", "What", help="As you said it to the customer."),
               Field("by_when", "By when (UTC)", kind="datetime-local"))  # fmt: skip
    yield Form("case.promise", "Promise something", (*_hidden(own), *promise), "Promise")
    owner = Field("owner", "Name of an account", help="One that sees this unit.")
    yield Form("case.assign", "Give it to somebody", (*_hidden(own), owner), "Give")


def _press(action: str, button: str, row: Row, *, key: str, **more: str) -> Form:
    given = {"case": row["id"], "version": str(row["version"]), "back": _back(row)} | more
    return Form(action, "", _hidden({name: value for name, value in given.items() if value}), button, key)


def _hidden(given: dict[str, str]) -> tuple[Field, ...]:
    return tuple(Field(name, name, value, kind="hidden") for name, value in given.items())


def _back(row: Row) -> str:
    return f"/case?id={row['id']}"
