"""Lists of conversations are answered within one index that holds what they are narrowed by: no row is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from tests.store._worlds import home
from touchstone.store import inbox
from touchstone.store.home import Store

NARROWED: dict[str, dict[str, str]] = {
    "pressing_at": {},
    "heard_at": {"sort": "latest"},
    "unit": {"unit": "north", "channel": "mail"},
    "touchpoint": {"touchpoint": "bill", "urgency": "0.8", "owner": "none"},
    "language": {"language": "sv"},
    "kind": {"kind": "churn_threat"},
    "owner": {"owner": "me"},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = home(tmp_path_factory.mktemp("inbox"))
    yield made
    made.close()


def plan(store: Store, question: Any) -> str:
    """How SQLite answers a question."""
    sql = str(question.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with store.record.reading() as connection:
        return "; ".join(row[-1] for row in connection.exec_driver_sql(f"explain query plan {sql}"))


@pytest.mark.parametrize("index", NARROWED)
def test_a_page_of_the_list_and_its_count_come_from_one_index(store: Store, index: str) -> None:
    chosen = {"state": "open"} | NARROWED[index]
    page = plan(store, inbox.ids(chosen, account="me", now=store.now, limit=50))
    assert f"COVERING INDEX conversation_{index} " in page
    assert "TEMP B-TREE" not in page  # it comes in the order it is read in
    count = plan(store, inbox.count(chosen, account="me", now=store.now, limit=10_001))
    assert "COVERING INDEX conversation_" in count
    assert index in ("pressing_at", "heard_at") or f"conversation_{index} " in count


def test_a_list_goes_on_behind_its_last_line_within_the_same_index(store: Store) -> None:
    chosen = {"state": "open", "unit": "north", "after": "1700000000000000 x"}
    assert "COVERING INDEX conversation_unit (unit=? AND state=? AND pressing_at>?)" in plan(
        store, inbox.ids(chosen, account="me", now=store.now, limit=50)
    )
