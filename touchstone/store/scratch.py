"""A lake in memory, for a one-shot file and for the tests of measures: the same tables and counts, no home."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from touchstone.core.ask import Found
from touchstone.core.tables import (
    CORRECTED,
    CUSTOMER,
    DERIVED,
    INITIATIVE,
    INTERACTION,
    INVITATION,
    KNOWN,
    PLANNING,
    UNIT,
    conform,
)
from touchstone.core.taxonomy import Taxonomy
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.store import live, tables
from touchstone.store._behind import quote
from touchstone.store._choose import read
from touchstone.store._cubes import count_interactions, count_mentions
from touchstone.store._duck import answer, connect, fill, shut, touchpoints

_SEQ = "select said.*, i.seq from {name} as said left join interaction as i on i.id = said.interaction"
MADE = {
    "mention": _SEQ.format(name="mention"),
    "signal": _SEQ.format(name="signal"),
    "rollup": count_interactions("interaction"),
    "mention_rollup": count_mentions("mention", "interaction"),
}
"""What follows from tables that are there, and how."""
BEHIND = dict.fromkeys((*MADE, "words"), ("interaction",)) | {"mention_rollup": ("interaction", "mention")}
"""Of which tables it is made."""
RECORDED = {"initiative": INITIATIVE, "planning": PLANNING, "invitation": INVITATION}


class Scratch:
    """An `Ask` over tables in memory; its record is empty."""

    given: pa.Table | None = None
    spread = None

    def __init__(self, given: dict[str, pa.Table], *, taxonomy: Taxonomy, seed: int, now: datetime) -> None:
        self._tables, self._made = given, set[str]()
        self._lock = threading.Lock()
        self._connection = connect()
        shut(self._connection)
        self.viewer: Viewer = INSIDER
        self.taxonomy, self.seed, self.now = taxonomy, seed, now

    @property
    def today(self) -> date:
        """The day of `now`."""
        return self.now.date()

    def lake(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer to DuckDB SQL over the tables docs/rooms/store.md lists."""
        question = read(sql)
        with self._lock:
            for name in sorted(map(str.casefold, question.tables)):
                self._make(name)
        return answer(self._connection, question.sql, parameters)

    def _make(self, name: str) -> None:
        """Makes a table the first time that a question names it, and before it those that it is made of."""
        if name in self._made or name not in {*self._tables, *BEHIND}:
            return
        for other in BEHIND.get(name, ()):
            self._make(other)
        if name in self._tables:
            fill(self._connection, name, self._tables[name])
        if name in MADE:
            self._connection.execute(f"create or replace table {name} as {MADE[name]}").fetchall()
        if name == "words":
            quote(self._connection, kind="view")
        self._made.add(name)

    def kept(self, key: Any, find: Callable[[], Found]) -> Found:  # noqa: ARG002 - the form of every ask
        """What `find` makes: nothing is kept here."""
        return find()

    def broken(self) -> int | None:
        """None: nothing is done here."""

    def record(self, select: Any) -> list[dict[str, Any]]:
        """The rows of a select over a record that holds nothing: so it is behind a table in memory."""
        with _nothing().connect() as connection:
            return [dict(row) for row in connection.execute(select).mappings()]


@cache
def _nothing() -> Engine:
    """A record with every table and no row."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    live.everything()
    tables.metadata.create_all(engine)
    return engine


def scratch(
    interactions: pa.Table | list[dict[str, Any]],
    *,
    mentions: pa.Table | list[dict[str, Any]] | None = None,
    units: pa.Table | list[dict[str, Any]] | None = None,
    persons: pa.Table | list[dict[str, Any]] | None = None,
    taxonomy: Taxonomy | None = None,
    derived: Mapping[str, Any] | None = None,
    seed: int = 20261121,
    now: datetime | None = None,
    given: pa.Table | None = None,
    recorded: Mapping[str, Any] | None = None,
) -> Scratch:
    """An `Ask` over `interactions` (any subset of INTERACTION's columns) and what was derived from them.

    Rows without an `id` get one from their position. `derived` may bring "signal", "link", "metric" and "plan",
    `recorded` "initiative", "planning" and "invitation"; `given` is the file of a one-shot call as its parts read it.
    """
    taxonomy = taxonomy or Taxonomy("none", ())
    tables = {"interaction": numbered(conform(interactions, INTERACTION))}
    made = {**(derived or {}), **({} if mentions is None else {"mention": mentions})}
    tables |= {name: conform(_unnumbered(made.get(name, [])), schema) for name, schema in DERIVED.items()}
    tables["unit"] = conform(units if units is not None else [], UNIT)
    tables["person"] = conform(persons if persons is not None else [], KNOWN)
    tables["customer"] = conform((derived or {}).get("customer", []), CUSTOMER)
    tables |= {name: conform((recorded or {}).get(name, []), schema) for name, schema in RECORDED.items()}
    tables["correction"] = CORRECTED.empty_table()
    tables["touchpoint"] = touchpoints(taxonomy)
    ask = Scratch(tables, taxonomy=taxonomy, seed=seed, now=now or datetime.now(UTC))
    ask.given = given
    return ask


def _unnumbered(rows: Any) -> Any:
    """Rows as a home gives them, without the `seq` of their interactions, which may be numbered otherwise here."""
    numbered = isinstance(rows, pa.Table) and "seq" in rows.column_names
    return rows.drop_columns("seq") if numbered else rows


def numbered(table: pa.Table) -> pa.Table:
    """`table` with `seq` and `id` filled from the position where they are missing."""
    position = pa.array(np.arange(1, len(table) + 1))
    seq = pc.coalesce(table["seq"], position)
    identifier = pc.coalesce(table["id"], pc.cast(position, pa.string()))
    columns = [seq, identifier, *table.columns[2:]]
    return pa.Table.from_arrays(columns, schema=table.schema)
