"""Each page as owner, partner and outsider, with the same as data beside it; hostile filters."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests._doors import Person, token
from touchstone.core import finder
from touchstone.core.page import Cards
from touchstone.core.viewer import Viewer
from touchstone.rules import who

PAGES = finder.names("show")
OPEN = [page for page in PAGES if who.may(Viewer("administrator"), who=finder.part("show", page).WHO)]


@pytest.mark.parametrize("page", OPEN)
def test_the_owner_reads_every_page_and_the_same_as_data(board: Person, page: str) -> None:
    read, data = board.get(f"/{page}"), board.get(f"/{page}.json")
    assert read.status_code == data.status_code == 200
    assert data.json()["sentence"]
    assert data.json()["name"] == page


@pytest.mark.parametrize("page", PAGES)
def test_the_partner_reads_the_pages_open_to_partners(dealer: Person, page: str) -> None:
    expected = 200 if "partner" in finder.part("show", page).WHO else 403
    assert dealer.get(f"/{page}").status_code == expected
    assert dealer.get(f"/{page}.json").status_code == expected


@pytest.mark.parametrize("page", PAGES)
def test_the_partner_never_meets_a_stranger_s_words(dealer: Person, page: str) -> None:
    for answer in (dealer.get(f"/{page}"), dealer.get(f"/{page}.json")):
        assert "South Gate" not in answer.text
        assert "at south" not in answer.text


@pytest.mark.parametrize("page", [*PAGES, "no-such-page"])
def test_the_outsider_sees_sign_in_and_nothing_else(stranger: Person, page: str) -> None:
    sent = stranger.get(f"/{page}")
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/sign-in")
    refused = stranger.get(f"/{page}.json")
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("page", PAGES)
def test_an_account_that_is_an_outsider_is_refused(nobody: Person, page: str) -> None:
    assert nobody.get(f"/{page}").status_code == 403
    assert nobody.get(f"/{page}.json").status_code == 403


@pytest.mark.parametrize("page", OPEN)
def test_a_page_opened_again_is_the_same(board: Person, page: str) -> None:
    first, again = (re.sub(r'(name="csrf" value=)"[^"]+"', r"\1", board.get(f"/{page}").text) for _ in range(2))
    assert first == again


def test_a_page_that_is_kept_carries_the_token_of_who_opens_it(address: str, board: Person) -> None:
    with Person(address) as beside:
        beside.sign_in("board@example")
        ours, theirs = (token(each.get("/findings").text) for each in (board, beside))
        assert ours != theirs
        assert beside.post("/sign-out", data={"csrf": theirs}).status_code == 303


def test_a_page_that_is_kept_speaks_to_each_reader_in_their_language(board: Person) -> None:
    english, german, again = (board.get("/findings", headers={"Accept-Language": each}) for each in ("en", "de", "en"))
    assert english.headers["Content-Language"] == again.headers["Content-Language"] == "en"
    assert german.headers["Content-Language"] == "de"
    assert ('lang="en"' in again.text, 'lang="de"' in german.text) == (True, True)


def test_the_first_page_is_the_overview(board: Person) -> None:
    assert 'data-page="overview"' in board.get("/").text


def test_an_unknown_page_says_so(board: Person) -> None:
    answer = board.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize("page", OPEN)
def test_a_filter_nobody_has_is_named(board: Person, page: str) -> None:
    answer = board.get(f"/{page}", params={"colour": "red"})
    assert answer.status_code == 422
    assert "colour" in answer.text


HOSTILE = [
    "'; drop table interaction; --",
    "<script>alert(1)</script>",
    "\u202e../../etc/passwd",
    "x" * 5000,
    "%00",
    "0 or 1=1",
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("page", OPEN)
def test_hostile_filters_do_no_harm(board: Person, page: str, value: str) -> None:
    for name in finder.settings("show", page):
        answer = board.get(f"/{page}", params={name: value})
        assert answer.status_code in (200, 404, 422), f"{name}: {answer.status_code}"
        assert "<script>alert" not in answer.text


def test_a_dealer_alone_is_told_of_their_own_against_the_rest(brand: Any) -> None:
    page = finder.verb("show", "units")(brand.ask(Viewer("partner", ("south",))))
    assert "South Gate" in page.sentence
    assert "compare" not in page.sentence
    assert any(isinstance(each, Cards) and each.figures for each in page.blocks)
