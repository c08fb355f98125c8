"""Initiatives and what plans are made with, on PostgreSQL: stated, planned with, withdrawn, forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests._postgres import Server
from tests.act.test_budget import TABLE, do
from tests.decide.test_budget_home import brand
from touchstone.core import taxonomy
from touchstone.core.settings import load as load_settings
from touchstone.store.home import create_store, open_store


@pytest.fixture
def store(postgres: Server, tmp_path: Path) -> Iterator[Any]:
    url = postgres.database()
    settings = replace(load_settings(tmp_path), database=url)
    made = create_store(tmp_path / "home", taxonomy=taxonomy.load("auto_dealer"), settings=settings)
    made.put("unit", brand()[1])
    made.append([brand()[0].drop_columns(["seq", "id", "received_at"])])
    made.derive()
    yield made
    made.close()
    postgres.drop(url)


def whole(store: Any) -> list[dict[str, Any]]:
    sql = """select value, detail from plan where name = 'budget' and cardinality("by") = 0"""
    return [json.loads(row["detail"]) | {"value": row["value"]} for row in store.ask().lake(sql).to_pylist()]


def test_a_plan_on_a_shared_record_follows_what_is_stated_withdrawn_and_erased(store: Any):
    ids = do(store, "initiative.state", lines=TABLE)["initiatives"]
    do(store, "budget.plan", budget=3000.0, quarters=2.0, quarter_cap=1600.0, standard="waiting area", least=2.0)
    first = whole(store)[0]
    assert (first["terms"]["budget"], len(first["quarters"]), list(first["standards"])) == (3000, 2, ["waiting area"])
    store.close()
    store = open_store(store.path)  # as another process finds it
    do(store, "initiative.withdraw", initiative=ids[0])
    do(store, "budget.plan", standard="waiting area", least=1.0)
    assert "standards" not in whole(store)[0]
    assert whole(store)[0]["possible"] == first["possible"] / 2
    person = store.ask().lake("select min(person) as who from interaction where kind = 'purchase'")["who"][0].as_py()
    assert store.erase(person).interactions > 0
    assert do(store, "budget.plan", usual=True, budget=3000.0)["rows"] > 0
    assert whole(store)[0]["sales"] < first["sales"]
    do(store, "initiative.withdraw", initiative=ids[1])
    assert do(store, "budget.plan")["rows"] == 0
    assert whole(store) == []
    assert store.verify() is None
    store.close()
