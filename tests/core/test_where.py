"""The small language of `--where`: what it reads, and how it refuses everything else."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.core.where import parse

COLUMNS = {"unit": "text", "region": "text", "day": "day", "value": "number"}


@pytest.mark.parametrize(
    ("text", "sql", "parameters"),
    [
        ("unit = 'a'", '"unit" = ?', ("a",)),
        ("UNIT != 'it''s'", '"unit" <> ?', ("it's",)),
        ("unit = 5", '"unit" = ?', ("5",)),
        ("value <= -3.5", '"value" <= ?', (-3.5,)),
        ("day >= '2026-01-31'", '"day" >= ?', (date(2026, 1, 31),)),
        ("region is null", '"region" IS NULL', ()),
        ("region is not null", 'NOT ("region" IS NULL)', ()),
        ("unit in ('a', 'b')", '"unit" IN (?, ?)', ("a", "b")),
        ("unit not in ('a')", 'NOT ("unit" IN (?))', ("a",)),
        ("unit like 'a%'", '"unit" LIKE ?', ("a%",)),
        ("unit not like 'a%'", 'NOT ("unit" LIKE ?)', ("a%",)),
        ("unit = 'a' and value > 2", '("unit" = ? AND "value" > ?)', ("a", 2.0)),
    ],
)
def test_every_operator_becomes_sql_with_parameters(text: str, sql: str, parameters: tuple[object, ...]) -> None:
    condition = parse(text, COLUMNS)
    assert (condition.sql, condition.parameters) == (sql, parameters)


def test_brackets_keep_their_meaning() -> None:
    either = parse("unit = 'a' or unit = 'b' and value > 9", COLUMNS).sql
    both = parse("(unit = 'a' or unit = 'b') and value > 9", COLUMNS).sql
    assert either == '("unit" = ? OR ("unit" = ? AND "value" > ?))'
    assert both == '((("unit" = ? OR "unit" = ?)) AND "value" > ?)'


def test_the_columns_it_reads_are_told() -> None:
    assert parse("unit = 'a' or day < '2026-01-01'", COLUMNS).columns == {"unit", "day"}


def test_without_kinds_values_stay_as_written() -> None:
    assert parse("a = 3 and b = '3'", ["a", "b"]).parameters == (3.0, "3")


HOSTILE = [
    "1 = 1", "true", "unit", "not unit", "select 1", "unit = 'a'; drop table unit", "unit = 'a' -- and so on",
    "unit = 'a' /* */", "unit = (select 1)", "unit in (select id from person)", "exists(select 1)",
    "upper(unit) = 'A'", "unit = upper('a')", "unit || 'x' = 'y'", "unit::int = 3", "cast(unit as int) = 3",
    "unit = region", "unit = \"a\"", "u.unit = 'a'", "unit = ?", "unit = $1", "unit = :name", "unit = null",
    "unit between 'a' and 'b'", "unit ilike 'a'", "unit like 'a' escape 'b'", "unit similar to 'a'", "unit ~ 'a'",
    "unit is true", "unit is not distinct from 'a'", "unit = any(['a'])", "unit in 'a'", "unit in ()", "unit = 1 + 1",
    "unit = 'a' union select 1", "unit = 'a' limit 3", "unit = 'a' order by 1", "from 'file.parquet'", "attach 'x'",
    "unit = 'a' or", "= 'a'", "unit = 'a", "(unit = 'a'", "unit = E'a\\n'", "unit = x'ff'", "case when 1 then 1 end",
    "unit = 'a' and [1]", "unit = {'a': 1}", "unit[1] = 'a'", "unit.a = 'a'", "* = 1", "-value = 1", "value = -'1'",
    "person = 'a'", "value = 'x'", "value = 1e999", "day = 'soon'", "day = '2026-02-30'", "", "   ", ";",
    "unit = 'a'\x00",
    "copy unit to 'x'", "pragma version", "set x = 1", "unit = current_user", "unit = getenv('HOME')",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text, COLUMNS)
    assert refused.value.field == "where"
    assert len(str(refused.value)) < 500


def test_the_refusal_names_the_word() -> None:
    with pytest.raises(Refused, match=r"'person'.*Known: day, region, unit, value"):
        parse("person = 'a'", COLUMNS)
    with pytest.raises(Refused, match="UPPER"):
        parse("upper(unit) = 'A'", COLUMNS)


@pytest.mark.parametrize("text", ["(" * 1500 + "unit = 'a'" + ")" * 1500, "not " * 900 + "unit = 'a'", "x" * 5000])
def test_a_bomb_of_brackets_is_refused_and_does_no_harm(text: str) -> None:
    with pytest.raises(Refused):
        parse(text, COLUMNS)


@given(st.text(max_size=60))
def test_no_text_at_all_gets_past_as_anything_but_a_condition(text: str) -> None:
    try:
        condition = parse(text, COLUMNS)
    except Refused:
        return
    assert set(condition.columns) <= set(COLUMNS)
    assert condition.sql.count("?") == len(condition.parameters)
    assert not set(condition.sql) & set("';-/*")


@given(st.text(max_size=30).filter(lambda each: all(ord(letter) >= 32 for letter in each)))
def test_any_word_travels_as_a_value_and_finds_itself(word: str) -> None:
    quoted = word.replace("'", "''")
    condition = parse(f"unit = '{quoted}'", COLUMNS)
    assert condition.parameters == (word,)
    assert condition.sql == '"unit" = ?'


def test_the_sql_runs_and_means_what_was_written() -> None:
    condition = parse("not (unit = 'a' or value >= 3) and region is not null", COLUMNS)
    rows = "(values ('a', 'r', 1), ('b', 'r', 2), ('b', null, 2), ('c', 'r', 4)) t(unit, region, value)"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select unit, value from {rows} where {condition.sql}", list(condition.parameters)
        ).fetchall()
    assert found == [("b", 2)]
