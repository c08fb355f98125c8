"""A journey on the cluster: in a file of its own, for who leaves the cluster leaves it for the whole process."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.connect._people import people
from tests.store import _worlds
from touchstone.act._journey import STEPS, connected
from touchstone.core.settings import Settings
from touchstone.store._clustered import Clustered
from touchstone.store.home import create_store, open_store
from touchstone.store.spark import SparkEngine

# pyspark leaves the sockets of its Java process to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(scope="module")
def joined(spark_master: str) -> Iterator[str]:
    """The address of a cluster that this process stays on: to join it takes longer than a journey there."""
    with SparkEngine(spark_master, {}):
        yield spark_master


def test_a_journey_s_understanding_is_worked_out_on_the_cluster_with_equal_rows(tmp_path: Path, joined: str) -> None:
    found = {}
    for engine, master in (("duckdb", ""), ("spark", joined)):
        settings = Settings(now=_worlds.NOW, engine=engine, spark_master=master)
        with contextlib.closing(create_store(tmp_path / engine, taxonomy="auto_dealer", settings=settings)) as store:
            said = ("The waiting area was clean, the adviser rude", "", None, "Parken war unmöglich \N{PILE OF POO}")
            rows = [_worlds.said(number, text=said[number % 4], touchpoint="parking") for number in range(60)]
            for start in (0, 30):  # the second time there is a file that is understood already
                store.append([rows[start : start + 30]])
                STEPS["derive"](store)
                counts = STEPS["understand"](store)
                assert counts["mention"] > 0
            assert STEPS["understand"](store) == {"mention": 0, "signal": 0}
            ask = open_store(tmp_path / engine).ask()
            tables = ("mention", "signal", "mention_rollup")
            found[engine] = [ask.lake(f"select * from {name} order by all").to_pylist() for name in tables]
    assert found["spark"] == found["duckdb"]


def test_persons_of_a_home_are_compared_on_the_cluster_with_the_links_that_one_machine_tells(
    tmp_path: Path, joined: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, on_cluster = [], Clustered.spread

    def counted(self: Clustered, function: Any, table: pa.Table, schema: pa.Schema) -> pa.Table:
        compared.append(len(table))
        return on_cluster(self, function, table, schema)

    monkeypatch.setattr(Clustered, "spread", counted)
    persons = [
        {"id": row["id"], "name": f"{row['given_name']} {row['surname']}", "contacts": json.dumps(row)}
        for row in people(12)
    ]
    said = [{"source": "s", "source_id": row["id"], "person": row["id"], "unit": "north"} for row in persons]
    found = {}
    for engine, master in (("duckdb", ""), ("spark", joined)):
        settings = Settings(now=_worlds.NOW, engine=engine, spark_master=master)
        with contextlib.closing(create_store(tmp_path / engine, taxonomy="auto_dealer", settings=settings)) as store:
            store.put("person", persons[:-1])
            store.append([said])
            store.derive()
            connected(store, "identity")
            store.put("person", persons)  # the second time only the last is matched
            connected(store, "identity")
            found[engine] = open_store(tmp_path / engine).ask().lake("select * from link order by id").to_pylist()
    assert {(row["left"], row["right"]) for row in found["duckdb"]} >= {("3-a", "3-b"), ("11-a", "11-b")}
    assert found["spark"] == found["duckdb"]
    assert len(compared) == 4  # twice in each run
    assert compared[0] == 22 * 23 // 2
