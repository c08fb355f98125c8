"""A home of the example brand many times over: understood once, then copied with people, threads and days of its own.

Copies are made straight as files of the lake, a million interactions at a time, so that ten million take minutes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from touchstone.act._journey import STEPS
from touchstone.core.settings import Settings
from touchstone.core.tables import INTERACTION, LINK, UNIT
from touchstone.listen.example import listen
from touchstone.store._cubes import count_mentions
from touchstone.store._derive import KEPT_SCHEMAS, MARK, written
from touchstone.store._lake import Bench, Draft, Lake, Piece
from touchstone.store.home import Store, create_store

TAXONOMY = "auto_dealer"
BRAND: dict[str, Any] = {"interactions": 60_000, "dealers": 120, "customers": 12_000}
SLICE = 1_000_000
DAYS = 28  # each copy lives up to so many days later than the brand did
MAKER = "many@1"
OWN = ("source_id", "person", "thread", "reply_to")
"""Columns that name something of one copy only."""


def many(path: Path, interactions: int) -> Store:
    """A home at `path` of about so many interactions; one that is there already is opened."""
    there = (path / "lake").exists()
    store = create_store(path, taxonomy=TAXONOMY, settings=Settings())
    if there:
        return store
    brand = _brand()
    store.put("unit", brand["unit"])
    store.replace("link", MAKER, brand["link"].select(LINK.names))
    size = len(brand["interaction"])
    at_once = max(1, SLICE // size)
    last = max(1, round(interactions / size))
    for first in range(0, last, at_once):
        copies = range(first, min(first + at_once, last))
        store._lake.change(lambda connection, copies=copies: _slice(store._lake, connection, brand, copies))
    return store


def _brand() -> dict[str, pa.Table]:
    """The tables of the brand once, understood and connected."""
    with tempfile.TemporaryDirectory() as folder:
        store = create_store(Path(folder) / "home", taxonomy=TAXONOMY, settings=Settings())
        store.append(_heard(store), source="example")
        for name in ("derive", "understand", "connect"):
            STEPS[name](store)
        ask = store.ask()
        tables = {name: ask.lake(f"select * from {name}") for name in ("interaction", "mention", "signal", "link")}
        tables["unit"] = ask.lake("select * from unit").select(UNIT.names)
        store.close()
    return tables


def _heard(store: Store) -> Iterator[Any]:
    """The brand's interactions; its units are kept on the way."""
    for each in listen(**BRAND):
        if isinstance(each, pa.RecordBatch):
            yield each
        elif each[0] == "unit":
            store.put("unit", each[1])


def _slice(lake: Lake, connection: Connection, brand: dict[str, pa.Table], copies: range) -> Draft:
    """The pieces of these copies of the brand, and of what they count as."""
    draft, bench, size = Draft(lake.state(connection)), Bench(lake), len(brand["interaction"])
    low, high = copies.start * size, copies.stop * size
    for name, table in brand.items():
        bench.take(f"brand_{name}", table)
    bench.take("copies", pa.table({"k": list(copies)}))
    fresh = bench.duck.sql(_copied(INTERACTION.names, "interaction", size)).to_arrow_table()
    draft.come = written(bench, fresh, Piece("interaction", "", low, high, 0, ""))
    for name in ("mention", "signal"):
        like = Piece(name, MAKER, low, high, 0, "")
        piece = bench.write(_copied(KEPT_SCHEMAS[name].names, name, size), like)
        draft.come += [piece] if piece else []
    said = _copied(KEPT_SCHEMAS["mention"].names, "mention", size)
    like = Piece("mention_rollup", MAKER, low, high, 0, "")
    draft.come += bench.stack(count_mentions(f"({said})", "fresh"), replace(like, name="mention_rollup"))
    draft.marks = {MARK: high, f"mention/{MAKER}": high, f"signal/{MAKER}": high}
    return draft


def _copied(names: list[str], table: str, size: int) -> str:
    """SQL of a table's rows for every copy: names and ids of its own, days of its own, all else the same."""
    own = {
        "seq": f"seq + k * {size}",
        **{name: f"{name} || '-' || k" for name in OWN},
        **{name: f"{name} + to_days(cast(k % {DAYS} as integer))" for name in ("occurred_at", "received_at")},
        **{name: f"md5(substr({name}, 1, 32) || k) || substr({name}, 33)" for name in ("id", "interaction")},
    }
    columns = ", ".join(f'{own[name]} as "{name}"' if name in own else f'"{name}"' for name in names)
    return f"select {columns} from brand_{table} cross join copies"
