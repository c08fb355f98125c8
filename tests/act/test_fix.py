"""What a case is turned into, and fixes: read by the partner they are for, begun, measured, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import touchstone
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.measure._fixes import asked
from touchstone.store._live_cases import fix as fixes

NORTH = Viewer("partner_administrator", ("north",), "north-lead", "north@example.com")
SOUTH = Viewer("partner_administrator", ("south",), "south-lead", "south@example.com")


@pytest.fixture
def home(tmp_path: Path) -> Any:
    made = touchstone.open(tmp_path, taxonomy="auto_dealer", now="2026-11-20T10:00:00+00:00")
    made.store.put("unit", [{"id": each, "name": each.title()} for each in ("north", "south")])
    said = {"source": "letters", "source_id": "1", "unit": "north", "text": "I waited.", "touchpoint": "waiting area"}
    made.store.append([[said]])
    made.store.derive()
    return made


def opened(home: Any) -> str:
    id = home.ask().lake("select id from interaction")["id"][0].as_py()
    return str(home.act("case.open", interaction=id)["case"])


def test_a_case_is_turned_into_an_idea_a_fix_and_a_request_that_the_partner_reads(home: Any) -> None:
    case = opened(home)
    for into in ("idea", "fix", "request"):
        assert home.act("case.turn", case=case, into=into)["new"]
        assert not home.act("case.turn", case=case, into=into)["new"]
    home.act("fix.state", name="Two more desks", units=["north"], cause="They hire nobody.", cost=10, currency="eur")
    seen = home.ask(NORTH).record(fixes.select().order_by(fixes.c.kind))
    assert [each["kind"] for each in seen] == ["fix", "fix", "idea", "request"]
    assert {(each["cause"], each["cost"]) for each in seen} == {(None, None)}
    assert home.ask(SOUTH).record(fixes.select()) == []


def test_a_fix_that_began_is_known_to_effect_and_one_begun_by_mistake_is_not(home: Any) -> None:
    fix = home.act("fix.state", name="Größere Stühle", touchpoint="waiting area", units=["north"])["fix"]
    home.act("fix.begin", fix=fix)
    home.act("fix.begin", fix=fix)
    assert home.act("fix.begin", fix=fix, units=["south"])["units"] == ["north", "south"]
    home.store.derive()
    sql = "select unit, attributes from interaction where kind = 'event' order by unit"
    assert home.ask().lake(sql).to_pylist() == [
        {"unit": each, "attributes": '{"fix": "Größere Stühle"}'} for each in ("north", "south")
    ]
    assert home.ask().record(sa.select(fixes.c.state))[0]["state"] == "running"
    (known,) = asked(home.ask(), "", None)
    assert (known.name, set(known.starts), known.touchpoints) == (
        "Größere Stühle",
        {"north", "south"},
        ("waiting area",),
    )
    home.act("fix.end", fix=fix, mistaken=True)
    home.store.derive()
    assert home.ask().lake("select count(*) as n from interaction where attributes like '%fix%'")["n"][0].as_py() == 0
    with pytest.raises(Refused, match="without quotes"):
        home.act("fix.state", name='A "fix"')
