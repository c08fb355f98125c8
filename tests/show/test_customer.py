"""A customer's page: the whole story as owner, partner and outsider see it; links decided there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import _brand
from tests._doors import Person, basic, served, token
from tests.show._family import HOSTILE, family, said
from touchstone import show
from touchstone.core.page import Belonging, Cards, Grid, Note, Page, Story
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.show import _open
from touchstone.show._person import Said
from touchstone.show.customer import show as customer
from touchstone.show.customers import show as customers

DEALER = Viewer("partner", ("north",), "a1", "dealer@example")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return family(tmp_path_factory.mktemp("customers") / "home")


def block(page: Page, kind: Any) -> Any:
    return next((each for each in page.blocks if isinstance(each, kind)), None)


def test_the_whole_story_stands_in_order_across_persons_and_dealers(home: Any) -> None:
    page = customer(home.ask(), id="anna")
    events = block(page, Story).events
    assert [each.where for each in events] == ["North Hill", "South Gate", "South Gate", "North Quay"]
    assert [each.figure for each in events] == ["", "900 EUR", "", "2 of 5"]
    assert page.title == "Ann Abbott"
    assert page == customer(home.ask(), id="ann")
    assert "11 Jun 2026 to 11 Jul 2026" in page.lead


def test_a_problem_is_open_until_they_speak_well_of_the_same_thing(home: Any) -> None:
    page = customer(home.ask(), id="ann")
    problems = next(each for each in page.blocks if isinstance(each, Grid) and each.title.startswith("Problems"))
    assert {str(row[0]): row[3] for row in problems.rows}["11\u00a0Jun\u00a02026"] == "21 Jun 2026"
    assert page.sentence == "Ann Abbott has one open problem."


def test_the_next_step_heeds_who_does_not_want_to_be_contacted(home: Any) -> None:
    note = block(customer(home.ask(), id="ann"), Note)
    assert "Only in the place where they wrote." in note.text
    assert "do not want to be contacted" in note.todo


def test_links_tell_why_field_by_field_and_are_decided_where_they_stand(home: Any) -> None:
    who = block(customer(home.ask(), id="ann"), Belonging)
    assert [each.id for each in who.persons] == ["ann", "anna"]
    assert [dict(each.reasons)["email"] for each in who.ties] == ["+7.1 bits"] * 2
    text = show.html(customer(home.ask(), id="ann"), viewer=INSIDER, base="/")
    assert 'formaction="/act/link.reject"' in text
    assert "ann@mail.example" in text
    assert block(customers(home.ask()), Belonging).ties[0].right.id == "mother"


def test_a_partner_sees_only_persons_of_interactions_he_may_see_and_decides_nothing(home: Any) -> None:
    page = customer(home.ask(DEALER), id="ann")
    assert [each.where for each in block(page, Story).events] == ["North Hill", "North Quay"]
    who = block(page, Belonging)
    assert not who.ties  # the link rests on the south too
    assert [each.id for each in who.persons] == ["ann", "anna"]
    text = show.html(page, viewer=DEALER, base="/")
    assert "ann@mail.example" not in text
    assert "act/link" not in text
    assert block(customer(home.ask(DEALER), id="mother"), Note).tone == "empty"
    assert "mother" not in json.dumps(show.data(customers(home.ask(DEALER))))
    assert block(customers(home.ask(DEALER), search="Ruth"), Note).tone == "empty"
    assert block(customers(home.ask(DEALER), search="mail.example"), Note).tone == "empty"


def test_customers_are_found_by_id_name_and_contact(home: Any) -> None:
    for words in ("ann", "abbott", "ANN@mail"):
        found = block(customers(home.ask(), search=words), Grid)
        assert "Ann Abbott" in [str(row[0]) for row in found.rows]
    assert block(customers(home.ask(), search="100%_"), Grid) is None


def test_what_people_call_themselves_never_becomes_markup(home: Any) -> None:
    page = customer(home.ask(), id=HOSTILE)
    assert page.title == HOSTILE
    assert HOSTILE not in show.html(page, viewer=INSIDER, base="/")
    assert HOSTILE not in show.html(customers(home.ask()), viewer=INSIDER, base="/")


def test_mood_carries_its_doubt(home: Any) -> None:
    mood = block(customer(home.ask(), id="ann"), Cards).figures[0]
    assert (mood.label, mood.n) == ("Mood", 3)
    assert mood.low < mood.value < mood.high


def test_deciding_undoing_and_who_may(home: Any) -> None:
    with served(home) as address, Person(address) as board:
        board.sign_in("board@example")
        form = {"person": "ann", "other": "anna", "reason": "two sisters", "back": "/customer?id=ann"}
        form["csrf"] = token(board.get("/customer?id=ann").text)
        assert board.post("/act/link.reject", data=form).headers["location"] == "/customer?id=ann"
        page = board.get("/customer?id=ann").text
        assert "two sisters" in page
        assert "board@example" in page
        history = block(customer(home.ask(), id="ann"), Belonging).history
        done = board.post("/act/link.undo", data={"decision": history[0].takes_back, "back": "/", "csrf": form["csrf"]})
        assert done.status_code == 303
        assert len(block(customer(home.ask(), id="ann"), Belonging).persons) == 2
        with Person(address) as dealer:
            dealer.sign_in("dealer@example")
            assert dealer.get("/customer?id=ann").status_code == 200
            refused = dealer.post("/api/v1/act/link.reject", json=form, headers=basic("dealer@example"))
            assert refused.status_code == 403
        with Person(address) as nobody:
            nobody.sign_in("nobody@example")
            assert nobody.get("/customer?id=ann").status_code == 403


def test_nothing_later_settles_what_was_not_spoken_of_again() -> None:
    cold = [{"touchpoint": "parking", "polarity": "negative", "sentiment": -1.0}]
    warm = [{"touchpoint": "bill", "polarity": "positive", "sentiment": 1.0}]
    row = {"unit": "a", "occurred_at": None, "id": "1", "text": "x", "url": None}
    later = Said({**row, "unit": "b"}, "", tuple(warm), frozenset({"thanks"}))
    first = Said(row, "", tuple(cold), frozenset({"problem"}))
    assert [each.settled for each in _open.items((later, first)).problems] == [""]
    same = Said(row, "", tuple(warm), frozenset({"thanks"}))
    assert [each.settled for each in _open.items((same, first)).problems] == ["later"]


@pytest.mark.usefixtures("few_measures")
def test_a_long_story_is_told_page_by_page_with_what_was_understood(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = _brand.empty(tmp_path_factory.mktemp("long") / "home")
    home.store.append([[said(number, "kim", "south", f"The waiting area was cold, {number}.") for number in range(95)]])
    home.run(durable=False)
    first, last = customer(home.ask(), id="kim"), customer(home.ask(), id="kim", skip="90")
    assert [len(block(each, Story).events) for each in (first, last)] == [30, 5]
    assert block(first, Story).earlier == "/customer?id=kim&skip=30"
    assert (block(last, Story).later, block(last, Story).earlier) == ("/customer?id=kim&skip=60", "")
    assert all(each.verbatim.heard for each in block(last, Story).events)
    assert customer(home.ask(), id="kim", skip="no number") == first
