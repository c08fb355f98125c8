"""A question sees what its asker may see, and nothing else, whatever it tries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store._worlds import home, said, understand
from touchstone.core.errors import Refused, Retry, TouchstoneError
from touchstone.core.tables import METRIC
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.store import _narrow, _recorded, live, tables
from touchstone.store._arrive import identify
from touchstone.store._behind import COLUMNS
from touchstone.store.home import Store
from touchstone.store.reach import check, reaches

UNITS = [
    {"id": "north"},
    {"id": "unit-0", "parent": "north"},
    {"id": "unit-1", "parent": "north"},
    {"id": "unit-2", "parent": "south"},
]
PARTNER = Viewer("partner", ("unit-1",))
ABOUT = {
    "own": (["unit-1"], ["unit-1"]),
    "own, against all": (["unit-1"], []),
    "own, against a peer": (["unit-1"], ["unit-1", "unit-2"]),
    "two": (["unit-1", "unit-2"], []),
    "brand": ([], []),
    "peer": (["unit-2"], ["unit-2"]),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = home(tmp_path_factory.mktemp("ask"))
    made.append([[said(number) for number in range(30)]])
    made.append([[said(99, unit=None)]])
    made.put("unit", UNITS)
    made.put("person", [{"id": f"person-{number}", "contacts": '{"mail": "a@b"}'} for number in range(5)])
    made.derive()
    understand(made)
    rows = [
        {
            "id": key,
            "name": "nps",
            "about": about,
            "rests_on": rests,
            "detail": '{"probability_above": {"x": 1}, "k": 1}',
        }
        for key, (about, rests) in ABOUT.items()
    ]
    made.replace("metric", "nps@1", pa.Table.from_pylist(rows, schema=METRIC))
    made.replace("link", "twins@1", [{"id": "a", "about": ["unit-1"]}, {"id": "b", "about": []}])
    corrections = [("a", identify("survey", "1")), ("b", identify("survey", "2")), ("c", "x"), ("d", None)]
    made.correct([{"id": id, "table": "mention", "interaction": about, "change": "{}"} for id, about in corrections])
    return made


def test_an_insider_sees_every_table(store: Store) -> None:
    ask = store.ask()
    for name, columns in COLUMNS.items():
        assert ask.lake(f"select * from {name}").column_names == list(columns)
    assert ask.lake("select sum(n) as n from rollup")["n"].to_pylist() == [31]
    assert len(ask.record(sa.select(tables.interaction.c.id))) == 31
    assert [row["name"] for row in ask.lake("select name from touchpoint order by position").to_pylist()] == [
        "parking",
        "bill",
    ]


def test_rows_of_the_record_come_whole_however_few_are_read_at_once(
    tmp_path: Path, record_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_recorded, "AT_ONCE", 2)
    store = home(tmp_path, record_url)
    persons = [{"id": f"person-{number}", "name": "Ünal" if number % 2 else None} for number in range(5)]
    store.put("person", persons)
    one = [{"person": f"person-{number}", "customer": "c", "kept": number == 1} for number in (1, 2, 3)]
    with store.record.writing() as connection:
        connection.execute(sa.insert(tables.customer), one)
    ask = store.ask()
    assert ask.lake("select id, name from person order by id").to_pylist() == persons
    assert ask.lake("select person, customer, kept from customer order by person").to_pylist() == one
    assert not len(ask.lake("select * from initiative"))
    store.close()


@pytest.mark.parametrize("name", sorted(set(_narrow.NARROWINGS) & set(COLUMNS)))
def test_a_partner_sees_only_his_own_rows(store: Store, name: str) -> None:
    mine, all_of_it = store.ask(PARTNER).lake(f"select * from {name}"), store.ask().lake(f"select * from {name}")
    own = {row["id"] for row in store.ask().lake("select id from interaction where unit = 'unit-1'").to_pylist()}
    for row in mine.to_pylist():
        whose = row.get("unit", row["id"] if name == "unit" else "unit-1")
        assert whose == "unit-1"
        assert row.get("interaction", next(iter(own))) in own
        assert all(row[masked] is None for masked in _narrow.NARROWINGS[name].masked)
        assert set(row.get("about", ["unit-1"])) == {"unit-1"}
    assert mine.column_names == all_of_it.column_names
    assert (len(mine) > 0) == (name not in ("signal", "plan", "customer", "invitation"))


def test_cubes_without_units_are_closed_to_partners(store: Store) -> None:
    for cube in ("rollup_month", "rollup_day", "mention_rollup_month"):
        with pytest.raises(Refused, match="for you"):
            store.ask(PARTNER).lake(f"select * from {cube}")
    months = "select month, sum(n) as n from rollup group by month order by month"
    own = "select month, sum(n) as n from rollup where unit = 'unit-1' group by month order by month"
    assert store.ask(PARTNER).lake(months).equals(store.ask().lake(own))


def test_figures_are_served_to_those_who_may_see_every_unit_they_are_about(store: Store) -> None:
    seen = store.ask(PARTNER).lake("select id, detail from metric order by id").to_pylist()
    assert [row["id"] for row in seen] == ["own", "own, against all"]
    assert {row["detail"] for row in seen} == {'{"k":1}'}
    assert store.ask(PARTNER).lake("select id from link")["id"].to_pylist() == ["a"]


def test_descendants_come_with_a_unit_and_circles_end(store: Store) -> None:
    north = store.ask(Viewer("partner", ("north",)))
    assert north.lake("select distinct unit from interaction order by unit")["unit"].to_pylist() == ["unit-0", "unit-1"]
    assert len(north.record(sa.select(tables.unit.c.id))) == 3


def test_a_partner_of_nothing_and_an_outsider_see_nothing(store: Store) -> None:
    none = store.ask(Viewer("partner", ()))
    assert none.lake("select * from interaction").num_rows == 0
    assert none.record(sa.select(tables.interaction)) == []
    for viewer in (Viewer(), Viewer("stranger")):
        with pytest.raises(Refused, match="outsider"):
            store.ask(viewer).lake("select * from touchpoint")
        with pytest.raises(Refused, match="outsider"):
            store.ask(viewer).record(sa.select(tables.unit))


HOSTILE = [
    "select * from read_parquet('{lake}/interaction/*.parquet')",
    "select * from '{lake}/interaction/*.parquet'",
    "select * from unit where id in (select id from '{lake}/interaction/*.parquet')",
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('{home}/taxonomy.yaml')",
    "select * from glob('{home}/*')",
    "select * from sqlite_scan('{home}/record.sqlite', 'account')",
    "attach '{home}/record.sqlite'",
    "attach ':memory:' as other",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "reset enable_external_access",
    "pragma database_list",
    "install httpfs",
    "load httpfs",
    "copy unit to '/tmp/stolen.csv'",
    "create table mine as select 1",
    "drop table unit",
    "delete from interaction",
    "update interaction set unit = 'unit-1'",
    "insert into unit select 'x'",
    "select 1; select 2",
    "call duckdb_tables()",
    "select * from parameters",
    "select * from self",
    "explain select 1",
    "from query('attach ''x.db''')",
    "",
]


VIEWERS = {"partner": PARTNER, "of nothing": Viewer("partner", ()), "insider": INSIDER}


@pytest.mark.parametrize(
    ("who", "sql"),  # an insider may see all that the lake holds, by whatever name
    [(who, sql) for who in VIEWERS for sql in HOSTILE if who != "insider" or "{lake}" not in sql],
)
def test_no_question_gets_out_of_its_room(store: Store, who: str, sql: str) -> None:
    ask = store.ask(VIEWERS[who])
    told = sql.format(home=store.path, lake=store.path / "lake")
    before = ask.lake("select count(*) as n from unit")
    with pytest.raises(TouchstoneError):
        ask.lake(told)
    assert ask.lake("select count(*) as n from unit").equals(before)


def test_a_question_that_cannot_be_read_shows_its_sql(store: Store) -> None:
    with pytest.raises(Refused, match="select nonsense from unit"):
        store.ask().lake("select nonsense from unit")
    with pytest.raises((Refused, Retry)):
        store.ask().lake("select 1 / ")


ALIAS = tables.unit.alias("other")
REFUSED = {
    "account": sa.select(tables.account),
    "activity": sa.select(tables.activity.c.ids),
    "settings": sa.select(tables.setting),
    "joined": sa.select(tables.unit.c.id, tables.account.c.name).join(tables.account, sa.true()),
    "inner": sa.select(tables.unit.c.id).where(sa.exists(sa.select(tables.account.c.id))),
    "alias": sa.select(ALIAS.c.id),
    "text": sa.text("select * from account"),
    "column as text": sa.select(sa.literal_column("(select max(password_hash) from account)")),
    "condition as text": sa.select(tables.unit.c.id).where(sa.text("1 = 1")),
    "plain table": sa.select(sa.table("account", sa.column("password_hash"))),
    "operator": sa.select(tables.unit.c.id).where(tables.unit.c.id.op("= 'x' or id =")("y")),
    "prefix": sa.select(tables.unit.c.id).prefix_with("distinct"),
    "union": sa.select(tables.unit.c.id).union(sa.select(tables.account.c.id)),
    "write": sa.delete(tables.unit),
}


@pytest.mark.parametrize("question", REFUSED)
def test_a_partner_reads_no_table_of_the_record_past_the_narrowing(store: Store, question: str) -> None:
    with pytest.raises(Refused):
        store.ask(PARTNER).record(REFUSED[question])


def test_masked_columns_are_null_and_only_own_customers_are_seen(store: Store) -> None:
    people = store.ask(PARTNER).record(sa.select(tables.person).order_by(tables.person.c.id))
    assert {row["contacts"] for row in people} == {None}
    own = store.ask(PARTNER).record(sa.select(tables.interaction.c.person).distinct())
    assert {row["id"] for row in people} == {row["person"] for row in own}


WANTED = {
    "plain": sa.select(tables.interaction.c.id, tables.interaction.c.unit),
    "counted": sa.select(tables.interaction.c.unit, sa.func.count().label("n")).group_by(tables.interaction.c.unit),
    "joined": sa.select(tables.interaction.c.unit, tables.unit.c.parent).join(
        tables.unit, tables.unit.c.id == tables.interaction.c.unit
    ),
    "inner": sa.select(tables.unit.c.id.label("unit")).where(
        tables.unit.c.id.in_(sa.select(tables.interaction.c.unit))
    ),
    "table of its own": sa.select(tables.interaction.c.unit).cte("q").select(),
}


@settings(max_examples=20, deadline=None)
@given(
    units=st.sets(st.sampled_from(["north", "unit-0", "unit-1", "unit-2", "none"])),
    wanted=st.sampled_from(sorted(WANTED)),
)
def test_both_sides_are_narrowed_to_the_same_units(store: Store, units: set[str], wanted: str) -> None:
    ask = store.ask(Viewer("partner", tuple(units)))
    open_to = units | ({"unit-0", "unit-1"} if "north" in units else set())
    seen = {row["unit"] for row in ask.record(WANTED[wanted])}
    assert seen == open_to & {"unit-0", "unit-1", "unit-2"}
    lake: list[Any] = ask.lake("select distinct unit from interaction")["unit"].to_pylist()
    assert set(lake) == seen


def test_every_table_is_narrowed_or_closed_on_purpose() -> None:
    closed = {
        "gone",
        "activity",
        "pseudonym",
        "account",
        "setting",
        "lake_file",
        "watermark",
        "initiative",
        "planning",
        "aside",
        "outbox",
        "view",
        "canned",
        "welcome",
        "proposal",
        "vote",
    }
    live.everything()
    assert set(tables.metadata.tables) == closed | set(_narrow.OWN) | (
        set(_narrow.NARROWINGS) & set(tables.metadata.tables)
    )
    with_units = {name for name, columns in COLUMNS.items() if "unit" in columns}
    assert with_units - closed <= set(_narrow.NARROWINGS)


def test_a_partner_reaches_its_own_units_and_an_insider_all(tmp_path: Path) -> None:
    store = home(tmp_path)
    store.put("unit", UNITS)
    mine = store.as_viewer(Viewer("partner_staff", ("north",)))
    assert [reaches(mine, unit) for unit in ("north", "unit-1", "unit-2", None)] == [True, True, False, False]
    assert reaches(store, "unit-2")
    assert reaches(store, None)
    assert not reaches(store.as_viewer(Viewer()), "north")
    with pytest.raises(Refused, match="no such case"):
        check(mine, "unit-2", what="case")
