"""Customers vote on what others asked for: once each, for themselves alone, in words written for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

import touchstone
from tests._doors import Person, served, signed_in, token
from touchstone.core.errors import Refused
from touchstone.store import accounts
from touchstone.store._live_cases import fix
from touchstone.store._live_votes import proposal, vote

PASSWORD = "six narrow ladders"
PEOPLE = ("ida", "max")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = touchstone.open(tmp_path_factory.mktemp("votes"), taxonomy="auto_dealer")
    made.store.put("person", [{"id": each, "name": each.title()} for each in PEOPLE])
    for each in PEOPLE:
        made.act("account.open", name=f"{each}@example", role="customer", person=each, password=PASSWORD)
    made.act("fix.state", name="Secret plan B", kind="idea", what="As Max said: tea!", cost=900, currency="EUR")
    made.act("fix.state", name="Never told", kind="idea", what="Nobody is asked.")
    return made


@pytest.fixture(scope="module", autouse=True)
def asked(home: Any) -> str:
    fixes = {row["name"]: row["id"] for row in home.ask().record(_fixes())}
    id: str = home.act("proposal.make", fix=fixes["Secret plan B"], words="Tea while you wait")["proposal"]
    return id


def _fixes() -> Any:
    return select(fix)


@pytest.fixture(scope="module")
def where(home: Any) -> Iterator[str]:
    with served(home) as address:
        yield address


@pytest.fixture
def ida(where: str) -> Iterator[Person]:
    with signed_in(where, "ida@example", PASSWORD) as person:
        yield person


def held(home: Any) -> dict[str, str]:
    return {row["person"]: row["choice"] for row in home.ask().record(select(vote))}


def press(whose: Person, asked: str, answer: str, **more: str) -> int:
    form = {"csrf": token(whose.get("/mine").text), "proposal": asked, "choice": answer, "back": "/mine"}
    return whose.post("/act/vote.cast", data=form | more).status_code


def test_a_customer_reads_what_is_asked_and_nothing_of_the_fix(ida: Person) -> None:
    page = ida.get("/mine").text
    assert "Tea while you wait" in page
    for hidden in ("Secret plan B", "As Max said", "900", "Never told"):
        assert hidden not in page


def test_a_vote_counts_once_is_changed_and_taken_back(home: Any, asked: str, ida: Person) -> None:
    for choice in ("for", "for", "against"):
        assert press(ida, asked, choice) == 303
    assert held(home) == {"ida": "against"}
    assert press(ida, asked, "none") == 303
    assert held(home) == {}


@pytest.mark.parametrize(
    "fields", [{"name": "max@example"}, {"person": "max"}, {"choice": "twice"}, {"proposal": "another"}], ids=str
)
def test_nobody_votes_for_another_otherwise_or_on_what_is_not_asked(
    home: Any, asked: str, ida: Person, fields: dict[str, str]
) -> None:
    before = held(home)
    assert press(ida, asked, "for", **fields) in (403, 422)
    assert held(home) == before


def test_a_customer_s_question_finds_their_own_vote_and_what_is_asked_alone(home: Any, asked: str, ida: Person) -> None:
    home.act("vote.cast", proposal=asked, choice="for", name="max@example")
    press(ida, asked, "against")
    account = accounts.find(home.store, name="ida@example")
    assert account is not None
    ask = home.ask(account.viewer)
    assert [row["person"] for row in ask.record(select(vote))] == ["ida"]
    (seen,) = ask.record(select(proposal))
    assert seen["fix"] is None
    for stray in (_fixes(), select(vote.alias()), select(proposal.alias())):
        with pytest.raises(Refused):
            ask.record(stray)
    page = str(home.page("fixes"))
    assert "Tea while you wait" in page
    assert "no estimate of what all of them want" in page


def test_words_that_were_voted_on_do_not_change_and_what_is_closed_takes_no_vote(
    home: Any, asked: str, ida: Person
) -> None:
    home.act("vote.cast", proposal=asked, choice="for", name="max@example")
    fixes = {row["name"]: row["id"] for row in home.ask().record(_fixes())}
    with pytest.raises(Refused, match="other words"):
        home.act("proposal.make", fix=fixes["Secret plan B"], words="Coffee")
    with pytest.raises(Refused):
        home.act("proposal.make", fix=fixes["Never told"], words=" ")
    assert home.act("proposal.close", proposal=asked) == {"closed": True}
    assert home.act("proposal.close", proposal=asked) == {"closed": False}
    assert "Tea while you wait" not in ida.get("/mine").text
    with pytest.raises(Refused, match="not asked any more"):
        home.act("vote.cast", proposal=asked, choice="against", name="max@example")


def test_an_erased_customer_s_vote_goes_and_is_theirs_to_have(home: Any) -> None:
    assert held(home)["max"] == "for"
    assert home.act("person.export", person="max")["persons"][0]["vote"][0]["choice"] == "for"
    home.act("person.erase", person="max")
    assert "max" not in held(home)
