"""What the store's tests say again and again: a small home, interactions to put in it, what its tables hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import select

from touchstone.core.settings import Settings
from touchstone.core.tables import INTERACTION, MENTION
from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.store import tables
from touchstone.store._cubes import CUBES, count_interactions, count_mentions, siblings
from touchstone.store.home import Store, create_store

TAXONOMY = Taxonomy("garage", (Touchpoint("parking", "leaving the car", "arrive"), Touchpoint("bill", "paying", "pay")))
NOW = "2026-03-02T09:00:00+00:00"
START = datetime(2025, 11, 20, tzinfo=UTC)


def home(folder: Path, database: str = "", **settings: Any) -> Store:
    """A store under a fixed clock."""
    return create_store(folder, taxonomy=TAXONOMY, settings=Settings(database=database, now=NOW, **settings))


def said(number: int, **fields: Any) -> dict[str, Any]:
    """One interaction that is told from others by `number`."""
    usual = {
        "source": "survey",
        "source_id": str(number),
        "kind": "review",
        "text": f"word {number}",
        "unit": f"unit-{number % 3}",
        "channel": "web",
        "metric": "nps",
        "value": float(number % 11),
        "best": 10.0,
        "worst": 0.0,
        "occurred_at": START + timedelta(days=number % 60),
        "person": f"person-{number % 5}",
    }
    return {**usual, **fields}


def understood(table: pa.Table, maker: str) -> pa.Table:
    """Two mentions for each interaction whose text has letters enough, told by the text alone."""
    rows = []
    for row in table.to_pylist():
        for position, touchpoint in enumerate(("parking", "bill")[: len(row["text"] or "") % 3]):
            letter = hashlib.sha256(f"{row['text']}{touchpoint}".encode()).digest()[0] % 3
            polarity, sentiment = (("positive", 0.5), ("negative", -0.5), ("neutral", 0.0))[letter]
            rows.append(
                {
                    "id": hashlib.sha256(f"{maker}{row['id']}{position}".encode()).hexdigest()[:32],
                    "interaction": row["id"],
                    "touchpoint": touchpoint,
                    "polarity": polarity,
                    "sentiment": sentiment,
                    "confidence": 0.9,
                    "start": 0,
                    "stop": len(row["text"]),
                    "maker": maker,
                }
            )
    return pa.Table.from_pylist(rows, schema=MENTION)


def understand(store: Store, maker: str = "reader@1", batch: int = 20_000) -> None:
    """Brings `maker` to where the lake is."""
    for interactions, upto in store.pending(maker, batch=batch):
        store.extend("mention", maker, understood(interactions, maker), upto)


def contents(store: Store, names: Iterable[str] = ("interaction", "mention", "signal", "metric")) -> dict[str, Any]:
    """What the lake's tables hold, by id, without `seq`; with the counts every cube should and does hold."""
    ask = store.ask()
    held: dict[str, Any] = {}
    for name in names:
        rows = ask.lake(f"select * from {name} order by id").to_pylist()
        held[name] = [{key: value for key, value in row.items() if key != "seq"} for row in rows]
    return held


def counted(store: Store) -> None:
    """Asserts that every cube holds exactly what counting its table afresh gives."""
    ask = store.ask()
    fresh = {
        "rollup": count_interactions("interaction"),
        "mention_rollup": count_mentions("mention", "interaction"),
    }
    for wide, sql in fresh.items():
        for cube in siblings(wide):
            columns = ", ".join(CUBES[cube])
            kept = f"select {columns}, sum(n) as n from {cube} group by all"
            told = f"select {columns}, sum(n) as n from ({sql}) group by all"
            assert _rows(ask, kept) == _rows(ask, told), cube
            assert ask.lake(f"select n from {cube} where n <= 0").num_rows == 0


def _rows(ask: Any, sql: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in ask.lake(sql).to_pylist()), key=repr)


def recorded(store: Store) -> dict[str, dict[str, Any]]:
    """The record's interactions by id."""
    with store.record.reading() as connection:
        rows = connection.execute(select(tables.interaction)).mappings().all()
    assert len(rows) == len({row["id"] for row in rows})
    assert set(rows[0]) == set(INTERACTION.names) if rows else True
    return {row["id"]: {key: value for key, value in row.items() if key != "seq"} for row in rows}


def history(store: Store) -> list[tuple[str, str | None]]:
    """What changed interactions said before: ids and texts, oldest first for each id."""
    with store.record.reading() as connection:
        wanted = select(tables.interaction_history.c.id, tables.interaction_history.c.text)
        rows = connection.execute(wanted.order_by(tables.interaction_history.c.id, tables.interaction_history.c.seq))
        return [(row.id, row.text) for row in rows]
