"""Pages of the closed loop: what is due first, what may come next, what came of asking again, and fair figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import touchstone
from touchstone.core import finder
from touchstone.core.page import Estimate, Form, Grid, Page, Story, Streaks
from touchstone.core.steps import Steps
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.show import _render
from touchstone.store import accounts
from touchstone.store._live_surveys import invitation

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
NORTH, SOUTH = (Viewer("partner_administrator", (each,), each, f"{each}@example.com") for each in ("north", "south"))
CENTRE = Viewer("contact_centre", account="me", name="me@example.com")


def at(folder: Path, hours: float = 0) -> Any:
    return touchstone.open(folder, taxonomy="auto_dealer", now=(NOW + timedelta(hours=hours)).isoformat())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = at(tmp_path_factory.mktemp("cases"))
    made.store.put("unit", [{"id": each, "name": each.title()} for each in ("north", "south")])
    said = {"source": "letters", "kind": "review", "level": "end_customer", "occurred_at": NOW - timedelta(days=1)}
    rows = [said | {"source_id": each, "person": each, "unit": unit, "text": f"<b>{each}</b> waited.",
                    "touchpoint": "parking"} for each, unit in (("ida", "north"), ("kim", "south"))]  # fmt: skip
    made.store.append([rows])
    contacts = '{"email": "ida@example.com"}'
    consents = '{"survey": "granted"}'
    made.store.put("person", [{"id": "ida", "name": "Ida Miller", "contacts": contacts, "consents": consents}])
    made.store.derive()
    for each in rows:
        made.act("case.open", interaction=words(made, each["person"]), urgency=0.9 if each["person"] == "kim" else 0.1)
    return made


def words(home: Any, who: str) -> str:
    return str(home.ask().lake("select id from interaction where source_id = ?", [who])["id"][0].as_py())


def case(home: Any, who: str) -> str:
    return str(home.act("case.open", interaction=words(home, who))["case"])


def page(home: Any, name: str, viewer: Viewer = INSIDER, **settings: str) -> Page:
    return finder.verb("show", name)(home.ask(viewer), **settings)


def blocks(shown: Page, kind: type) -> list[Any]:
    return [each for each in shown.blocks if isinstance(each, kind)]


def test_what_is_due_first_stands_first_and_a_partner_sees_its_own_alone(home: Any) -> None:
    shown = page(at(home.path, 5), "cases")
    assert shown.sentence == "Two cases are open, one overdue."
    (found,) = [each for each in blocks(shown, Grid) if "customer" in each.columns]
    assert [row[2] for row in found.rows] == ["South", "North"]
    assert found.rows[0][4] == "overdue for 3 hours"
    assert page(home, "cases", NORTH).sentence == "One case is open, none overdue."
    for viewer, who in ((NORTH, "kim"), (SOUTH, "ida")):
        assert page(home, "case", viewer, id=case(home, who)).sentence == "Which case?"
    assert "ida@example.com" not in str(page(home, "case", NORTH, id=case(home, "ida")))


def test_a_case_offers_the_steps_that_may_come_next_with_keys_and_says_why_it_is_due(home: Any) -> None:
    shown = page(home, "case", CENTRE, id=case(home, "ida"))
    pressed = {each.button: each.key for each in blocks(shown, Form) if not each.title}
    assert pressed == {"Acknowledge": "1", "Take it": "t", "Make an idea of it": "i", "Make a fix of it": "f",
                       "Ask the partner": "r"}  # fmt: skip
    (line,) = blocks(shown, Steps)
    assert [state for _, _, state in line.steps] == ["here", *["open"] * 5]
    told = dict(next(each for each in blocks(shown, Grid) if each.title == "What is due").rows)
    assert told["why then"] == "to be acknowledged within 16 working hours (low)"
    drawn = _render.html(shown, viewer=CENTRE, token="t")
    assert 'data-key="1"' in drawn
    assert 'aria-current="step"' in drawn
    assert "<b>ida</b> waited" not in drawn
    assert "case.turn" not in _render.html(page(home, "case", NORTH, id=case(home, "ida")), viewer=NORTH)


def test_what_the_customer_says_when_asked_again_stands_beside_the_case(home: Any) -> None:
    id = case(home, "ida")
    for stage in ("acknowledged", "assessed", "answered"):
        home.act("case.move", case=id, stage=stage)
    asked = home.act("case.ask_again", case=id)["asked"]
    assert "no answer yet" in str(page(home, "case", id=id))
    own = home.ask().record(invitation.select())[0]["id"]
    home.act("survey.answer", survey=own, answers={"score": "2", "better": "It squeaks still."})
    (recovery,) = [each for each in blocks(page(home, "case", id=id), Story) if each.title == "Recovery"]
    assert [(each.figure, each.verbatim.text) for each in recovery.events] == [("2 of 5", "It squeaks still.")]
    reply = {
        "source": "mail",
        "source_id": "r",
        "person": "ida",
        "text": "All is well now.",
        "reply_to": f"<{asked}@x>",
    }
    other = {"source": "mail", "source_id": "o", "person": "ida", "text": "Another matter."}
    at(home.path, 1).store.append([[reply, other]])
    (recovery,) = [each for each in blocks(page(at(home.path, 1), "case", id=id), Story) if each.title == "Recovery"]
    assert [each.verbatim.text for each in recovery.events] == ["All is well now.", "It squeaks still."]


def test_words_lead_to_their_case_and_a_customer_to_theirs(home: Any) -> None:
    home.store.append(
        [[{"source": "letters", "source_id": "new", "person": "ida", "text": "And now?", "unit": "north"}]]
    )
    home.store.derive()
    (form,) = blocks(page(home, "interaction", id=words(home, "new")), Form)
    assert (form.action, form.key) == ("case.open", "c")
    (grid,) = blocks(page(home, "interaction", id=words(home, "ida")), Grid)
    assert grid.title == "Its case"
    assert "Cases: " in str([each.title for each in blocks(page(home, "customer", id="ida"), Grid)])


def test_fixes_say_what_is_begun_and_that_nothing_is_measured_yet(home: Any) -> None:
    fix = home.act("fix.state", name="More space", touchpoint="parking", units=["north"], cost=5, currency="eur")["fix"]
    home.act("fix.begin", fix=fix)
    shown = page(home, "fixes")
    assert shown.sentence == "One is stated, and none is measured yet."
    (row,) = blocks(shown, Grid)[0].rows
    assert row[3] == "5 EUR"
    assert row[5] == "measured with the next run"
    assert "5 EUR" not in str(page(home, "fixes", NORTH))
    assert page(home, "fixes", SOUTH).sentence == "Nothing is being fixed yet."


def test_advisers_are_compared_by_later_loyalty_and_value_is_never_told_alone(tmp_path: Path) -> None:
    early, random = at(tmp_path, -500 * 24), np.random.default_rng(1)
    names = {"good": 0.9, "bad": 0.3, "new": 0.9, "dear": 0.0}
    for name in names:
        accounts.add(early.store, name=name, role="contact_centre", units=(), password="seven brown kettles")
    said, bought = [], []
    for name, share in names.items():
        for n in range(2 if name == "new" else 12):
            who = f"{name}{n}"
            said.append({"source": "s", "source_id": who, "person": who, "text": "Wait."})
            later = {"source": "s", "person": who, "occurred_at": NOW - timedelta(days=300), "kind": "answer"}
            value = float(np.clip(round(10 * share + random.normal()), 0, 10))
            if name != "dear":
                bought.append(later | {"source_id": f"{who}a", "metric": "nps", "value": value, "worst": 0, "best": 10})
            bought.append(later | {"source_id": f"{who}p", "kind": "purchase", "amount": 100.0, "currency": "EUR"})
    early.store.append([said, bought])
    early.store.derive()
    for each in said:
        name = each["person"].rstrip("0123456789")
        id = early.act("case.open", interaction=words(early, each["source_id"]), owner=name)["case"]
        for stage in ("acknowledged", "assessed", "answered", "closed"):
            early.act("case.move", case=id, stage=stage)
    shown = page(at(tmp_path), "adviser")
    assert shown.sentence == "4 advisers closed 38 cases for good."
    (streaks,) = blocks(shown, Streaks)
    told = {each.label: each for each in streaks.groups[0][1]}
    assert set(told) == {"good", "bad"}
    assert told["good"].low > told["bad"].high
    assert told["good"].n == 12
    rows = {row[0]: row for row in blocks(shown, Grid)[0].rows}
    assert rows["new"][3] == "too few: 2 of 5"
    assert isinstance(rows["good"][4], Estimate)
    assert rows["dear"][4] == rows["new"][4] == "not told without loyalty"
