"""What the sliders of the budget are set to becomes the plan: as a browser without scripts sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from tests import _brand
from tests._doors import Person, served, signed_in
from tests.act.test_budget import TABLE
from tests.decide.test_budget_home import brand


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A home that has planned."""
    made = _brand.empty(tmp_path_factory.mktemp("planning") / "home")
    made.store.put("unit", brand()[1])
    made.store.append([brand()[0].drop_columns(["seq", "id", "received_at"])])
    made.store.derive()
    made.act("initiative.state", lines=TABLE)
    made.act("budget.plan", budget=3000.0)
    return made


@pytest.fixture
def board(home: Any) -> Iterator[Person]:
    with served(home) as address, signed_in(address, "board@example") as person:
        yield person


def choose(board: Person, **wished: str) -> str:
    """Looks at another plan, makes it the plan as its page offers, and gives back the page of the plan then."""
    page = board.get("/budget", params=wished).text
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.S) if "Make this the plan" in each)
    where = re.search(r'action="([^"]+)"', form)
    assert where
    fields = re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', form)
    answer = board.post(where[1], data={name: unescape(value) for name, value in fields})
    assert (answer.status_code, answer.headers["location"]) == (303, "/budget")
    return board.get("/budget").text


def done(home: Any) -> list[str]:
    rows = home.ask().lake(
        """select "by"['touchpoint'] as name from plan where id like 'budget:choice=%' order by id"""
    )
    return list(rows["name"].to_pylist())


def test_every_choice_of_the_sliders_is_kept_by_the_plan_and_can_be_taken_back(home: Any, board: Person) -> None:
    assert "clarity of the bill" in done(home)
    page = choose(board, budget="5000", touchpoints="1", caution="80", share="0", support="no",
                  always="waiting area", never="clarity of the bill")  # fmt: skip
    assert set(done(home)) == {"waiting area"}
    assert page.count("take back") == 2
    terms = {row["id"]: row["value"] for row in home.ask().lake("select id, value from planning").to_pylist()}
    assert terms == {"budget": 5000, "touchpoints_at_most": 1, "caution": 0.8, "partner_share": 0, "support": 0,
                     "held:waiting area": 1, "held:clarity of the bill": 0}  # fmt: skip
    page = choose(board, touchpoints="2", support="yes", always=";", never=";")
    assert "clarity of the bill" in done(home)
    assert "take back" not in page
