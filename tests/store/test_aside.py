"""Who does not allow analysis: the record keeps what they said, and nothing is read, counted or linked of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import touchstone
from tests import _brand
from touchstone.act import _journey
from touchstone.home.export import lines
from touchstone.store import _land, live, tables

STEPS = ("denied", "granted", "says", "derive", "merge", "part")
DENIED, GRANTED = '{"analysis": "denied"}', '{"analysis": "granted"}'


def said(number: int, who: str | None, text: str = "The parking was full.") -> dict[str, Any]:
    score = {"metric": "nps", "value": 3.0, "best": 10.0, "worst": 0.0}
    return {"source": "s", "source_id": str(number), "person": who, "text": text, "occurred_at": _brand.START} | score


@pytest.fixture
def home(tmp_path: Path, record_url: str) -> Any:
    chosen = {"database": record_url} if record_url else {}
    home = touchstone.open(tmp_path / "home", taxonomy="auto_dealer", **chosen)
    home.store.append([[said(number, f"p{number % 4}") for number in range(12)]])
    home.store.derive()
    yield home
    home.store.close()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare") / "home"
    touchstone.open(folder, taxonomy="auto_dealer").store.close()
    return folder


def heard(home: Any) -> list[str]:
    home.store.derive()
    rows = home.ask().lake("select source_id from interaction order by cast(source_id as integer)")
    assert home.ask().lake("select coalesce(sum(n), 0) as n from rollup")["n"][0].as_py() == len(rows)
    return [str(each) for each in rows["source_id"].to_pylist()]


def kept(home: Any, who: str) -> int:
    return len(home.ask().record(tables.interaction.select().where(tables.interaction.c.person == who)))


def test_what_they_said_leaves_the_lake_at_once_and_comes_back_when_they_allow_it(home: Any) -> None:
    home.act("person.consent", person="p1", purpose="analysis", state="denied")
    assert home.ask().lake("select count(*) as n from interaction where person = 'p1'")["n"][0].as_py() == 0
    assert heard(home) == [str(each) for each in range(12) if each % 4 != 1]
    assert kept(home, "p1") == 3
    home.store.append([[said(20, "p1"), said(21, "p2"), said(1, "p1", "Changed my mind.")]])  # new, and changed
    assert "20" not in heard(home)
    assert "21" in heard(home)
    told = [json.loads(line) for line in lines(home)]  # whoever moves on takes all of it along
    assert sum(each["table"] == "interaction" for each in told) == 14
    assert len(home.act("person.export", person="p1")["persons"][0]["interaction"]) == 4
    home.act("person.consent", person="p1", purpose="analysis", state="granted")
    assert set(heard(home)) == {*map(str, range(12)), "20", "21"}
    home.act("person.consent", person="p1", purpose="contact", state="denied")  # another purpose changes nothing
    assert len(heard(home)) == 14


def test_nothing_is_understood_or_measured_of_them(tmp_path: Path) -> None:
    home = _brand.empty(tmp_path / "home")
    home.store.append([[said(number, f"p{number % 2}", "Parking full, rude adviser.") for number in range(40)]])
    home.act("person.consent", person="p0", purpose="analysis", state="revoked")
    for step in ("derive", "understand"):
        _journey.STEPS[step](home.store)
    read = "select distinct person from {} as t join interaction as i on i.id = t.interaction"
    for table in ("mention", "signal"):
        assert home.ask().lake(read.format(table))["person"].to_pylist() == ["p1"]
    assert home.measure("nps")["n"].to_pylist() == [20]


def test_words_that_cannot_be_read_are_taken_for_a_refusal(home: Any) -> None:
    home.store.put("person", [{"id": "p2", "consents": "no json"}, {"id": "p3", "consents": '{"analysis": "granted"}'}])
    assert heard(home) == [str(each) for each in range(12) if each % 4 != 2]


def test_who_refused_and_is_erased_leaves_nothing_and_may_begin_anew(home: Any) -> None:
    home.store.put("person", [{"id": "p1", "consents": DENIED}])
    home.act("person.erase", person="p1")
    assert kept(home, "p1") == 0
    later = said(30, "p1") | {"occurred_at": home.store.now.replace(year=2031)}
    home.store.append([[later]])
    assert "30" in heard(home)


def test_a_big_delivery_brings_no_words_of_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_land, "ENOUGH", 5)  # so that it writes its own files
    home = touchstone.open(tmp_path / "home", taxonomy="auto_dealer")
    home.store.put("person", [{"id": "p1", "consents": DENIED}])
    home.store.append([[said(number, f"p{number % 4}") for number in range(40)]])
    assert heard(home) == [str(each) for each in range(40) if each % 4 != 1]


def test_a_record_from_before_is_held_to_it_when_it_is_opened(home: Any) -> None:
    """As a record of the schema before: the refusal is written, and nobody has looked at it."""
    import sqlalchemy as sa

    home.store.put("person", [{"id": "p1", "consents": GRANTED}])
    with home.store.record.writing() as connection:
        connection.execute(sa.update(tables.person).values(consents=DENIED))
        for later in (tables.aside, tables.initiative, tables.planning, *live.everything()):
            later.drop(connection)
        connection.execute(sa.text("alter table person drop column version"))
        connection.execute(sa.text("alter table account drop column personal"))
        connection.execute(sa.text("alter table account drop column language"))
        connection.execute(sa.text("drop index account_person"))
        connection.execute(sa.text("alter table account drop column person"))
        connection.execute(sa.text("update alembic_version set version_num = '0002'"))
    home.store.record.migrate()
    assert heard(home) == [str(each) for each in range(12) if each % 4 != 1]


def link(home: Any, left: str, right: str) -> None:
    why = {"id": "l", "left": left, "right": right, "layer": "same_person", "probability": 0.99, "reason": "{}"}
    home.store.replace("link", "t@1", [why])


def test_what_one_refuses_holds_for_every_id_that_is_surely_theirs(home: Any) -> None:
    everyone, without = [str(each) for each in range(12)], lambda *who: [str(n) for n in range(12) if n % 4 not in who]
    home.store.put("person", [{"id": "p1", "consents": DENIED}])
    assert heard(home) == without(1)
    link(home, "p2", "p1")
    assert heard(home) == without(1, 2)
    home.store.append([[said(22, "p2")]])
    assert heard(home) == without(1, 2)
    home.store.replace("link", "t@1", [])  # what told the link is left out: that it is found no more says nothing
    assert heard(home) == without(1, 2)
    home.act("link.reject", person="p1", other="p2")  # but that they are two does
    assert heard(home) == [*without(1), "22"]
    merged = home.act("link.merge", person="p1", other="p3")["decision"]
    assert heard(home) == [*without(1, 3), "22"]
    home.act("link.undo", decision=merged)
    assert heard(home) == [*without(1), "22"]
    home.act("link.merge", person="p1", other="p3")
    home.act("person.consent", person="p3", purpose="analysis", state="denied")
    home.act("person.consent", person="p1", purpose="analysis", state="granted")
    assert heard(home) == [*without(1, 3), "22"]  # the other says no now
    home.act("person.consent", person="p3", purpose="analysis", state="granted")
    assert heard(home) == [*everyone, "22"]


def test_who_is_left_out_with_another_stays_out_when_that_one_is_erased(bare: Path, tmp_path: Path) -> None:
    home = touchstone.open(shutil.copytree(bare, tmp_path / "home"))
    home.store.append([[said(number, f"p{number % 4}") for number in range(12)]])
    home.store.put("person", [{"id": "p1", "consents": DENIED}])
    link(home, "p2", "p1")
    home.store.derive()
    home.act("person.erase", person="p1")
    assert heard(home) == [str(each) for each in range(12) if each % 4 in (0, 3)]
    home.store.put("person", [{"id": "p2", "consents": GRANTED}])
    assert heard(home) == [str(each) for each in range(12) if each % 4 != 1]


def test_a_big_delivery_brings_no_words_of_an_id_left_out_with_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_land, "ENOUGH", 5)
    home = touchstone.open(tmp_path / "home", taxonomy="auto_dealer")
    home.store.put("person", [{"id": "p1", "consents": DENIED}])
    link(home, "p2", "p1")
    home.store.derive()
    home.store.append([[said(number, f"p{number % 4}") for number in range(40)]])
    assert heard(home) == [str(each) for each in range(40) if each % 4 in (0, 3)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(STEPS)), max_size=9))
def test_in_any_order_the_lake_holds_just_what_is_allowed(
    tmp_path_factory: Any, bare: Path, steps: list[tuple[str, str]]
) -> None:
    home = touchstone.open(shutil.copytree(bare, tmp_path_factory.mktemp("any") / "home"))
    home.store.put("person", [{"id": each} for each in "ab"])
    texts, refused, one = dict[int, str](), set[str](), False
    for number, (who, step) in enumerate(steps):
        if step == "says":
            home.store.append([[said(number, who)]])
            texts[number] = who
        elif step == "derive":
            home.store.derive()
        elif step in ("merge", "part"):
            home.act("link.merge" if step == "merge" else "link.reject", person="a", other="b")
            one = step == "merge"
        elif step in ("denied", "granted"):
            home.store.put("person", [{"id": who, "consents": json.dumps({"analysis": step})}])
            refused = refused | {who} if step == "denied" else refused - {who}
    out = refused | ({"a", "b"} if one and refused & {"a", "b"} else set())
    assert heard(home) == [str(number) for number, who in texts.items() if who not in out]
    home.store.close()
