"""The page of alerts offers what can be done there: muting a rule, mails, and having something done on schedule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import _brand
from tests._doors import Person, served, token
from touchstone.core import finder
from touchstone.core.page import Form
from touchstone.core.viewer import Viewer
from touchstone.show.alerts import show


@pytest.fixture
def home(tmp_path: Path) -> Any:
    made = _brand.empty(tmp_path / "home")
    made.act("rule.make", measure="rating", below=3.5, to="desk@example.com")
    return made


def forms(home: Any, viewer: Viewer | None = None) -> dict[str, Form]:
    """The page's forms by action; of several for one action the last."""
    return {each.action: each for each in show(home.ask(viewer)).blocks if isinstance(each, Form)}


def filled(form: Form, csrf: str, **more: str) -> dict[str, str]:
    return {field.name: field.value for field in form.fields} | {"csrf": csrf} | more


def test_a_rule_is_muted_and_heard_again_from_the_page(home: Any) -> None:
    with served(home) as address, Person(address) as board:
        board.sign_in("board@example")
        csrf = token(board.get("/alerts").text)
        form = forms(home)["alert.mute"]
        rule = form.fields[0].choices[0][0]
        sent = filled(form, csrf, rule=rule, reason="The works are closed.")
        assert board.post("/act/alert.mute", data=sent).headers["location"] == "/alerts"
        assert "muted until 2026-11-28: The works are closed." in board.get("/alerts").text
        assert board.post("/act/alert.mute", data=sent | {"days": "0", "reason": "Open again."}).status_code == 303
        assert "muted until" not in board.get("/alerts").text


def test_something_is_scheduled_from_the_page_and_stands_there_until_it_is_ended(home: Any) -> None:
    with served(home) as address, Person(address) as board:
        board.sign_in("board@example")
        csrf = token(board.get("/alerts").text)
        form = forms(home)["schedule.make"]
        assert board.post("/act/schedule.make", data=filled(form, csrf)).status_code == 303
        page = board.get("/alerts").text
        assert "Done on schedule" in page
        assert "2026-11-22 05:00" in page  # six o'clock in Berlin
        id = page.partition("schedule.end?schedule=")[2].partition('"')[0]
        assert board.post("/act/schedule.end", data={"csrf": csrf, "schedule": id}).status_code == 200
        assert "Done on schedule" not in board.get("/alerts").text


def test_only_what_may_be_scheduled_is_offered(home: Any) -> None:
    offered = [name for name, _ in forms(home)["schedule.make"].fields[0].choices]
    assert "run" in offered
    assert not {"account.password", "schedule.make", "outbox.send"} & set(offered)
    partner = Viewer("partner_administrator", ("north",), "lead", "lead@example")
    theirs = [name for name, _ in forms(home, partner)["schedule.make"].fields[0].choices]
    assert set(theirs) < set(finder.names("act"))
    assert "run" not in theirs
    assert "schedule.make" not in forms(home, Viewer("partner_staff", ("north",), "dora", "dora@example"))
