"""The budget is planned anew with what people choose; a partner sees the rows about his own units alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decide.test_budget_home import brand
from touchstone.core import finder, taxonomy
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.store.home import create_store

TABLE = "touchpoint,fixed_cost,lift\nwaiting area,200,.3\nclarity of the bill,300,.2\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = create_store(tmp_path_factory.mktemp("budget") / "home", taxonomy=taxonomy.load("auto_dealer"))
    made.put("unit", brand()[1])
    said = brand()[0]
    made.append([said.drop_columns(["seq", "id", "received_at"])])
    made.derive()
    do(made, "initiative.state", lines=TABLE)
    yield made
    made.close()


def do(store: Any, action: str, /, **fields: Any) -> Any:
    return finder.verb("act", action)(store, **fields)


def value(store: Any) -> float:
    sql = """select value from plan where name = 'budget' and cardinality("by") = 0"""
    return float(store.ask().lake(sql)["value"][0].as_py())


def test_what_is_chosen_is_kept_and_the_plan_follows_at_once(store: Any):
    assert do(store, "budget.plan", budget=3000.0)["rows"] > 0
    small = value(store)
    assert do(store, "budget.plan", company_margin=0.3)["kept"] == {"company_margin": 0.3}
    assert value(store) == pytest.approx(2 * small, rel=0.2)
    assert do(store, "budget.plan", usual=True, budget=3000.0)["rows"] > 0
    assert value(store) == pytest.approx(small)


@pytest.mark.parametrize(("field", "wrong"), [("budget", -1.0), ("partner_share", 2.0), ("horizon", 0.0)])
def test_a_value_that_cannot_be_is_refused(store: Any, field: str, wrong: float):
    with pytest.raises(Refused) as refused:
        do(store, "budget.plan", **{field: wrong})
    assert refused.value.field == field


def test_a_partner_sees_the_rows_about_his_own_unit_and_no_other(store: Any):
    do(store, "budget.plan", budget=3000.0)
    unit = (
        store.ask()
        .lake("""select "by"['unit'] as unit from plan where name = 'budget'
        and "by"['unit'] is not null order by unit limit 1""")["unit"][0]
        .as_py()
    )
    seen = (
        store.ask(Viewer("partner", (unit,))).lake("select about, \"by\" from plan where name = 'budget'").to_pylist()
    )
    assert seen
    assert all(row["about"] == [unit] for row in seen)


def test_a_standard_is_chosen_by_touchpoint_and_taken_away_by_the_worst_rating(store: Any):
    assert do(store, "budget.plan", standard="Waiting Area", least=2.5, now=False)["kept"] == {
        "least:waiting area": 2.5
    }
    held = "select value from planning where id = 'least:waiting area'"
    assert store.ask().lake(held)["value"].to_pylist() == [2.5]
    do(store, "budget.plan", standard="waiting area", least=1.0, now=False)
    assert store.ask().lake(held)["value"].to_pylist() == [None]
    do(store, "budget.plan", standard="waiting area", least=2.5, now=False)
    do(store, "budget.plan", usual=True, now=False)
    assert store.ask().lake(held)["value"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("given", "field"),
    [({"least": 3.0}, "standard"), ({"standard": "no such", "least": 3.0}, "standard"),
     ({"standard": "parking"}, "least"), ({"standard": "parking", "least": 7.0}, "least")],
)  # fmt: skip
def test_a_standard_that_says_nothing_is_refused(store: Any, given: dict[str, Any], field: str):
    with pytest.raises(Refused) as refused:
        do(store, "budget.plan", **given)
    assert refused.value.field == field


def held(store: Any) -> dict[str, float]:
    rows = store.ask().lake("select id, value from planning where value is not null order by id").to_pylist()
    return {row["id"].removeprefix("held:"): row["value"] for row in rows if row["id"].startswith("held:")}


def test_touchpoints_are_held_in_or_left_out_until_others_are_named(store: Any):
    do(store, "budget.plan", always="Waiting Area; parking", never="clarity of the bill", now=False)
    assert held(store) == {"waiting area": 1, "parking": 1, "clarity of the bill": 0}
    do(store, "budget.plan", budget=2000.0, now=False)
    do(store, "budget.plan", always="parking", now=False)
    assert held(store) == {"parking": 1, "clarity of the bill": 0}
    do(store, "budget.plan", never="parking", always=";", now=False)
    assert held(store) == {"parking": 0}
    do(store, "budget.plan", usual=True, now=False)
    assert held(store) == {}


@pytest.mark.parametrize(
    ("given", "field"), [({"never": "no such"}, "never"), ({"always": "parking", "never": "parking"}, "always")]
)
def test_touchpoints_that_cannot_be_held_are_refused(store: Any, given: dict[str, Any], field: str):
    with pytest.raises(Refused) as refused:
        do(store, "budget.plan", **given)
    assert refused.value.field == field
