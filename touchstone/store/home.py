"""The store of one home: a folder with a record, a lake, a taxonomy and settings, seen by one viewer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import insert, select

from touchstone.core import taxonomy as taxonomies
from touchstone.core.errors import Refused, Stop
from touchstone.core.settings import Settings
from touchstone.core.settings import load as load_settings
from touchstone.core.tables import CORRECTION, INITIATIVE, PERSON, PLANNING, UNIT, conform
from touchstone.core.taxonomy import Taxonomy
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.store import (
    _activity,
    _append,
    _arrive,
    _aside,
    _corrections,
    _customers,
    _derive,
    _erase,
    _extend,
    _lake,
    _land,
    _map,
    _merge,
    _replay,
    tables,
)
from touchstone.store._append import Appended
from touchstone.store._erased import Erased
from touchstone.store._record import Record, put
from touchstone.store._rejects import Rejects
from touchstone.store._taxonomy import TAXONOMY, read_taxonomy, write_taxonomy
from touchstone.store.ask import StoreAsk, Window

PUT = {"unit": UNIT, "person": PERSON, "initiative": INITIATIVE, "planning": PLANNING}


class Store:
    """The only door to a home's data, for one viewer. Only an insider's store writes."""

    def __init__(self, path: Path, *, viewer: Viewer, settings: Settings, record: Record) -> None:
        self.path, self.viewer, self.settings, self._record = path, viewer, settings, record
        self._lake = _lake.Lake(path / "lake", record)
        self._rejects = Rejects(path / "rejects")
        self._erased = Erased(path)
        self._window = Window(self._lake, path, settings)

    @property
    def now(self) -> datetime:
        """The instant by the home's clock."""
        return self.settings.clock()

    @property
    def record(self) -> Record:
        """The record's two transactions, for the room's own files."""
        return self._record

    @property
    def taxonomy(self) -> Taxonomy:
        """The home's taxonomy, as it is written now."""
        return read_taxonomy(self.path, self.settings)

    def adopt(self, taxonomy: Taxonomy) -> None:
        """Makes `taxonomy` the home's own: texts are read anew with the next run. Refused where a setting names one."""
        self._may_write()
        write_taxonomy(self.path, self.settings, taxonomy)
        with self._record.writing() as connection:
            _lake.bump(connection)

    @property
    def model(self) -> str:
        """The model file in force: the setting's, else the one chosen here; empty: the one that ships."""
        chosen = self.chosen("model")
        return self.settings.model or (str(self.path / chosen) if chosen else "")

    def chosen(self, name: str) -> str:
        """What was chosen for this home by this name; empty where nothing was."""
        with self._record.reading() as connection:
            found = connection.execute(select(tables.setting.c.value).where(tables.setting.c.name == name)).scalar()
        return str(found or "")

    def choose(self, name: str, value: str) -> None:
        """Keeps a choice, for every process of this home from now on."""
        self._may_write()
        with self._record.writing() as connection:
            put(connection, tables.setting, [{"name": name, "value": value}], key="name")

    def append(self, batches: Iterable[Any], *, source: str | None = None) -> Appended:
        """Keeps interactions once each, by source and source_id; says how many were new, changed and the same.

        `batches` are tables, record batches or lists of dicts with columns of ARRIVING; `source` fills in where null.
        What was erased with its person is left out, whichever source brings it back.
        """
        self._may_write()
        counts = Appended()
        writer = _land.Landing(self._lake)
        for arrived in _arrive.chunks(batches, source=source, now=self.now):
            if not len(chunk := self._erased.without(arrived)):
                continue
            with self._record.writing() as connection:
                landed = _append.keep(connection, chunk)
                aside = _aside.among(connection, pc.unique(chunk["person"]).to_pylist())
            counts += landed.counts
            writer.take(chunk, landed, whole=not aside)
        if writer.finish():
            _merge.merge(self._lake)
        return counts

    def put(self, name: str, rows: Any) -> int:
        """Writes rows of a table of PUT, each replacing the one of its id; returns how many.

        An erased person is left out until they say something again.
        """
        self._may_write()
        table, mark = getattr(tables, name), "version" if name == "person" else ""
        last = {row["id"]: row for row in conform(rows, PUT[name]).to_pylist()}
        gone = self._erased.among(last) if name == "person" else ()
        with self._record.writing() as connection:
            for who in _erase.silent(connection, gone):
                del last[who]
            if name == "person":
                _aside.keep(connection, list(last.values()))
            version = _lake.bump(connection)
            marked = [row | ({mark: version} if mark else {}) for row in last.values()]
            put(connection, table, marked, key="id", mark=mark)
        return len(last)

    def correct(self, rows: Any) -> int:
        """Keeps CORRECTION rows, once each by id; the next `derive` replays them. Returns how many were new."""
        self._may_write()
        arrived = {row["id"]: row for row in conform(rows, CORRECTION).to_pylist()}
        with self._record.writing() as connection:
            own = tables.correction.c.id
            known = set(connection.execute(select(own).where(own.in_(list(arrived)))).scalars())
            fresh = [row for key, row in arrived.items() if key not in known]
            if fresh:
                connection.execute(insert(tables.correction), fresh)
                _lake.bump(connection)
        return len(fresh)

    def corrections(self, interaction: str | None = None, *, table: str | None = None) -> list[dict[str, Any]]:
        """CORRECTION rows with `seq`, in order of arrival: all, or those of one interaction or table."""
        wanted = select(tables.correction).order_by(tables.correction.c.seq)
        if table is not None:
            wanted = wanted.where(tables.correction.c.table == table)
        if interaction is not None:
            wanted = wanted.where(tables.correction.c.interaction == interaction)
        with self._record.reading() as connection:
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def corrected(self, name: str, rows: pa.Table, *, maker: str) -> pa.Table:
        """All rows that `maker` made, as they would stand after every correction; nothing is stored."""
        with self._record.reading() as connection:
            changes = _corrections.standing(connection, name)
        seqs = dict.fromkeys(changes, 0)
        return _corrections.corrected(name, rows, changes=changes, maker=maker, seqs=seqs, reads=True)

    def undone(self) -> bool:
        """Whether any correction was ever taken back."""
        with self._record.reading() as connection:
            return bool(_corrections.undone(connection, above=0)[0])

    def waiting(self, maker: str) -> tuple[pa.Table, int]:
        """Interactions that `maker` must read again, for a correction was taken back; and the last seq looked at."""
        return _replay.waiting(self._lake, maker)

    def reread(self, maker: str, made: dict[str, pa.Table], *, ids: list[str], last: int) -> None:
        """Puts what `maker` read again in interactions `ids` in place of its rows; corrections that stand, stand."""
        self._may_write()
        _replay.reread(self._lake, maker, made, ids=ids, last=last)

    def readings(self) -> dict[str, list[dict[str, Any]]]:
        """Interaction → the mentions a person found in its text, of texts read whole (see `act read`)."""
        with self._record.reading() as connection:
            return _corrections.readings(connection)

    def derive(self) -> bool:
        """Brings the lake to where the record is, and customers to their links; False where nothing was new."""
        self._may_write()
        self._lake.mend()
        moved = _derive.catch_up(self._lake)
        moved = _replay.replay(self._lake) or moved
        moved = _customers.resolve(self._lake) or moved
        if moved:
            _merge.merge(self._lake)
        return moved

    def pending(self, maker: str, *names: str, batch: int = 250_000) -> Iterator[tuple[pa.Table, int]]:
        """Interactions with words that `maker` has not yet understood, by seq, each time with the seq then come to.

        Name the derived tables it fills if several. What has no words, and what the brand itself says, is passed over.
        """
        return _extend.pending(self._lake, maker, names, batch)

    def mapped(self, maker: str, *names: str, function: _map.Function) -> Iterator[tuple[_map.Rows, int]]:
        """What `function` makes of `pending` interactions, {table: rows}, each time with the seq then come to.

        Worked out on all cores here, or where the setting `engine` is spark, on its cluster.
        """
        if self.settings.engine != "spark":
            return _map.on_threads(self.pending(maker, *names), function)
        pieces = _extend.unread(self._lake, maker, names)
        files = ((self._lake.path(each) if each.path else "", low, each.high) for each, low in pieces)
        schemas = {name: _derive.KEPT_SCHEMAS[name] for name in names}
        return _map.on_cluster(self._window.engine, files, function, schemas)

    def extend(self, name: str, maker: str, rows: Any, upto: int) -> bool:
        """Adds a maker's rows about what it had not understood, up to seq `upto`; done twice, it does nothing.

        Rows that bring the `seq` of their interactions are taken in faster.
        """
        self._may_write()
        if added := _extend.extend(self._lake, name, maker=maker, rows=rows, upto=upto):
            _merge.merge(self._lake)
        return added

    def replace(self, name: str, maker: str, rows: Any) -> None:
        """Makes `rows` all there is of this maker in a derived table."""
        self._may_write()
        _extend.replace_all(self._lake, name, maker=maker, rows=rows)

    def rejected(self, rows: Iterable[dict[str, Any]]) -> Path | None:
        """Appends rows that could not be used to rejects/<source>.jsonl, each once; the last file written to."""
        return self._rejects.add(row for row in rows if not self._erased.naming(row))

    def log(self, action: str, **ids: Any) -> int:
        """Adds a link to the chain of what was done, with who did it; ids only. Returns its seq."""
        by = {"by": self.viewer.account or None, "with_key": self.viewer.key or None}
        return _activity.add(self._record, action, by | ids, now=self.now, home=self.path)

    def verify(self) -> int | None:
        """None where the chain of what was done holds, else the seq of its first broken link."""
        return _activity.verify(self._record, home=self.path)

    def erase(self, person: str) -> _erase.Gone:
        """Erases all of a person, here and in the lake, for good; returns what went."""
        self._may_write()
        self._window.close()  # what is kept in memory goes too
        return _erase.erase(self._record, self._lake, who=person, home=self.path, now=self.now)

    def ask(self, viewer: Viewer | None = None, *, near: bool = False, remember: bool = False) -> StoreAsk:
        """What `viewer` may ask, over the lake as it is now; without one, what an action may, whoever started it.

        `near`: this machine answers, even where `engine` is a cluster; `remember`: what was asked before is kept.
        Actions read words as they were said, or `run` would understand something else at another's hands.
        """
        return self._window.ask(viewer or replace(self.viewer, personal=True), near=near, remember=remember)

    def as_viewer(self, viewer: Viewer) -> Store:
        """The same store, seen by another."""
        other = Store(self.path, viewer=viewer, settings=self.settings, record=self._record)
        other._lake, other._window = self._lake, self._window
        return other

    def close(self) -> None:
        """Lets go of the record and of every answer kept."""
        self._window.close()
        self._record.close()

    def _may_write(self) -> None:
        if self.viewer.side != "insider":
            raise Refused("only an insider's store writes.", where=str(self.path))


def create_store(path: str | Path, *, taxonomy: str | Taxonomy, settings: Settings | None = None) -> Store:
    """A new home at `path` with a taxonomy (ready-made, a file, or in hand); one that is there is opened, unchanged."""
    home = Path(path)
    settings = settings or load_settings(home)
    if not (home / TAXONOMY).exists():
        chosen = taxonomies.load(taxonomy) if isinstance(taxonomy, str) else taxonomy
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if settings.database and not (home / "touchstone.toml").exists():
            (home / "touchstone.toml").write_text(f"database = {json.dumps(settings.database)}\n", "utf-8")
        (home / TAXONOMY).write_text(taxonomies.write(chosen), "utf-8")
    return open_store(home, settings=settings)


def open_store(path: str | Path, *, viewer: Viewer = INSIDER, settings: Settings | None = None) -> Store:
    """The store of the home at `path`, its record brought to the newest schema."""
    home = Path(path)
    if not (home / TAXONOMY).exists():
        raise Stop("no home here.", where=str(home), todo="Make one with `touchstone init`.")
    settings = settings or load_settings(home)
    record = Record(settings.database or f"sqlite:///{home / 'record.sqlite'}")
    record.migrate()
    store = Store(home, viewer=viewer, settings=settings, record=record)
    _erase.again(record, store._lake, home=home)  # whom an older back-up brought back
    return store
