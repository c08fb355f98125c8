"""The page of what was done: who, when, by which filters, and that it cannot be edited unnoticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import touchstone
from touchstone.core import finder
from touchstone.core.page import Grid, Page
from touchstone.core.translated import translated
from touchstone.core.viewer import Viewer


@pytest.fixture
def home(tmp_path: Path) -> Any:
    """Where an administrator named Ada has done sixty things, and the machine a few."""
    opened = touchstone.open(str(tmp_path / "home"), taxonomy="auto_dealer")
    ada = opened.act("account.open", name="ada@example", role="insider")["account"]
    hers = opened.store.as_viewer(Viewer("administrator", account=ada, name="ada@example"))
    for number in range(60):
        hers.log("correct" if number % 2 else "read", interaction=str(number))
    return opened


def _page(home: Any, **filters: Any) -> tuple[Page, list[tuple[Any, ...]]]:
    page = finder.verb("show", "activity")(home.ask(), **filters)
    return page, list(_grid(page).rows)


def _grid(page: Page) -> Grid:
    """What was done; an empty one where nothing was."""
    found = [block for block in page.blocks if isinstance(block, Grid) and len(block.columns) == 5]
    return found[0] if found else Grid("", "", (), ())


def test_the_page_says_who_did_what_and_that_the_chain_holds(home: Any) -> None:
    page, rows = _page(home)
    assert page.sentence == "61 things were done here, and the chain that says so holds."
    assert rows[0][0] == "61"
    assert rows[0][2:] == ("correct", "ada@example", "interaction: 59")


def test_pages_follow_each_other_and_filters_narrow_them(home: Any) -> None:
    _, rows = _page(home)
    _, earlier = _page(home, before=int(rows[-1][0]))
    assert [int(row[0]) for row in rows + earlier] == list(range(61, 0, -1))
    assert earlier[-1][2:] == ("account.open", "the machine", "account: ada@example")
    assert {row[2] for row in _page(home, action="read")[1]} == {"read"}
    assert len(_page(home, name="ada@example", before=12)[1]) == 10
    assert _page(home, name="nobody@example")[1] == []


def test_in_german_names_of_actions_and_ids_stand_as_they_were_written(home: Any) -> None:
    page, rows = _page(home)
    assert [row[2:] for row in _grid(translated(page, "de")).rows] == [row[2:] for row in rows]


def test_a_broken_chain_is_told_first(home: Any) -> None:
    with home.store.record.writing() as connection:
        connection.exec_driver_sql("update activity set ids = '{}' where seq = 7")
    assert _page(home)[0].sentence == "The chain is broken at link 7."


def test_an_empty_home_says_so(tmp_path: Path) -> None:
    page, rows = _page(touchstone.open(str(tmp_path / "home"), taxonomy="auto_dealer"))
    assert "Nothing has been done" in page.sentence
    assert rows == []
