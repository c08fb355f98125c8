"""A lake in memory answers as a home does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.store._worlds import TAXONOMY, home, said, understand
from touchstone.store import tables
from touchstone.store._choose import read, smaller
from touchstone.store._cubes import CUBES, siblings
from touchstone.store.scratch import scratch

QUESTIONS = [
    "select metric, value, sum(n) as n from rollup group by all order by all",
    "select unit, month, sum(n) as n from rollup where metric = 'nps' group by all order by all",
    "select day, sum(n) as n from rollup group by all order by all",
    "select region, sum(n) as n from rollup join unit on unit.id = rollup.unit group by all order by all",
    "select touchpoint, polarity, sum(n) as n from mention_rollup group by all order by all",
    "select stage, month, sum(n) as n from mention_rollup as m join touchpoint as t on t.name = m.touchpoint "
    "group by all order by all",
    "select id, text, occurred_at from interaction order by id",
]


def test_the_same_tables_give_the_same_answers(tmp_path: Path) -> None:
    store = home(tmp_path)
    units = [{"id": "unit-0", "region": "north"}, {"id": "unit-1", "region": "south"}]
    store.append([[said(number) for number in range(40)]])
    store.put("unit", units)
    store.derive()
    understand(store)
    ask = store.ask()
    whole, said_of = ask.lake("select * from interaction"), ask.lake("select * from mention")
    loose = scratch(whole, mentions=said_of, units=units, taxonomy=TAXONOMY, seed=ask.seed, now=ask.now)
    assert [(loose.seed, loose.now, loose.taxonomy)] == [(ask.seed, ask.now, ask.taxonomy)]
    for question in QUESTIONS:
        assert loose.lake(question).to_pylist() == ask.lake(question).to_pylist(), question


def test_an_empty_table_answers_with_nothing() -> None:
    ask = scratch([])
    assert ask.lake("select * from rollup").num_rows == 0
    assert ask.lake("select sum(n) as n from mention_rollup")["n"].to_pylist() == [None]
    assert ask.record(sa.select(tables.person)) == []
    assert ask.record(sa.select(sa.func.count().label("n")).select_from(tables.account)) == [{"n": 0}]


def test_a_day_is_a_day_in_utc_and_no_score_counts_as_none() -> None:
    rows = [{"occurred_at": datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "metric": "nps"}, {"value": 3.0}]
    kept = scratch(rows).lake("select day, month, metric, value from rollup order by day nulls last").to_pylist()
    assert [(str(row["day"]), str(row["month"]), row["metric"], row["value"]) for row in kept] == [
        ("2025-12-31", "2025-12-01", None, None),
        ("None", "None", "number", 3.0),
    ]


def test_mentions_of_one_touchpoint_in_one_interaction_count_once() -> None:
    said_of = [
        {"id": str(position), "interaction": interaction, "touchpoint": touchpoint, "polarity": polarity}
        for position, (interaction, touchpoint, polarity) in enumerate(
            [
                ("1", "bill", "positive"),
                ("1", "bill", "negative"),
                ("1", "parking", "neutral"),
                ("1", "parking", "negative"),
                ("2", "bill", "neutral"),
                ("2", "parking", "mixed"),
            ]
        )
    ]
    kept = scratch([{"unit": "a"}, {"unit": "b"}], mentions=said_of).lake(
        "select unit, touchpoint, polarity, n from mention_rollup order by all"
    )
    assert [tuple(row.values()) for row in kept.to_pylist()] == [
        ("a", "bill", "mixed", 1),
        ("a", "parking", "negative", 1),
        ("b", "bill", "neutral", 1),
        ("b", "parking", "mixed", 1),
    ]


@given(
    wide=st.sampled_from(["rollup", "mention_rollup"]),
    named=st.sets(st.sampled_from(sorted({column for columns in CUBES.values() for column in columns}))),
)
def test_a_question_reads_a_cube_that_has_every_column_it_names(wide: str, named: set[str]) -> None:
    columns = ", ".join(sorted(named & set(CUBES[wide])) or ["1 as one"])
    rows = {cube: 10 * len(kept) for cube, kept in CUBES.items()}
    chosen = smaller(read(f"select {columns}, sum(n) as n from {wide} as r group by all"), rows)
    table = next(
        name
        for name in sorted(siblings(wide), key=len, reverse=True)
        if f"FROM {name} " in chosen.replace("from", "FROM")
    )
    assert named & set(CUBES[wide]) <= set(CUBES[table])


@pytest.mark.parametrize(
    "sql",
    ["select * from rollup", "with rollup as (select 1 as n) select n from rollup", "select count(*) as n from unit"],
)
def test_some_questions_are_read_as_they_are_written(sql: str) -> None:
    assert smaller(read(sql), dict.fromkeys(CUBES, 1)) == sql


def test_the_file_of_a_one_shot_call_is_given_as_it_is() -> None:
    file = pa.table({"unit": ["a"]})
    assert scratch([], given=file).given is file
    assert scratch([]).given is None
