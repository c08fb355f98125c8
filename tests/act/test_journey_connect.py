"""The journey stores what connectors find: links and signals, each in place of the former ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from touchstone.act._journey import STEPS
from touchstone.core import taxonomy
from touchstone.store.home import create_store

TEXT = "The new lounge at this dealer is bright, calm and full of good coffee, and everyone was a delight"
SIGNALS = "select interaction, label, probability from signal where maker like 'corpus%' order by all"
LINKS = 'select "left", "right", layer from link order by all'


def rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    """The same praise, one review a month."""
    return [
        {"source_id": str(n), "kind": "review", "text": TEXT, "value": 5.0, "worst": 1.0, "best": 5.0,
         "occurred_at": datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=30 * n)}
        for n in range(first, first + count)
    ]  # fmt: skip


def test_links_and_signals_of_copies_are_stored_and_replaced(tmp_path: Path):
    store = create_store(tmp_path / "home", taxonomy=taxonomy.load("auto_dealer"))
    try:
        store.append([rows(3)], source="site")
        for step in ("derive", "understand", "connect"):
            STEPS[step](store)
        first = store.ask().lake(SIGNALS).to_pylist()
        assert {row["label"] for row in first} == {"promotional", "copy"}
        assert len(store.ask().lake(LINKS)) == 2
        STEPS["connect"](store)
        assert store.ask().lake(SIGNALS).to_pylist() == first
        store.append([rows(2, first=3)], source="site")
        for step in ("derive", "understand", "connect"):
            STEPS[step](store)
        assert len(store.ask().lake(LINKS)) == 4
        assert len(store.ask().lake(SIGNALS)) == 10
        assert len(store.ask().lake("select * from signal where layer = 'language'")) == 5
    finally:
        store.close()
