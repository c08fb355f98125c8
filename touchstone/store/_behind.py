"""The databases behind questions to the lake: the whole, the whole without personal data, a partner's own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa

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
    told,
)
from touchstone.core.taxonomy import Taxonomy
from touchstone.store import _narrow
from touchstone.store._corrections import named as corrections
from touchstone.store._cubes import CUBES, empty
from touchstone.store._derive import KEPT_SCHEMAS
from touchstone.store._duck import TOUCHPOINT, answer, connect, fill, run, shut, touchpoints
from touchstone.store._hide import hidden
from touchstone.store._lake import Lake, State, read_files
from touchstone.store._recorded import RECORDED, recorded
from touchstone.store._veil import veil

FIGURES, HELD = ("metric", "plan"), 200_000  # a page asks for these again and again: so many rows stay in memory
SPOKEN = 4_000_000  # as do the words of so many interactions: 370 bytes each that has any
WORDS = ("seq", "id", "text", "url", "source", "unit", "channel", "touchpoint", "occurred_at", "metric", "value")
"""What pages quote by: of interactions with words that are not the brand's own."""
COLUMNS = {
    "interaction": INTERACTION.names,
    **{name: KEPT_SCHEMAS.get(name, schema).names for name, schema in DERIVED.items()},
    "unit": UNIT.names,
    "person": KNOWN.names,
    "customer": CUSTOMER.names,
    "initiative": INITIATIVE.names,
    "planning": PLANNING.names,
    "invitation": INVITATION.names,
    "correction": CORRECTED.names,
    "touchpoint": TOUCHPOINT.names,
    "words": list(WORDS),
    **{name: [*columns, "n"] for name, columns in CUBES.items()},
}
"""Every table a question may name, with its columns."""


def quote(duck: duckdb.DuckDBPyConnection, *, kind: str) -> None:
    """Makes `words` of the interactions that are there, as a view or a table."""
    run(duck, f"create {kind} words as select {_narrow.quoted(WORDS)} from interaction where {told()}")


def _with(names: frozenset[str]) -> frozenset[str]:
    """With the table that words are made of, which comes first by its name too."""
    return names | {"interaction"} if "words" in names else names


class Snapshot:
    """The whole lake at one version, as views that read nothing but the lake's folder."""

    def __init__(self, lake: Lake, taxonomy: Taxonomy) -> None:
        with lake.record.reading() as connection:
            self.state: State = lake.state(connection)
        self._lake, self.record = lake, lake.record
        self._small = {"unit": recorded(lake.record, "unit"), "touchpoint": touchpoints(taxonomy)}
        self._lock = threading.Lock()
        self._made: set[str] = set()
        self.rows = {name: sum(piece.rows for piece in self.state.of(name)) for name in CUBES}

    @cached_property
    def duck(self) -> duckdb.DuckDBPyConnection:
        """The database, opened with the first question: who asks the record alone needs none."""
        opened = connect()
        self._lake.folder.mkdir(exist_ok=True)
        shut(opened, self._lake.folder)
        return opened

    def ready(self, names: frozenset[str]) -> None:
        """Makes those of the tables `names` that are not here yet."""
        with self._lock:
            _ = self.duck  # opened by one thread alone
            for name in sorted((_with(names) & set(COLUMNS)) - self._made):
                self._make(name)
                self._made.add(name)

    def answer(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer to one question over tables made ready."""
        return answer(self.duck, sql, parameters)

    def _make(self, name: str) -> None:
        pieces = self.state.of(name)
        files = read_files([self._lake.path(piece) for piece in pieces])
        kind = "table" if name in FIGURES and sum(piece.rows for piece in pieces) <= HELD else "view"
        if name == "words":
            spoken = sum(piece.rows for piece in self.state.of("interaction"))
            quote(self.duck, kind="table" if spoken <= SPOKEN else "view")
        elif name == "correction":
            fill(self.duck, name, corrections(self._lake.record))
        elif name in self._small:
            fill(self.duck, name, self._small[name])
        elif name in RECORDED:
            fill(self.duck, name, recorded(self._lake.record, name))
        elif files:
            run(self.duck, f"create {kind} {name} as select {_narrow.quoted(COLUMNS[name])} from ({files})")
        elif name in CUBES:
            run(self.duck, f"create table {name} as {empty(name)}")
        else:
            fill(self.duck, name, {**DERIVED, **KEPT_SCHEMAS}[name].empty_table())


class Masked(Snapshot):
    """The whole lake for an insider who sees no personal data."""

    def _make(self, name: str) -> None:
        super()._make(name)
        if name in _narrow.INSIDE:
            hiding, masked = _narrow.INSIDE[name]
            veil(self.duck, self.record, name, COLUMNS[name], hiding=hiding, masked=masked)


class Slice:
    """A partner's own database: narrowed rows, copied when first asked for; no file, no view, no way out of it."""

    def __init__(self, whole: Snapshot, units: frozenset[str]) -> None:
        self.state = whole.state
        self._whole, self._units = whole, sorted(units)
        self._lock = threading.Lock()
        self._filled: set[str] = set()
        self.duck = connect()
        shut(self.duck)
        self.rows = {name: rows for name, rows in whole.rows.items() if name in _narrow.NARROWINGS}

    def ready(self, names: frozenset[str]) -> None:
        """Copies the tables of `names` that are not here yet."""
        with self._lock:
            for name in sorted((_with(names) & set(COLUMNS)) - self._filled):
                self._fill(name)
                self._filled.add(name)

    def _fill(self, name: str) -> None:
        if name == "words":
            quote(self.duck, kind="view")
            return
        sql = _narrow.lake(name, COLUMNS[name])
        self._whole.ready(frozenset({name, "interaction"}))
        rows = answer(self._whole.duck, sql, {"units": self._units} if "$units" in sql else ())
        fill(self.duck, name, hidden(self._whole.record, rows, _narrow.personal(name)))

    def answer(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer to one question over tables made ready."""
        return answer(self.duck, sql, parameters)
