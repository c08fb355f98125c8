"""Correcting through the door: by form, in place, by those who may."""

from __future__ import annotations

from typing import Any

import pytest

from tests._doors import Person, basic, token


@pytest.fixture
def spoken(brand: Any) -> dict[str, Any]:
    sql = """select m.interaction, m.touchpoint, m.polarity from mention m join interaction i on i.id = m.interaction
        where i.unit = 'south' order by m.interaction, m.touchpoint limit 1"""
    return dict(brand.ask().lake(sql).to_pylist()[0])


def said(brand: Any, spoken: dict[str, Any]) -> list[str]:
    sql = "select distinct polarity from mention where interaction = ? and touchpoint = ?"
    found: list[str] = brand.ask().lake(sql, [spoken["interaction"], spoken["touchpoint"]])["polarity"].to_pylist()
    return found


def test_a_form_corrects_and_goes_back_to_the_text(board: Person, brand: Any, spoken: dict[str, Any]) -> None:
    address = f"/interaction?id={spoken['interaction']}"
    form = {"csrf": token(board.get(address).text), "interaction": spoken["interaction"], "back": address}
    change = {"change.touchpoint": spoken["touchpoint"], "change.polarity": "mixed", "change.words": ""}
    answer = board.post("/act/correct", data=form | change)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert said(brand, spoken) == ["mixed"]
    page = board.get(address).text
    assert "Corrected by <bdi>board@example" in page
    id = page.partition('name="takes_back" value="')[2].partition('"')[0]
    assert board.post("/act/correct", data=form | {"takes_back": id}).status_code == 303
    assert said(brand, spoken) == [spoken["polarity"]]


def test_words_that_are_not_there_are_refused_beside_their_field(board: Person, spoken: dict[str, Any]) -> None:
    form = {"csrf": token(board.get("/act/correct").text), "interaction": spoken["interaction"]}
    change = {"change.touchpoint": spoken["touchpoint"], "change.words": "nobody said this"}
    answer = board.post("/act/correct", data=form | change)
    assert answer.status_code == 422
    assert "the text does not say" in answer.text


def test_a_dealer_corrects_nothing_and_reads_no_one_else_s(
    dealer: Person, spoken: dict[str, Any], address: str
) -> None:
    assert "There are no such words here" in dealer.get(f"/interaction?id={spoken['interaction']}").text
    body = {"interaction": spoken["interaction"], "change": {"touchpoint": spoken["touchpoint"], "polarity": "mixed"}}
    answer = dealer.post(f"{address}/api/v1/act/correct", json=body, headers=basic("dealer@example"))
    assert answer.status_code == 403
