"""Surveys: what we ask, where, how many answer, and how many were asked in vain."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Field, Form, Grid, Link, Note, Page
from touchstone.rules.surveys import LANGUAGES, SCALES
from touchstone.show import _say, _surveys, _units

WHO = ("insider", "partner")
_PLACE = 36, "Customers"
_TITLE = "Surveys"
_SHOWN = 500
_KINDS = {"nps": "NPS: would you recommend us?", "csat": "Satisfaction", "ces": "Effort", "rating": "Rating"}
_BACK = Field("back", "", "/surveys", kind="hidden")


def show(ask: Ask, *, all: str | None = None) -> Page:
    """Surveys with their answers and response rates; `all`: the closed ones too."""
    rows = _surveys.listed(ask)
    shown = [each for each in rows if all or each["state"] == "open"]
    blocks: list[Block] = []
    if not rows:
        todo = "Make one below: it gets a link and a code to print, one for each touchpoint and unit."
        blocks.append(Note("No survey has been made yet.", "empty", todo))
    if any(each["invited"] for each in rows):
        blocks.append(Cards((_surveys.response(rows, seed=ask.seed),)))
    if shown:
        blocks.append(_list(ask, shown))
    if len(shown) < len(rows) and not all:
        closed = len(rows) - len(shown)
        blocks.append(
            Grid("", "", ("",), ((Link(f"{_say.some(closed, 'closed survey', 'closed surveys')}", "surveys?all=1"),),))
        )
    return Page("surveys", _TITLE, _sentence(rows), _LEAD, (*blocks, _make(ask)))


_LEAD = "One link or code for each touchpoint and unit: whoever scans it is heard about just that."


def _sentence(rows: list[_surveys.Row]) -> str:
    active = [each for each in rows if each["state"] == "open"]
    if not rows:
        return "We ask nobody yet."
    answers = sum(each["answers"] for each in rows)
    told = _say.named(_say.some(len(active), "survey is open", "surveys are open")) if active else "No survey is open"
    return f"{told}; {_say.some(answers, 'answer', 'answers')} so far."


def _list(ask: Ask, rows: list[_surveys.Row]) -> Grid:
    names = _units.names(ask)
    lines = tuple(
        (Link(each["name"], f"survey?id={each['id']}"), each["touchpoint"], names.get(each["unit"], each["unit"]),
         each["answers"], each["invited"], each["silent"],
         _surveys.response([each], seed=ask.seed) if each["invited"] else None)
        for each in rows[:_SHOWN]
    )  # fmt: skip
    more = f"The first {_SHOWN} of {_say.count(len(rows))}." if len(rows) > _SHOWN else ""
    columns = ("survey", "touchpoint", "unit", "answers", "invited", "unanswered", "response rate")
    return Grid("What we ask", more, columns, lines)


def _make(ask: Ask) -> Form:
    partner = ask.viewer.side == "partner"
    fields = (
        Field("kind", "Ask for", "nps", tuple((each, _KINDS[each]) for each in SCALES)),
        Field("languages", "Languages", "en", help=f"with commas, of {', '.join(LANGUAGES)}"),
        Field("touchpoint", "Touchpoints", help="with commas; of no single one, if left empty"),
        Field("unit", "Units", help="with commas" if partner else "with commas; the whole brand, if left empty"),
        _BACK,
    )
    return Form("survey.make", "Make a survey", fields, "Make", beside=(("act/survey.make", "All settings", ""),))
