"""The lake: Parquet files that a manifest in the record lists. What is not listed does not exist.

A change to the lake is drafted (files written under names of their own), then swapped in by one transaction, and only
if nobody changed the lake meanwhile; so a process killed anywhere leaves the old state or the new one, and stray files.
"""

from __future__ import annotations

import fcntl
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, delete, insert, select

from touchstone.core.errors import Retry
from touchstone.store._cubes import empty, narrow, siblings
from touchstone.store._duck import connect
from touchstone.store._many import parts
from touchstone.store._record import Record, put
from touchstone.store.tables import gone, lake_file, setting, watermark

STRAY_AFTER = 600  # seconds an unlisted file is left lying: another process may be about to list it, or still read it
ATTEMPTS = 20
GROUP = 30_720  # rows of a group: a page that looks up fifty texts reads a third less than of groups of 122,880
FORMAT = f"format parquet, compression zstd, compression_level 1, row_group_size {GROUP}"  # level 1: a third the time
PACKED: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "row_group_size": GROUP}
"""FORMAT as Arrow names it."""


@dataclass(frozen=True)
class Piece:
    """One file: rows of table `name` by `maker`, of interactions with seq above `low` and up to `high`."""

    name: str
    maker: str
    low: int
    high: int
    rows: int
    path: str


@dataclass(frozen=True)
class State:
    """What the lake is at one moment: a version that every change raises, its pieces, how far each maker has come."""

    version: int
    pieces: tuple[Piece, ...]
    marks: dict[str, int]

    def of(self, name: str, maker: str | None = None) -> list[Piece]:
        """The pieces of a table (by one maker), in order of seq."""
        found = [each for each in self.pieces if each.name == name and maker in (None, each.maker)]
        return sorted(found, key=lambda each: (each.maker, each.low, each.path))


@dataclass
class Draft:
    """A change in the making: pieces that come and go, marks that move, seqs the lake has let go of."""

    state: State
    come: list[Piece] = field(default_factory=list)
    go: list[Piece] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    settled: list[int] = field(default_factory=list)

    def now(self) -> State:
        """The state as it will be."""
        pieces = [each for each in (*self.state.pieces, *self.come) if each not in self.go]
        return replace(self.state, pieces=tuple(pieces), marks={**self.state.marks, **self.marks})

    def drop(self, pieces: Iterable[Piece]) -> None:
        """Lets pieces go, be they listed or only drafted."""
        self.go.extend(pieces)


class Lake:
    """The folder of files and the manifest that lists them."""

    def __init__(self, folder: Path, record: Record) -> None:
        self.folder, self.record = folder, record

    def state(self, connection: Connection) -> State:
        """What the manifest says in the caller's transaction."""
        version = connection.execute(select(setting.c.value).where(setting.c.name == "lake_version")).scalar()
        rows = connection.execute(select(lake_file)).mappings()
        marks = connection.execute(select(watermark.c.name, watermark.c.seq)).all()
        return State(int(version or 0), tuple(Piece(**row) for row in rows), {row.name: row.seq for row in marks})

    def version(self) -> int:
        """The number that every change of what can be asked raises."""
        with self.record.reading() as connection:
            found = connection.execute(select(setting.c.value).where(setting.c.name == "lake_version")).scalar()
        return int(found or 0)

    def change(self, make: Callable[[Connection], Draft | None], *, discard: bool = False, keep: bool = False) -> bool:
        """Commits what `make` drafts from one reading of the record; drafted anew where another was quicker.

        False where there was nothing to do. What goes is left lying for those who still read it, unless `discard`.
        Drafted files that were not committed are removed, unless `keep`: then `make` drafts the same ones again.
        """
        with self._turn():
            for _ in range(ATTEMPTS):
                with self.record.reading() as connection:
                    draft = make(connection)
                if draft is None:
                    return False
                if self._commit(draft):
                    self.unlink(draft.go if discard else [])
                    self.sweep()
                    return True
                self.unlink([] if keep else draft.come)
        raise Retry("others keep changing the lake.", where=str(self.folder), todo="Try again shortly.")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Lets one process of this machine draft at a time; a killed one gives its turn up. Versions keep it safe."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / ".turn").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _commit(self, draft: Draft) -> bool:
        come = [piece for piece in draft.come if piece not in draft.go]
        go = [piece.path for piece in draft.go if piece not in draft.come]
        with self.record.writing() as connection:
            if self.state(connection).version != draft.state.version:
                return False
            for some in parts(go):
                connection.execute(delete(lake_file).where(lake_file.c.path.in_(some)))
            if come:
                connection.execute(insert(lake_file), [vars(piece) for piece in come])
            put(connection, watermark, [{"name": name, "seq": seq} for name, seq in draft.marks.items()], key="name")
            for settled in parts(draft.settled):
                connection.execute(delete(gone).where(gone.c.seq.in_(settled)))
            bump(connection)
        self.unlink([piece for piece in draft.come if piece in draft.go])
        return True

    def path(self, piece: Piece) -> str:
        """Where the piece's file lies."""
        return str(self.folder / piece.path)

    def mend(self) -> bool:
        """Where listed files are missing, forgets the whole lake, which `derive` and the makers then fill again."""
        with self.record.reading() as connection:
            pieces = self.state(connection).pieces
        if all(Path(self.path(piece)).exists() for piece in pieces):
            return False
        with self.record.writing() as connection:
            for table in (lake_file, watermark, gone):
                connection.execute(delete(table))
            bump(connection)
        return True

    def sweep(self, *, older: float = STRAY_AFTER) -> int:
        """Removes files that no manifest lists, once they are `older` seconds; returns how many."""
        with self.record.reading() as connection:
            listed = {str(path) for path in connection.execute(select(lake_file.c.path)).scalars()}
        removed = 0
        for path in self.folder.glob("*/*.parquet*"):
            if str(path.relative_to(self.folder)) in listed:
                continue
            try:
                if time.time() - path.stat().st_mtime >= older:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue  # another process swept it first
        return removed

    def clear(self) -> int:
        """Removes every file that no manifest lists, at once; who was at work on one makes it again."""
        with self._turn():
            return self.sweep(older=0)

    def unlink(self, pieces: Iterable[Piece]) -> None:
        """Removes the files of pieces that nothing lists."""
        for piece in pieces:
            Path(self.path(piece)).unlink(missing_ok=True)


@dataclass
class Bench:
    """What files are written with: a database in memory, or Arrow alone."""

    lake: Lake

    @cached_property
    def duck(self) -> duckdb.DuckDBPyConnection:
        """The database, connected when it is first asked: that takes as long as writing a small file."""
        return connect()

    def take(self, name: str, table: pa.Table) -> None:
        """Lets SQL read `table` by `name`."""
        self.duck.register(name, table)

    def rows(self, pieces: Iterable[Piece], otherwise: str) -> str:
        """SQL for the rows of `pieces`, in brackets; `otherwise` is read where there are none."""
        return f"({read_files([self.lake.path(piece) for piece in pieces]) or otherwise})"

    def write(self, sql: str, like: Piece) -> Piece | None:
        """Writes what `sql` answers as one file; None where that is nothing."""
        piece, passing = self._begun(like)
        target = str(passing).replace("'", "''")
        self.duck.execute(f"copy ({sql}) to '{target}' ({FORMAT})")
        rows = int(self.duck.fetchall()[0][0])
        if not rows:
            passing.unlink()
            return None
        passing.replace(self.lake.path(piece))
        return replace(piece, rows=rows)

    def keep(self, table: pa.Table, like: Piece) -> Piece | None:
        """Writes a table in hand as one file, for two thirds of what SQL takes to copy it; None where it has no rows.

        Words go in by dictionary; ids, of which hardly one comes twice, do not, and need no least and greatest.
        """
        if not len(table):
            return None
        from pyarrow import parquet  # only where something is written

        types = {each.name: each.type for each in table.schema}
        words = [name for name, kind in types.items() if pa.types.is_string(kind) or pa.types.is_dictionary(kind)]
        piece, passing = self._begun(like)
        parquet.write_table(
            table,
            passing,
            **PACKED,
            store_schema=False,  # a column written by dictionary is text to whom reads it
            use_dictionary=[name for name in words if name != "id"],
            write_statistics=[name for name in table.column_names if name not in ("id", "interaction")],
        )
        passing.replace(self.lake.path(piece))
        return replace(piece, rows=len(table))

    def _begun(self, like: Piece) -> tuple[Piece, Path]:
        """A piece like this with a path of its own, and where its file stands until it is whole."""
        piece = replace(like, path=f"{like.name}/{like.low}-{like.high}-{uuid.uuid4().hex}.parquet")
        final = Path(self.lake.path(piece))
        final.parent.mkdir(parents=True, exist_ok=True)
        return piece, final.with_suffix(".parquet.part")

    def stack(self, sql: str, like: Piece) -> list[Piece]:
        """Writes the widest cube that `sql` counts, and its siblings from it; nothing where all counts are nothing."""
        wide = self.write(narrow(like.name, f"({sql})"), like)
        if wide is None:
            return []
        source = self.rows([wide], empty(like.name))
        others = (self.write(narrow(name, source), replace(like, name=name)) for name in siblings(like.name)[1:])
        return [wide, *(piece for piece in others if piece is not None)]


def read_files(paths: list[str]) -> str:
    """SQL for all rows of these Parquet files; empty for none."""
    if not paths:
        return ""
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"select * from read_parquet([{listed}])"


def bump(connection: Connection) -> int:
    """Raises the version, and says to what: what was asked before may be answered otherwise now."""
    version = connection.execute(select(setting.c.value).where(setting.c.name == "lake_version")).scalar()
    raised = int(version or 0) + 1
    put(connection, setting, [{"name": "lake_version", "value": str(raised)}], key="name")
    return raised
