"""Approximate distinct counts on DuckDB come within 3 % of the exact ones, and change nothing else of a question."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from touchstone.store._duck import answer, connect, fill
from touchstone.store._sketch import finer


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect()
    yield connection
    connection.close()


@pytest.mark.parametrize("size", [1, 30, 1_000, 30_000, 300_000])
def test_an_approximate_count_is_within_three_percent_or_by_one(duck: duckdb.DuckDBPyConnection, size: int) -> None:
    names = f"select 'person-' || (range % {size}) as person, range % 3 as third from range({2 * size})"
    fill(duck, "seen", duck.sql(names).to_arrow_table())
    sql = (
        "select approx_count_distinct(person) as n, "
        "approx_count_distinct(person) filter (where third = 0) as part from seen"
    )
    found = answer(duck, sql).to_pylist()[0]
    exact = answer(duck, sql.replace("approx_count_distinct(", "count(distinct ")).to_pylist()[0]
    assert found["n"] == pytest.approx(exact["n"], rel=0.03, abs=1)
    assert found["part"] == pytest.approx(exact["part"], rel=0.03, abs=1)
    assert answer(duck, sql).schema.types == [pa.int64(), pa.int64()]


def test_nothing_is_counted_as_nothing(duck: duckdb.DuckDBPyConnection) -> None:
    fill(duck, "seen", pa.table({"person": pa.nulls(3, pa.string())}))
    assert answer(duck, "select approx_count_distinct(person) as n from seen").to_pylist() == [{"n": 0}]


def test_other_questions_and_windows_are_left_as_they_are() -> None:
    plain = "select  count(*)  from seen"
    assert finer(plain) == plain
    assert "hash" not in finer("select approx_count_distinct(person) over (partition by unit) from seen")


def test_parameters_keep_their_order(duck: duckdb.DuckDBPyConnection) -> None:
    fill(duck, "seen", pa.table({"person": ["a", "b", "c"], "unit": ["x", "y", "y"]}))
    sql = "select ? as first, approx_count_distinct(person) as n from seen where unit = ?"
    assert answer(duck, sql, ["p", "y"]).to_pylist() == [{"first": "p", "n": 2}]
