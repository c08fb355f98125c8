"""News: told to whoever may see what changed, by a word that gives nothing away; ended with the session; bounded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import touchstone
from tests._doors import Person, served
from tests.act.test_converse import NOW, say
from touchstone.act._converse import converse
from touchstone.web import events

WORD = "seven brown kettles"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A conversation of the north and one of the south, and somebody inside and a partner who look on."""
    monkeypatch.setattr(events, "EVERY", 0.05)
    monkeypatch.setattr(events, "BEAT", 0.2)
    made = touchstone.open(tmp_path, taxonomy="auto_dealer", now=NOW.isoformat())
    made.store.put("unit", [{"id": "north"}, {"id": "south"}])
    for unit in ("north", "south"):
        say(made, unit, thread=unit, unit=unit)
    converse(made.store)
    made.act("account.open", name="ann@example", role="contact_centre", password=WORD)
    made.act("account.open", name="dora@example", role="partner_staff", units=["north"], password=WORD)
    return made


def test_news_come_when_something_changes_and_end_with_the_session(home: Any) -> None:
    with served(home) as address, Person(address) as ann:
        assert ann.get("/events?topic=conversations").status_code == 401
        ann.sign_in("ann@example", WORD)
        assert ann.get("/events?topic=accounts").status_code == 404
        with ann.stream("GET", "/events?topic=conversations") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = (line for line in stream.iter_lines() if line.startswith("data:"))
            first = next(lines)
            home.act("conversation.close", ids=["south"])
            assert next(lines) != first
            home.act("account.close", name="ann@example")
            assert list(lines) == []


def test_a_partner_hears_of_its_own_units_alone(home: Any) -> None:
    with served(home) as address, Person(address) as dora:
        dora.sign_in("dora@example", WORD)
        with dora.stream("GET", "/events?topic=conversations") as stream:
            told = stream.iter_lines()
            first = next(line for line in told if line.startswith("data:"))
            home.act("conversation.close", ids=["south"])
            assert next(line for line in told if line and not line.startswith("retry")) == ": here"
            home.act("conversation.close", ids=["north"])
            assert next(line for line in told if line.startswith("data:")) != first


def test_one_account_holds_only_so_many_connections(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST", 1)
    with served(home) as address, Person(address) as ann:
        ann.sign_in("ann@example", WORD)
        with ann.stream("GET", "/events?topic=conversation south") as stream:
            lines = stream.iter_lines()  # kept: a reader that is let go of hangs up
            next(lines)
            assert ann.get("/events?topic=conversations").status_code == 429
