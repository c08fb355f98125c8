"""A customer's own page: what is theirs, nothing of anybody else's, however they ask for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

import touchstone
from tests._brand import UNITS
from tests._doors import Person, served, signed_in, token
from tests._search import holding
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.store import _narrow, accounts, live, tables
from touchstone.store._live_message import message

PASSWORD = "six narrow ladders"
IDA, MAX = "ida@customers.example", "max@customers.example"
SECRETS = ("Max waits in the cold", "c-max", "Max Moritz", "south", "South Gate", "a difficult one", "worker@example")
"""What Ida must never read: another's words, id, name and dealer, a note about her, a colleague's name."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = touchstone.open(tmp_path_factory.mktemp("mine") / "home", taxonomy="auto_dealer")
    store = opened.store
    store.put("unit", UNITS)
    people = [{"id": "c-ida", "name": "Ida Ibsen", "contacts": '{"email": "ida@customers.example"}'}]
    store.put("person", [*people, {"id": "c-max", "name": "Max Moritz", "consents": '{"survey": "granted"}'}])
    said = {"source": "letters", "kind": "message", "channel": "mail", "occurred_at": datetime(2026, 9, 1, tzinfo=UTC)}
    words = [
        {"source_id": "1", "person": "c-ida", "unit": "north-quay", "text": "Ida found nowhere to park."},
        {"source_id": "2", "person": "c-max", "unit": "south", "text": "Max waits in the cold."},
        {"source_id": "3", "person": None, "unit": "south", "text": "Max waits in the cold, says his neighbour."},
    ]
    store.append([[said | each for each in words]])
    store.derive()
    _worked_on(opened)
    for name, person in ((IDA, "c-ida"), (MAX, "c-max")):
        opened.act("account.open", name=name, role="customer", person=person, password=PASSWORD)
    opened.act("link.confirm", person="c-ida", other="c-max")  # likely one household, and wrongly confirmed
    return opened


def _worked_on(home: Any) -> None:
    """A case of each, with a promise, a reply and a note, by somebody inside."""
    home.act("account.open", name="worker@example", role="contact_centre", password=PASSWORD)
    worker = accounts.find(home.store, name="worker@example")
    assert worker is not None
    said = home.ask().lake("select id, person from interaction where person is not null order by id").to_pylist()
    for id, person in ((row["id"], row["person"]) for row in said):
        case = finder.verb("act", "case.open")(home.store.as_viewer(worker.viewer), interaction=id)["case"]
        home.act("case.move", case=case, stage="acknowledged", note="a difficult one")
        home.act("case.promise", case=case, what=f"A place for {person}", by_when=home.store.now + timedelta(days=9))
        row = {"conversation": id, "unit": None, "person": person, "account": worker.id, "created_at": home.store.now}
        row |= {"sent_at": home.store.now, "state": "sent", "outbox": None, "mentions": [worker.id]}
        with home.store.record.writing() as connection:
            for kind, text in (("reply", f"We are sorry, {person}."), ("note", "a difficult one"), ("draft", "Well.")):
                connection.execute(message.insert().values({**row, "id": f"{kind} {id}", "kind": kind, "text": text}))


@pytest.fixture(scope="module")
def where(home: Any) -> Iterator[str]:
    with served(home) as address:
        yield address


@pytest.fixture
def ida(where: str) -> Iterator[Person]:
    with signed_in(where, IDA, PASSWORD) as person:
        yield person


def test_the_page_tells_what_was_said_and_what_became_of_it(ida: Person) -> None:
    page = ida.get("/").text  # where every sign-in leads
    for told in (
        "Ida found nowhere to park.",
        "We are sorry, c-ida.",
        "We have read it",
        "A place for c-ida",
        "North Quay",
    ):
        assert told in page, told
    assert ida.get("/mine.json").json()["name"] == "mine"


@pytest.mark.parametrize("path", ["/mine", "/mine.json", "/mine?skip=1", "/mine?skip=-5", "/account", "/account.json"])
def test_nobody_else_stands_on_any_page_of_a_customer(ida: Person, path: str) -> None:
    answer = ida.get(path)
    assert answer.status_code == 200
    assert not [each for each in SECRETS if each in answer.text]


@pytest.mark.parametrize("name", sorted(set(finder.names("show")) - {"mine", "account"}))
def test_every_other_page_is_closed_in_each_form(ida: Person, name: str) -> None:
    for path in (f"/{name}", f"/{name}.json", f"/api/v1/pages/{name}", f"/{name}?id=c-max&person=c-max&name=nps"):
        answer = ida.get(path)
        assert answer.status_code == 403, path
        told = unescape(answer.text).replace(path, "")  # less the address they asked for themselves
        assert not [each for each in SECRETS if each in told]


def test_figures_plans_and_news_are_closed_too(ida: Person) -> None:
    for path in ("/api/v1/measure/nps", "/api/v1/measure/lifetime_value?by=person", "/api/v1/decide/priorities"):
        assert ida.get(path).status_code == 403
    for room in ("measure", "decide"):
        assert ida.get(f"/api/v1/{room}").json() == []
    assert ida.get("/events?topic=conversations").status_code == 401
    assert ida.get("/s/nothing").status_code == 404


FORGED = [
    ("person.export", {"person": "c-max"}),
    ("person.export", {"person": "c-max", "together": "true"}),
    ("person.export", {"person": "nobody at all"}),
    ("person.erase", {"person": "c-max", "password": PASSWORD}),
    ("person.erase", {"person": "c-ida", "password": "wrong"}),
    ("person.consent", {"person": "c-max", "state": "granted", "purpose": "offer"}),
    ("say", {"text": "In his name.", "name": MAX}),
    ("say", {"text": "Of a dealer I never saw.", "unit": "south"}),
    ("say", {"text": " "}),
    ("say", {"text": "x", "person": "c-max"}),
    ("account.password", {"name": MAX, "password": "ten quiet harbours"}),
    ("account.end_session", {"name": MAX}),
    ("account.language", {"name": MAX, "language": "de"}),
    ("second_factor.remove", {"name": MAX}),
]


@pytest.mark.parametrize(("action", "fields"), FORGED, ids=lambda each: str(each)[:60])
def test_a_form_with_another_s_name_in_it_is_refused_and_does_nothing(
    home: Any, ida: Person, action: str, fields: dict[str, str]
) -> None:
    before = _held(home)
    form = {"csrf": token(ida.get("/mine").text), **fields}
    for back in ("", "/mine"):
        answer = ida.post(f"/act/{action}", data=form | {"back": back, "download": "all" if not back else ""})
        assert answer.status_code in (403, 422)
        assert "Max" not in answer.text.replace(MAX, "")
    sent = ida.post(f"/api/v1/act/{action}", json=fields, headers={"X-CSRF-Token": form["csrf"]})
    assert sent.status_code in (403, 422)
    assert _held(home) == before


def test_whether_an_id_is_anybody_s_is_not_told(ida: Person) -> None:
    csrf = {"X-CSRF-Token": token(ida.get("/mine").text)}
    known, unknown = (
        ida.post("/api/v1/act/person.export", json={"person": each}, headers=csrf).json() for each in ("c-max", "c-moo")
    )
    assert known == unknown


def test_no_question_reaches_past_their_own_rows(home: Any) -> None:
    account = accounts.find(home.store, name=IDA)
    assert account is not None
    ask = home.ask(account.viewer)
    with pytest.raises(Refused):
        ask.lake("select * from interaction")
    own = tables.interaction
    assert ask.record(select(func.count(own.c.seq).label("n")))[0]["n"] == 1
    assert ask.record(select(own.c.text).where(own.c.person == "c-max")) == []
    other = own.alias()
    for stray in (
        select(other), select(tables.account), select(tables.customer), select(tables.activity), select(tables.setting),
        select(tables.correction), own.delete(), select(own).prefix_with("distinct"),
    ):  # fmt: skip
        with pytest.raises(Refused):
            ask.record(stray)
    readable = {"interaction", "interaction_history", "person", "unit", "case", "promise", "message"}
    readable |= {"attachment", "invitation", "survey", "proposal", "vote"}
    everything = {each.name: each for each in (*live.everything(), *tables.metadata.sorted_tables)}
    for name, table in everything.items():
        if name in _narrow.OWN:
            assert {row["account"] for row in ask.record(select(table))} <= {account.id}
        elif name in readable:
            told = json.dumps(ask.record(select(table)), default=str)
            assert not [each for each in SECRETS if each in told], name
        else:
            with pytest.raises(Refused):
                ask.record(select(table))
    nobody = home.store.as_viewer(type(account.viewer)("customer"))
    with pytest.raises(Refused):
        nobody.ask().record(select(own))


def test_a_program_of_a_customer_s_reads_no_more_than_they_do(home: Any, where: str) -> None:
    key = home.act("key.make", label="robot", scopes=["read", "act"], name=IDA)["key"]
    with httpx.Client(base_url=where, headers={"Authorization": f"Bearer {key}"}, timeout=60) as robot:
        assert not [each for each in SECRETS if each in robot.get("/api/v1/pages/mine").text]
        assert robot.get("/api/v1/pages/customer?id=c-ida").status_code == 403
        assert robot.post("/api/v1/act/person.export", json={"person": "c-max"}).status_code == 422
        assert robot.post("/api/v1/act/key.make", json={"label": "more"}).status_code == 403
        assert robot.post("/api/v1/interactions", json=[]).status_code == 403


def test_what_is_said_is_kept_once_with_who_said_it(home: Any, ida: Person) -> None:
    form = {"csrf": token(ida.get("/mine").text), "text": "The bill was clear, thank you.", "back": "/mine"}
    for _ in range(2):
        assert ida.post("/act/say", data=form | {"unit": "north-quay"}).status_code == 303
    home.store.derive()
    rows = home.ask().lake("select * from interaction where source = 'own page'").to_pylist()
    assert [(row["person"], row["unit"], row["level"]) for row in rows] == [("c-ida", "north-quay", "end_customer")]
    assert "The bill was clear" in ida.get("/mine").text


def test_words_of_who_refuses_analysis_are_kept_and_counted_nowhere(home: Any, ida: Person) -> None:
    csrf = token(ida.get("/mine").text)
    turned = {"csrf": csrf, "person": "c-ida", "purpose": "analysis", "back": "/mine"}
    assert ida.post("/act/person.consent", data=turned | {"state": "revoked"}).status_code == 303
    assert ida.post("/act/say", data={"csrf": csrf, "text": "Not for figures.", "back": "/mine"}).status_code == 303
    home.store.derive()
    assert home.ask().lake("select * from interaction where text = 'Not for figures.'").num_rows == 0
    assert "Not for figures." in ida.get("/mine").text
    assert ida.post("/act/person.consent", data=turned | {"state": "granted"}).status_code == 303


def test_switches_say_what_holds_and_turn_over(home: Any, ida: Person) -> None:
    def on() -> dict[str, bool]:
        found = re.findall(r'aria-checked="(\w+)"( disabled)?>([^<]+)<', ida.get("/mine").text)
        return {label: state == "true" for state, _, label in found}

    before = on()
    assert not before["A seat on the advisory panel"]
    csrf = token(ida.get("/mine").text)
    turned = {
        "csrf": csrf,
        "person": "c-ida",
        "purpose": "panel",
        "state": "granted",
        "by": "the shop",
        "back": "/mine",
    }
    assert ida.post("/act/person.consent", data=turned).status_code == 303
    assert on() == {**before, "A seat on the advisory panel": True}
    kept = home.ask().record(select(tables.person.c.consents).where(tables.person.c.id == "c-ida"))[0]["consents"]
    assert json.loads(kept)["history"][-1]["by"] == "c-ida"  # nobody speaks for them on their own page


def test_everything_is_downloaded_and_holds_nobody_else(ida: Person) -> None:
    form = {"csrf": token(ida.get("/mine").text), "person": "c-ida", "together": "true", "download": "../../Mine!"}
    answer = ida.post("/act/person.export", data=form)
    assert answer.headers["content-disposition"] == 'attachment; filename="mine.json"'
    told = answer.json()
    assert told["others"] == []
    assert [row["text"] for row in told["persons"][0]["message"]] == ["We are sorry, c-ida."]
    assert "Ida found nowhere to park." in answer.text
    assert not [each for each in SECRETS if each in answer.text]


def test_erased_by_themselves_nothing_is_left_and_they_are_out(home: Any, ida: Person) -> None:
    form = {"csrf": token(ida.get("/mine").text), "person": "c-ida", "together": "true", "back": "/sign-in"}
    assert ida.post("/act/person.erase", data=form | {"password": PASSWORD}).status_code == 303
    assert ida.get("/mine").status_code == 303  # to the entrance
    assert accounts.find(home.store, name=IDA) is None
    gone = ("Ida found nowhere to park", "The bill was clear", "We are sorry, c-ida", "A place for c-ida", "Ida Ibsen")
    assert holding(home.path, [IDA, *gone]) == []
    assert home.store.verify() is None
    with Person(ida.base_url) as other:  # whoever shares the household stays
        assert other.sign_in(MAX, PASSWORD).status_code == 303
        assert "Max waits in the cold" in other.get("/mine").text


def _held(home: Any) -> Any:
    ask = home.ask()
    kept = (tables.person, tables.interaction, tables.account)
    return [ask.record(select(each)) for each in kept]
