"""On a customer's page: files of our answers and surveys that wait, their own alone, however they ask for others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

import touchstone
from tests._brand import UNITS
from tests._doors import Person, served, signed_in
from touchstone.core.errors import Refused
from touchstone.store import accounts, attachments, surveys
from touchstone.store._live_message import attachment, message
from touchstone.store._live_surveys import invitation, survey

PASSWORD = "six narrow ladders"
PDF = b"%PDF-1.7 a bill"
KINDS = ("reply", "note", "draft")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two customers, each with a reply, a note and a draft that have a file, and with an invitation."""
    made = touchstone.open(tmp_path_factory.mktemp("beside"), taxonomy="auto_dealer")
    made.store.put("unit", UNITS)
    asked = made.act("survey.make", kind="csat", touchpoint=["parking"], unit=["north-quay", "south"])["surveys"]
    for person, own in zip(("ida", "max"), asked, strict=True):
        made.store.put("person", [{"id": person, "name": person.title()}])
        said = {"source": "letters", "source_id": person, "person": person, "text": f"Words of {person}."}
        made.store.append([[said | {"kind": "message", "occurred_at": made.store.now}]])
        made.act("account.open", name=f"{person}@example", role="customer", person=person, password=PASSWORD)
        surveys.invite(made.store, [{"survey": own["id"], "unit": None, "language": "en", "person": person}])
        _write(made, person)
    return made


def _write(home: Any, person: str) -> None:
    row = {"conversation": person, "unit": None, "person": person, "account": "worker", "created_at": home.store.now}
    row |= {"sent_at": home.store.now, "state": "sent", "outbox": None, "mentions": []}
    with home.store.record.writing() as connection:
        for kind in KINDS:
            own = {**row, "id": f"{kind} {person}", "kind": kind, "text": f"A {kind}."}
            connection.execute(message.insert().values(own))
            attachments.attach(home.store, connection, own, [("bill.pdf", "application/pdf", PDF)])


@pytest.fixture(scope="module")
def ida(home: Any) -> Iterator[Person]:
    with served(home) as address, signed_in(address, "ida@example", PASSWORD) as person:
        yield person


def _invited(home: Any, who: str) -> str:
    return str(home.ask().record(select(invitation.c.id).where(invitation.c.person == who))[0]["id"])


def test_surveys_that_wait_for_their_answer_open_by_their_own_link_alone(home: Any, ida: Person) -> None:
    page = ida.get("/mine").text
    own, other = (_invited(home, who) for who in ("ida", "max"))
    assert f"s/{own}" in page
    assert other not in page
    assert other not in ida.get("/mine.json").text


def test_files_of_our_answers_are_theirs_and_no_other_file_is(home: Any, ida: Person) -> None:
    ids = {row["message"]: row["id"] for row in home.ask().record(select(attachment))}
    page = ida.get("/mine").text
    assert ids["reply ida"] in page
    assert ida.get(f"/files/{ids['reply ida']}").content == PDF
    for other in ("note ida", "draft ida", "reply max", "note max", "draft max"):
        assert ids[other] not in page
        assert ida.get(f"/files/{ids[other]}").status_code == 404, other


def test_a_question_about_files_invitations_and_surveys_finds_their_own_alone(home: Any) -> None:
    account = accounts.find(home.store, name="ida@example")
    assert account is not None
    ask = home.ask(account.viewer)
    assert [row["message"] for row in ask.record(select(attachment))] == ["reply ida"]
    assert [row["person"] for row in ask.record(select(invitation))] == ["ida"]
    (seen,) = ask.record(select(survey))
    assert (seen["questions"], seen["name"]) == (None, None)
    joined = select(survey.c.id, invitation.c.person).join(invitation, survey.c.id == invitation.c.survey)
    assert [row["person"] for row in ask.record(joined)] == ["ida"]
    assert ask.record(select(attachment).join(message, message.c.id == attachment.c.message)) != []
    for stray in (select(attachment.alias()), select(invitation.alias()), select(survey.alias())):
        with pytest.raises(Refused):
            ask.record(stray)
