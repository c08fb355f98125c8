"""One question, two engines: DuckDB here, and a real Spark cluster, give the same answer to the same types."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.store import _worlds
from touchstone.core import finder
from touchstone.core.errors import Refused, Stop
from touchstone.core.settings import Settings
from touchstone.core.tables import INTERACTION, METRIC, UNIT, conform
from touchstone.core.viewer import Viewer
from touchstone.store._duck import answer, connect, fill
from touchstone.store.ask import Slice
from touchstone.store.home import Store, open_store
from touchstone.store.spark import SparkEngine, render

pytestmark = [
    pytest.mark.xdist_group("spark"),
    # pyspark leaves the sockets of its Java process to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    # it looks for pandas before it hands over Arrow batches, which touch none
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

ROWS = 3_000
UNITS = [f"unit-{number}" for number in range(12)]


def interactions() -> pa.Table:
    """Scores over two years of twelve units, with gaps in every column and text of every kind."""
    draw = np.random.default_rng(7)
    day = draw.integers(0, 730, ROWS)
    second = draw.integers(0, 86_400, ROWS)
    start = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
    instants = [int((start + 86_400 * int(d) + int(s)) * 1_000_000) for d, s in zip(day, second, strict=True)]
    rows = {
        "seq": pa.array(range(1, ROWS + 1), pa.int64()),
        "id": pa.array([f"{number:032x}" for number in range(ROWS)]),
        "kind": pa.array(["review"] * ROWS),
        "channel": pa.array(draw.choice(["web", "phone", "store"], ROWS)),
        "occurred_at": pa.array(instants, pa.timestamp("us", tz="UTC")),
        "person": pa.array([f"person-{number}" for number in draw.integers(0, 1_500, ROWS)]),
        "unit": pa.array([UNITS[number] if number < 12 else None for number in draw.integers(0, 13, ROWS)]),
        "text": pa.array(draw.choice(["", "it's a \\ slash", "très bien", "日本", '100 % "sure"'], ROWS)),
        "metric": pa.array(draw.choice(["nps", "rating"], ROWS)),
        "value": pa.array([None if each > 10 else float(each) for each in draw.integers(0, 12, ROWS)], pa.float64()),
        "worst": pa.array([0.0] * ROWS),
        "best": pa.array([10.0] * ROWS),
    }
    return conform(pa.table(rows), INTERACTION)


def units() -> pa.Table:
    return conform(
        [{"id": unit, "name": unit.upper(), "region": f"region {number % 3}"} for number, unit in enumerate(UNITS)],
        UNIT,
    )


def metrics() -> pa.Table:
    return conform(
        [
            {
                "id": f"{number}", "name": "nps", "by": [("unit", unit), ("channel", "web")], "value": number / 7,
                "n": number, "detail": '{"rank": 1}', "about": [unit], "rests_on": UNITS[: number % 3],
            }
            for number, unit in enumerate(UNITS)
        ],
        METRIC,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table | list[Path]]:
    """Interactions and metrics in two Parquet files each, units in memory."""
    folder = tmp_path_factory.mktemp("lake")
    found: dict[str, pa.Table | list[Path]] = {"unit": units()}
    for name, table in {"interaction": interactions(), "metric": metrics()}.items():
        half = len(table) // 2
        found[name] = [folder / f"{name}-{number}.parquet" for number in range(2)]
        pq.write_table(table.slice(0, half), found[name][0])
        pq.write_table(table.slice(half), found[name][1])
    return found


@pytest.fixture(scope="module")
def spark(spark_master: str, tables: dict[str, pa.Table | list[Path]]) -> Iterator[SparkEngine]:
    with SparkEngine(spark_master, tables) as engine:
        yield engine


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect()
    for name, table in {"interaction": interactions(), "unit": units(), "metric": metrics()}.items():
        fill(connection, name, table)
    yield connection
    connection.close()


QUESTIONS: dict[str, tuple[str, list[Any]]] = {
    "counts by group": ("select unit, channel, count(*) as n from interaction group by all order by unit, channel", []),
    "weeks": (
        "select date_trunc('week', occurred_at) as week, count(*) as n from interaction group by 1 order by 1", []
    ),
    "months of days": (
        "select date_trunc('month', cast(occurred_at as date)) as month, count(*) as n, sum(value) as total "
        "from interaction group by 1 order by 1", [],
    ),
    "a period": (
        "select count(*) as n from interaction where occurred_at >= ? and occurred_at < ?",
        [datetime(2024, 3, 1, tzinfo=UTC), datetime(2025, 1, 1)],
    ),
    "a day": ("select count(*) as n from interaction where cast(occurred_at as date) = ?", [date(2024, 5, 5)]),
    "net promoter sums": (
        "select unit, count(*) filter (where value >= 9) as promoters, "
        "count(*) filter (where value <= 6) as detractors, "
        "100.0 * (sum(case when value >= 9 then 1 when value <= 6 then -1 else 0 end)) / count(value) as nps "
        "from interaction where metric = ? and value is not null group by unit order by unit", ["nps"],
    ),
    "moments": (
        "select channel, avg(value) as mean, var_samp(value) as variance, stddev_pop(value) as spread, "
        "sum(value * value) as squares, min(value) as low, max(occurred_at) as last "
        "from interaction group by channel order by channel", [],
    ),
    "a join": (
        "select u.region, count(*) as n, avg(i.value) as mean from interaction i join unit u on u.id = i.unit "
        "group by u.region order by u.region", [],
    ),
    "an outer join": (
        "select u.id, count(i.id) as n from unit u left join interaction i on i.unit = u.id and i.value > ? "
        "group by u.id order by u.id", [9.5],
    ),
    "first of each": (
        "select unit, id, row_number() over (partition by unit order by occurred_at, id) as place from interaction "
        "qualify place <= 2 order by unit nulls first, place", [],
    ),
    "a rolling sum": (
        "with days as (select cast(occurred_at as date) as day, count(*) as n from interaction group by 1) "
        "select day, sum(n) over (order by day rows between 27 preceding and current row) as rolled from days "
        "order by day", [],
    ),
    "maps and lists": (
        "select \"by\"['unit'] as unit, \"by\"['region'] as region, about[1] as first, "
        "array_length(rests_on) as leans, \"by\", about "
        "from metric where list_contains(about, ?) or \"by\"['channel'] = ? order by unit", ["unit-3", "web"],
    ),
    "overlap of lists": (
        "select id from metric where list_has_any(rests_on, ['unit-1', 'unit-9']) order by id", []
    ),
    "unnested": ("select unnest(rests_on) as unit from metric order by unit", []),
    "text": (
        "select text, length(text) as characters, lower(text) as small, count(*) as n from interaction "
        "where text <> ? group by all order by text", ["it's a \\ slash"],
    ),
    "one of many": ("select count(*) as n from interaction where unit in (?, ?)", ["unit-1", "unit-2"]),
    "nothing there": ("select unit, sum(value) as total from interaction where unit = ? group by unit", ["nowhere"]),
    "division": ("select value / nullif(0, 0) as a, 7 / 2 as b, 7 // 2 as c, 0.1 + 0.2 as d, best * 0.3 as e "
        "from interaction order by id limit 1", []),
    "quantiles": (
        "select channel, quantile_cont(value, 0.9) as high, median(value) as middle from interaction "
        "group by channel order by channel", [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_both_engines_give_the_same_answer(name: str, spark: SparkEngine, duck: duckdb.DuckDBPyConnection) -> None:
    sql, parameters = QUESTIONS[name]
    same(spark.query(sql, parameters), answer(duck, sql, parameters))


def same(found: pa.Table, expected: pa.Table) -> None:
    """Same columns, types and rows in the same order; counts exact, figures to 1e-9."""
    assert found.schema == expected.schema
    assert len(found) == len(expected)
    for given, wanted in zip(found.to_pylist(), expected.to_pylist(), strict=True):
        for column, value in wanted.items():
            if isinstance(value, float):
                assert math.isclose(given[column], value, rel_tol=1e-9, abs_tol=1e-9), column
            else:
                assert given[column] == value, column


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory, spark_master: str) -> Iterator[tuple[Store, Store]]:
    """One home, asked by DuckDB and by the cluster."""
    folder = tmp_path_factory.mktemp("homes") / "home"
    with contextlib.closing(_worlds.home(folder)) as store:
        store.append([[_worlds.said(number) for number in range(300)]])
        store.put("unit", [{"id": f"unit-{number}", "region": "north"} for number in range(3)])
        store.derive()
        _worlds.understand(store)
        clustered = Settings(now=_worlds.NOW, engine="spark", spark_master=spark_master)
        with contextlib.closing(open_store(folder, settings=clustered)) as other:
            yield store, other


@pytest.mark.parametrize("name", finder.names("measure"))
def test_a_measure_of_a_home_is_the_same_on_both_engines(name: str, homes: tuple[Store, Store]) -> None:
    measure = finder.verb("measure", name)
    here, there = (measure(store.ask(), by=["unit"]).drop(["detail"]) for store in homes)
    same(there, here)


def test_every_table_of_a_home_is_there_on_the_cluster(homes: tuple[Store, Store]) -> None:
    here, there = homes[0].ask(), homes[1].ask()
    for name in ("touchpoint", "unit", "signal", "metric", "mention"):
        question = (
            f"select * from {name} order by all limit 3"
            if name == "touchpoint"
            else f"select * from {name} order by id"
        )
        same(there.lake(question), here.lake(question))


def test_a_partner_s_questions_stay_off_the_cluster(homes: tuple[Store, Store]) -> None:
    partner = Viewer("partner", units=("unit-1",))
    assert isinstance(homes[1].ask(partner)._base, Slice)  # the private way in is the point here


def test_an_engine_without_a_cluster_is_told(tmp_path: Path) -> None:
    store = _worlds.home(tmp_path / "home", engine="spark")
    with contextlib.closing(store), pytest.raises(Stop, match="spark_master"):
        store.ask()


DISTINCT = (
    "select channel, approx_count_distinct(id) as everything, approx_count_distinct(person) as people, "
    "approx_quantile(value, 0.5) as middle from interaction group by channel order by channel"
)


def test_approximate_figures_come_within_three_percent_of_the_exact_ones(
    spark: SparkEngine, duck: duckdb.DuckDBPyConnection
) -> None:
    exact = answer(
        duck, DISTINCT.replace("approx_count_distinct(", "count(distinct ").replace("approx_quantile", "quantile_cont")
    )
    for found, true in zip(spark.query(DISTINCT).to_pylist(), exact.to_pylist(), strict=True):
        assert found["everything"] == pytest.approx(true["everything"], rel=0.03)
        assert found["people"] == pytest.approx(true["people"], rel=0.03)
        assert abs(found["middle"] - true["middle"]) <= 0.5


def _lengths(batch: pa.RecordBatch) -> pa.RecordBatch:
    """One row for each interaction that has words: its id, how many characters, and which process read it."""
    table = pa.table(
        {
            "interaction": batch["id"],
            "characters": pc.cast(pc.utf8_length(batch["text"]), pa.int64()),
            "about": pa.array([[f"{os.getpid()}"]] * len(batch), pa.list_(pa.string())),
            "occurred_at": batch["occurred_at"],
        }
    )
    return table.filter(pc.greater(table["characters"], 0)).combine_chunks().to_batches()[0]


def test_batches_are_worked_on_by_both_workers_and_come_back_in_our_types(spark: SparkEngine) -> None:
    schema = pa.schema(
        [
            ("interaction", pa.string()),
            ("characters", pa.int64()),
            ("about", pa.list_(pa.string())),
            ("occurred_at", pa.timestamp("us", tz="UTC")),
        ]
    )
    found = spark.map_batches("interaction", _lengths, schema)
    expected = _lengths(interactions().combine_chunks().to_batches()[0])
    assert found.schema == schema
    same = ["interaction", "characters", "occurred_at"]
    assert found.select(same).sort_by("interaction").to_pylist() == pa.table(expected).select(same).to_pylist()
    assert len(set(found["about"].combine_chunks().flatten().to_pylist())) == 2


def test_what_duckdb_would_refuse_never_reaches_the_cluster(spark: SparkEngine) -> None:
    with pytest.raises(Refused, match="nonsense"):
        spark.query("select nonsense from interaction")
    with pytest.raises(Refused, match="elsewhere"):
        spark.query("select * from elsewhere")


def test_a_table_without_files_is_told(spark: SparkEngine) -> None:
    with pytest.raises(Stop, match="has no files"):
        spark.add("empty", [])
    spark.add("empty", INTERACTION.empty_table())
    assert spark.query("select count(*) as n, max(value) as top from empty").to_pylist() == [{"n": 0, "top": None}]


def test_parameters_are_values_never_text_of_the_question() -> None:
    rendered = render("select id from metric where name = ? and list_contains(about, ?) and value > 0.5")
    assert rendered == ("SELECT id FROM metric WHERE name = :p0 AND ARRAY_CONTAINS(about, :p1) AND value > 0.5D")
