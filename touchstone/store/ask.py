"""Questions to the store, already narrowed to what the asker may see: the lake by SQL, the record by select."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

import pyarrow as pa

from touchstone.core.ask import Spread
from touchstone.core.errors import Refused, Retry
from touchstone.core.settings import Settings
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
)
from touchstone.core.taxonomy import Taxonomy
from touchstone.core.viewer import Viewer
from touchstone.store import _activity, _narrow
from touchstone.store._answers import Answers
from touchstone.store._choose import read, smaller
from touchstone.store._clustered import Clustered, cluster
from touchstone.store._corrections import named as corrections
from touchstone.store._cubes import CUBES, empty
from touchstone.store._derive import KEPT_SCHEMAS
from touchstone.store._duck import TOUCHPOINT, answer, connect, fill, run, shut, touchpoints
from touchstone.store._hide import hidden, told
from touchstone.store._lake import Lake, State, read_files
from touchstone.store._record import Record
from touchstone.store._recorded import RECORDED, recorded
from touchstone.store._taxonomy import read_taxonomy
from touchstone.store._veil import veil

if TYPE_CHECKING:
    from touchstone.store.spark import SparkEngine

FIGURES, HELD = ("metric", "plan"), 200_000  # a page asks for these again and again: so many rows stay in memory
KEPT = 8  # databases in memory kept ready, one per viewer and version of the lake
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
    **{name: [*columns, "n"] for name, columns in CUBES.items()},
}
"""Every table a question may name, with its columns."""


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
        self.duck = connect()
        lake.folder.mkdir(exist_ok=True)
        shut(self.duck, lake.folder)

    def ready(self, names: frozenset[str]) -> None:
        """Makes those of the tables `names` that are not here yet."""
        with self._lock:
            for name in sorted((names & set(COLUMNS)) - self._made):
                self._make(name)
                self._made.add(name)

    def answer(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer to one question over tables made ready."""
        return answer(self.duck, sql, parameters)

    def _make(self, name: str) -> None:
        pieces = self.state.of(name)
        files = read_files([self._lake.path(piece) for piece in pieces])
        kind = "table" if name in FIGURES and sum(piece.rows for piece in pieces) <= HELD else "view"
        if name == "correction":
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
            for name in sorted((names & set(COLUMNS)) - self._filled):
                sql = _narrow.lake(name, COLUMNS[name])
                self._whole.ready(frozenset({name, "interaction"}))
                rows = answer(self._whole.duck, sql, {"units": self._units} if "$units" in sql else ())
                fill(self.duck, name, hidden(self._whole.record, rows, _narrow.personal(name)))
                self._filled.add(name)

    def answer(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer to one question over tables made ready."""
        return answer(self.duck, sql, parameters)


Behind: TypeAlias = Snapshot | Slice | Clustered


class StoreAsk:
    """An `Ask` over one version of a home's lake, and over its record as it is."""

    given: pa.Table | None = None  # a home is asked, not a file

    def __init__(
        self, window: Window, viewer: Viewer, *, behind: Behind | None, answers: Answers | None = None
    ) -> None:
        self._window, self._behind, self._answers = window, behind, answers
        self.viewer = viewer
        self.seed: int = window.settings.seed
        self.now: datetime = window.settings.clock()

    @property
    def taxonomy(self) -> Taxonomy:
        """The home's taxonomy."""
        return read_taxonomy(self._window.path, self._window.settings)

    def lake(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer to one DuckDB select with `?` parameters, over the tables docs/rooms/store.md lists."""
        if self._behind is None:
            raise Refused("figures are for people inside and partners.", where=self.viewer.side)
        try:
            return self._answer(self._behind, sql, parameters)
        except Retry:  # the lake moved on and an old file was swept away
            self._behind, self._answers = self._window.behind(self.viewer), None
            return self._answer(self._behind, sql, parameters) if self._behind else INTERACTION.empty_table()

    @property
    def spread(self) -> Spread | None:
        """The cluster, where this asker's questions go to one."""
        return self._behind.spread if isinstance(self._behind, Clustered) else None

    def record(self, select: Any) -> list[dict[str, Any]]:
        """The rows of a SQLAlchemy select over store/tables.py, fresh, narrowed to the viewer."""
        token, units = secrets.token_hex(8), None
        select = _narrow.own(select, self.viewer, token)
        with self._window.record.reading() as connection:
            if self.viewer.side == "partner":
                units = _narrow.allowed(connection, self.viewer)
                select = _narrow.record(select, units, token)
            elif self.viewer.side == "customer":
                select = _narrow.mine(select, self.viewer.person, token)
            elif not self.viewer.personal:
                select = _narrow.without_personal_data(select, token)
            rows = [dict(row) for row in connection.execute(select).mappings()]
            whole = self.viewer.side == "customer" or (self.viewer.side == "insider" and self.viewer.personal)
            return rows if whole else told(connection, rows, token, units)

    def broken(self) -> int | None:
        """The seq of the first link of what was done that does not hold; None where the chain holds."""
        return _activity.verify(self._window.record, home=self._window.path)

    def _answer(self, behind: Behind, sql: str, parameters: Sequence[Any]) -> pa.Table:
        if self._answers is not None:
            return self._answers.of(sql, parameters, lambda: _asked(behind, sql, parameters))
        return _asked(behind, sql, parameters)


def _asked(behind: Behind, sql: str, parameters: Sequence[Any]) -> pa.Table:
    question = read(sql)
    chosen = smaller(question, behind.rows)
    behind.ready(question.tables if chosen == sql else read(chosen).tables)
    return behind.answer(chosen, parameters)


class Window:
    """Keeps the databases behind the questions ready, per viewer and version of the lake."""

    def __init__(self, lake: Lake, path: Path, settings: Settings) -> None:
        self._lake, self.path, self.settings = lake, path, settings
        self.record: Record = lake.record
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, str, tuple[str, ...]], Behind] = OrderedDict()
        self._answers: WeakKeyDictionary[Behind, Answers] = WeakKeyDictionary()
        self._engine: SparkEngine | None = None

    @property
    def engine(self) -> SparkEngine:
        """The session on the cluster the settings name."""
        self._engine = self._engine or cluster(self.settings)
        return self._engine

    def ask(self, viewer: Viewer, *, near: bool = False, remember: bool = False) -> StoreAsk:
        """What `viewer` may ask of the lake as it is now; `remember`: with answers that were asked before."""
        behind = self.behind(viewer, near=near)
        if behind is None or not remember:
            return StoreAsk(self, viewer, behind=behind)
        with self._lock:
            return StoreAsk(self, viewer, behind=behind, answers=self._answers.setdefault(behind, Answers()))

    def behind(self, viewer: Viewer, *, near: bool = False) -> Behind | None:
        """The database behind a viewer's questions, made where it is not kept; `near`: never a cluster."""
        if viewer.side not in ("insider", "partner"):
            return None
        version = self._lake.version()
        with self._lock:
            whole = self._snapshot(version)
            if viewer.side == "insider" and not viewer.personal:
                return self._masked(version)
            if viewer.side == "insider":
                return self._clustered(version, whole) if self.settings.engine == "spark" and not near else whole
            with self.record.reading() as connection:
                units = _narrow.allowed(connection, viewer)
            key = (version, "partner", tuple(sorted(units)))
            if key not in self._kept:
                self._keep(key, Slice(whole, units))
            self._kept.move_to_end(key)
            return self._kept[key]

    def _snapshot(self, version: int) -> Snapshot:
        key = (version, "insider", ())
        if not isinstance(found := self._kept.get(key), Snapshot):
            found = Snapshot(self._lake, read_taxonomy(self.path, self.settings))
            self._keep(key, found)
        return found

    def _masked(self, version: int) -> Masked:
        key = (version, "masked", ())
        if not isinstance(found := self._kept.get(key), Masked):
            found = Masked(self._lake, read_taxonomy(self.path, self.settings))
            self._keep(key, found)
        return found

    def _clustered(self, version: int, whole: Snapshot) -> Behind:
        key = (version, "spark", ())
        if key not in self._kept:
            self._keep(key, Clustered(whole, self._lake, engine=self.engine, columns=COLUMNS))
        return self._kept[key]

    def _keep(self, key: tuple[int, str, tuple[str, ...]], behind: Behind) -> None:
        self._kept[key] = behind
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def close(self) -> None:
        """Forgets every database kept."""
        with self._lock:
            self._kept.clear()
            self._answers.clear()
            if self._engine is not None:
                self._engine.close()
                self._engine = None
