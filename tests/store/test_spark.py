"""One question, two engines: DuckDB here, and a real Spark cluster, give the same answer to the same types."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.decide import test_offer_home, test_route
from tests.store import _worlds
from tests.store._questions import QUESTIONS, interactions, lengths, metrics, units
from touchstone.connect.word_of_mouth import connect as connect_word_of_mouth
from touchstone.core import finder
from touchstone.core.errors import Refused, Stop
from touchstone.core.settings import Settings
from touchstone.core.tables import INTERACTION
from touchstone.core.viewer import Viewer
from touchstone.store._behind import Slice
from touchstone.store._duck import answer, connect, fill
from touchstone.store.home import Store, open_store
from touchstone.store.spark import SparkEngine, render

# pyspark leaves the sockets of its Java process to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


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
        store.append([[_worlds.said(300 + number, kind="post", thread=f"t{number % 3}") for number in range(12)]])
        no = '{"contact": "denied"}'
        store.put("person", [{"id": "person-4", "name": "Ann Ash"}, {"id": "person-2", "consents": no}])
        store.put("unit", [{"id": f"unit-{number}", "region": "north"} for number in range(3)])
        store.derive()
        _worlds.understand(store)
        clustered = Settings(now=_worlds.NOW, engine="spark", spark_master=spark_master)
        with contextlib.closing(open_store(folder, settings=clustered)) as other:
            yield store, other


@pytest.mark.parametrize("name", ["engagement", "language_gap", "nps", "sentiment"])
def test_a_measure_of_a_home_is_the_same_on_both_engines(name: str, homes: tuple[Store, Store]) -> None:
    """One for each kind of table that homes narrow; tests/test_house_measures.py puts every measure to both engines."""
    measure, cuts = finder.verb("measure", name), getattr(finder.part("measure", name), "CUTS", [["unit"]])
    here, there = (measure(store.ask(), by=cuts[-1]).drop(["detail"]) for store in homes)
    assert len(here) > 0
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


def test_who_speaks_to_whom_is_heard_alike_by_both_engines(homes: tuple[Store, Store]) -> None:
    here, there = (list(connect_word_of_mouth(store.ask())) for store in homes)
    assert len(here[0]) > 3
    for found, expected in zip(there, here, strict=True):
        same(found, expected)


def test_what_plans_for_persons_ask_of_a_home_is_answered_alike_by_both_engines(spark_master: str) -> None:
    here = persons_and_offers()
    asked: dict[str, dict[str, list[Any]]] = {part: {} for part in PLANS}

    class Listening:
        """The home's own ask, which notes every question that has an answer, but for what is looked up by id."""

        def __getattr__(self, name: str) -> Any:
            return getattr(here, name)

        def lake(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
            found = here.lake(sql, parameters)
            if len(found) and len(sql) > LOOKED_UP:
                asked[part][sql] = list(parameters)
            return found

    for part, settings in PLANS.items():
        finder.verb("decide", part.partition(" ")[0])(Listening(), **settings)
    assert all(asked.values())
    with SparkEngine(spark_master, {}) as engine:
        for name in ("interaction", "mention", "signal", "customer", "invitation"):
            engine.add(name, here.lake(f"select * from {name}"))
        for sql, parameters in {sql: given for some in asked.values() for sql, given in some.items()}.items():
            found, expected = (ask(sql, parameters) for ask in (engine.query, here.lake))
            same(*(each.drop_columns([name for name in ("answer",) if name in each.column_names])
                   for each in (found, expected)))  # fmt: skip


LOOKED_UP = 400  # characters of a question, up to which both engines have it in common by its plainness
PLANS: dict[str, dict[str, Any]] = {
    "offer": {"unit": ["u0"], "days": 20},
    "offer value": {"mode": "value", "days": 20},
    "route": {},
    "recommend": {"person": ["p1", "p2"]},
    "ask": {"unit": ["u1"]},
}


def persons_and_offers() -> Any:
    """Purchases, offers, draws and conversations of a few customers, two of whom are one."""
    rows = test_offer_home.world(size=40)
    for at, row in enumerate(rows):
        row["product"] = f"thing {at % 5}" if row["kind"] == "purchase" else None
    drawn = '{"offer": "wash", "propensity": 0.5}'
    rows += [test_offer_home.happened("event", at, 180, attributes=drawn) for at in range(9)]
    late = test_offer_home.NOW - (test_route.START + timedelta(days=40))
    rows += [each | {"occurred_at": each["occurred_at"] + late} for each in test_route.talks(40)]
    rows.append(test_route.message(occurred_at=test_offer_home.NOW - timedelta(days=1)))
    expert = next(row["person"] for row in rows if row["level"] == "employee")
    rows += [
        test_route.message(f"{name}{at}", thread="open", level=level, person=who,
                           occurred_at=test_offer_home.NOW - timedelta(hours=9 - at))
        for at, (name, level, who) in enumerate((("q", "end_customer", "p9"), ("a", "employee", expert),
                                                 ("z", "end_customer", "p9")))
    ]  # fmt: skip
    told = (("w", "request", "kind"), ("z3", "thanks", "kind"), ("q3", "fr", "language"))
    signals = [test_route.kind(*each) for each in told]
    one = [{"person": f"p{at}", "customer": "c", "kept": at == 1} for at in (1, 3)]
    return test_offer_home.ask(rows, 40, derived={"signal": signals, "customer": one})


def test_a_partner_s_questions_stay_off_the_cluster(homes: tuple[Store, Store]) -> None:
    partner = Viewer("partner", units=("unit-1",))
    assert isinstance(homes[1].ask(partner)._behind, Slice)  # the private way in is the point here


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


def test_batches_are_worked_on_by_both_workers_and_come_back_in_our_types(spark: SparkEngine) -> None:
    schema = pa.schema(
        [
            ("interaction", pa.string()),
            ("characters", pa.int64()),
            ("about", pa.list_(pa.string())),
            ("occurred_at", pa.timestamp("us", tz="UTC")),
        ]
    )
    found = spark.map_batches("interaction", lengths, schema)
    expected = lengths(interactions().combine_chunks().to_batches()[0])
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
