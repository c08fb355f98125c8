"""Questions to the store, already narrowed to what the asker may see: the lake by SQL, the record by select."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

import pyarrow as pa

from touchstone.core.ask import Found, Spread
from touchstone.core.errors import Refused, Retry
from touchstone.core.settings import Settings
from touchstone.core.tables import INTERACTION
from touchstone.core.taxonomy import Taxonomy
from touchstone.core.viewer import Viewer
from touchstone.store import _activity, _narrow
from touchstone.store._answers import Answers
from touchstone.store._behind import COLUMNS, Masked, Slice, Snapshot
from touchstone.store._choose import read, smaller
from touchstone.store._clustered import Clustered, cluster
from touchstone.store._hide import token_of, told
from touchstone.store._lake import Lake
from touchstone.store._record import Record
from touchstone.store._taxonomy import read_taxonomy

if TYPE_CHECKING:
    from touchstone.store.spark import SparkEngine

KEPT = 8  # databases in memory kept ready, one per viewer and version of the lake
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
        self._now = window.settings.clock()
        self._beyond = 0  # times that more than the lake was asked

    @property
    def now(self) -> datetime:
        """The moment it is asked as of."""
        self._beyond += 1
        return self._now

    @property
    def today(self) -> date:
        """The day it is asked on, in UTC."""
        return self._now.date()

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

    def kept(self, key: Any, find: Callable[[], Found]) -> Found:
        """What `find` makes, kept for the day if it asked the lake alone, as long as answers to this asker are."""
        if self._answers is None:
            return find()
        before = self._beyond
        return self._answers.made((self.today, key), find, lasts=lambda: self._beyond == before)

    def alike(self, key: Any, thing: Any, make: Callable[[], str]) -> str:
        """The text made of `thing`: as it was made before under `key`, where the thing says the same to the letter.

        `key` names all else that the text depends on. For what tells of more than the lake: the rest is `kept`.
        """
        return self._answers.alike(key, thing, make) if self._answers is not None and self._beyond else make()

    @property
    def spread(self) -> Spread | None:
        """The cluster, where this asker's questions go to one."""
        return self._behind.spread if isinstance(self._behind, Clustered) else None

    def record(self, select: Any) -> list[dict[str, Any]]:
        """The rows of a SQLAlchemy select over store/tables.py, fresh, narrowed to the viewer."""
        token, units = token_of(select), None
        self._beyond += 1
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
        self._beyond += 1
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
        taxonomy = read_taxonomy(self.path, self.settings)
        with self._lock:
            answers = self._answers.get(behind)
            if answers is None or answers.taxonomy != taxonomy:  # somebody may have written the file by hand
                answers = self._answers[behind] = Answers(taxonomy)
            return StoreAsk(self, viewer, behind=behind, answers=answers)

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
            for old in [each for each in self._kept if each[0] != version]:
                del self._kept[old]  # nobody asks it again, and it may hold many words
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
