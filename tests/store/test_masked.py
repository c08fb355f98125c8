"""An insider who needs no personal data sees none, however they ask; what the house works out stays the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

import touchstone
from tests._brand import UNITS
from tests._doors import Person, basic, served
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.show import _render
from touchstone.store import tables

SAID = "Ida Example here, call +44 20 7946 0991 or mail ida@mail.example about the parking."
SHOWN = "••••••••••• here, call •••••••••••••••• or mail •••••••••••••••• about the parking."
SECRETS = ("Ida", "7946 0991", "mail.example")
ANALYST = Viewer("insider", personal=False)
PASSWORD = "seven brown kettles"
ANALYSTS, BOARDS = (basic(name, PASSWORD) for name in ("analyst@example", "board@example"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = touchstone.open(tmp_path_factory.mktemp("masked") / "home", taxonomy="auto_dealer")
    home.store.put("unit", UNITS)
    contacts = json.dumps({"email": "ida@mail.example", "phone": "+44 20 7946 0991"})
    home.store.put("person", [{"id": "c1", "name": "Ida Example", "contacts": contacts}])
    first = {"source": "letters", "unit": "south", "person": "c1", "kind": "review", "channel": "web"}
    noted = first | {"attributes": json.dumps({"note": "reach her on +44 20 7946 0991"})}
    home.store.append([[noted | {"source_id": "1", "text": SAID}]])
    home.store.append([[first | {"source_id": str(each), "text": f"Parking full, {each}."} for each in range(2, 60)]])
    home.store.derive()
    for made, upto in _read(home):
        home.store.extend("mention", "touchpoint@1", made, upto)
    home.act("example", touchpoint="parking", texts=f"{SAID}\nNowhere to park.")
    for name, sees in (("board@example", True), ("analyst@example", False)):
        home.act("account.open", name=name, role="insider", password=PASSWORD, personal=sees)
    yield home
    home.store.close()


def _read(home: Any) -> Any:
    """One mention of the parking in the first letter."""
    about = home.ask().lake("select id, seq from interaction where source_id = '1'").to_pylist()[0]
    start = SAID.index("parking")
    row = {"id": "m", "interaction": about["id"], "touchpoint": "parking", "sentiment": -1.0, "polarity": "negative",
           "start": start, "stop": start + 7, "maker": "touchpoint@1"}  # fmt: skip
    yield [row], about["seq"]


def test_the_lake_shows_words_without_them_and_spans_stay(home: Any) -> None:
    sql = "select text, text[start + 1:stop] as words from interaction i join mention m on m.interaction = i.id"
    (row,) = home.ask(ANALYST).lake(sql).to_pylist()
    assert row == {"text": SHOWN, "words": "parking"}
    assert home.ask(INSIDER).lake(sql)["text"].to_pylist() == [SAID]
    found = "select count(*) as n from interaction where contains(text, 'Ida') or contains(attributes, '7946')"
    assert home.ask(ANALYST).lake(found)["n"].to_pylist() == [0]
    assert home.ask(ANALYST).lake("select count(*) as n from interaction")["n"].to_pylist() == [59]
    assert home.ask(ANALYST).lake("select name, contacts from person").to_pylist() == [{"name": None, "contacts": None}]


@pytest.mark.parametrize("table", ["interaction", "interaction_history", "person", "correction", "customer"])
def test_neither_lake_nor_record_tells_them(home: Any, table: str) -> None:
    rows = home.ask(ANALYST).record(tables.metadata.tables[table].select())
    if table not in ("interaction_history",):
        rows += home.ask(ANALYST).lake(f'select * from "{table}"').to_pylist()
    told = json.dumps(rows, default=str, ensure_ascii=False)
    assert not [each for each in SECRETS if each in told and (each != "Ida" or table != "correction")]


def test_a_table_by_another_name_is_no_way_around(home: Any) -> None:
    other = tables.person.alias("p")
    with pytest.raises(Refused):
        home.ask(ANALYST).record(sa.select(other.c.name))
    seen = sa.select(tables.interaction.c.id).where(tables.interaction.c.text.contains("Ida"))
    with pytest.raises(Refused):  # nor is it found by what it says
        home.ask(ANALYST).record(seen)
    theirs = tables.person.c.id == tables.interaction.c.person
    both = home.ask(ANALYST).record(sa.select(tables.interaction).join(tables.person, theirs))
    assert SHOWN in [row["text"] for row in both]
    units = home.ask(ANALYST).record(tables.unit.select())
    assert len(units) == len(UNITS)  # nothing else is narrowed


def test_a_search_by_what_they_may_not_see_finds_nobody(home: Any) -> None:
    search = finder.verb("show", "customers")
    for words, found in (("Ida", False), ("7946", False), ("c1", True)):
        assert ("customer?id=c1" in json.dumps(_render.data(search(home.ask(ANALYST), search=words)))) is found


@pytest.mark.parametrize("page", ["customer", "customers", "interaction", "verbatims", "overview", "teaching"])
def test_pages_hide_them_and_their_data_too(home: Any, page: str) -> None:
    about = home.ask().lake("select id from interaction where source_id = '1'")["id"][0].as_py()
    chosen = {"customer": {"id": "c1"}, "interaction": {"id": about}}.get(page, {})
    told = {}
    for viewer in (INSIDER, ANALYST):
        shown = finder.verb("show", page)(home.ask(viewer), **chosen)
        told[viewer] = _render.html(shown, viewer=viewer) + json.dumps(_render.data(shown), ensure_ascii=False)
    for each in SECRETS[1:]:
        assert each not in told[ANALYST]
    if chosen:
        assert "Ida Example" in told[INSIDER]
        assert "Ida Example" not in told[ANALYST]


def test_over_the_web_they_see_none_give_none_out_and_grant_none(home: Any) -> None:
    with served(home) as address, Person(address) as analyst:
        analyst.sign_in("analyst@example", PASSWORD)
        for path in ("/customer?id=c1", "/customer.json?id=c1", "/verbatims.json", "/api/v1/pages/customer?id=c1"):
            answer = analyst.get(path) if "api" not in path else analyst.get(path, headers=ANALYSTS)
            assert answer.status_code == 200
            assert not [each for each in SECRETS if each in answer.text]
        for action, fields in (
            ("person.export", {"person": "c1"}),
            ("account.open", {"name": "friend@example", "role": "insider"}),
            ("account.personal", {"name": "analyst@example", "personal": True}),
        ):
            refused = analyst.post(f"/api/v1/act/{action}", json=fields, headers=ANALYSTS)
            assert refused.status_code == 403, (action, refused.text)
        given = analyst.post(
            "/api/v1/act/account.personal",
            json={"name": "analyst@example", "personal": True}, headers=BOARDS,
        )  # fmt: skip
        assert given.status_code == 200
        assert "Ida Example" in analyst.get("/customer?id=c1").text  # from the next look on
        home.act("account.personal", name="analyst@example", personal=False)
        assert "Ida Example" not in analyst.get("/customer?id=c1").text


def test_what_an_action_works_out_does_not_depend_on_who_started_it(home: Any) -> None:
    """Identity would match nobody, and models would learn dots, if makers read what their starter may see."""
    texts = "select text from interaction order by seq"
    assert home.store.as_viewer(ANALYST).ask().lake(texts) == home.ask(INSIDER).lake(texts)


def test_a_partner_is_never_given_the_right(home: Any) -> None:
    home.act("account.open", name="dealer@example", units=["south"], password=PASSWORD)
    with pytest.raises(Refused):
        home.act("account.personal", name="dealer@example", personal=True)
    with pytest.raises(Refused, match="no account"):
        home.act("account.personal", name="nobody@example", personal=False)
