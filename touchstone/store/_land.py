"""A big append writes its own pieces of the lake, straight from the arriving Arrow, beside the record's own writing."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Connection

from touchstone.core.errors import Retry
from touchstone.store._append import Landed
from touchstone.store._derive import MARK, SLICE, written
from touchstone.store._lake import Bench, Draft, Lake, Piece

ENOUGH = 5_000  # rows from which a piece of its own is worth it; fewer wait for `derive`


class Landing:
    """Gathers chunks in which every row was new and numbered on from the lake's mark; `derive` sees to the rest.

    Files are written in a thread (DuckDB does so outside the interpreter's lock) while the record takes the next rows.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._held: list[pa.Table] = []
        self._low = self._high = self._mark()
        self._thread = ThreadPoolExecutor(1, "lake")
        self._under_way: Future[None] | None = None
        self._wrote = False

    def take(self, chunk: pa.Table, landed: Landed, *, whole: bool) -> None:
        """Holds the chunk if it goes on from what is held, and writes when that is much.

        `whole` says that the lake may take all of it.
        """
        whole = whole and landed.counts.new == len(chunk) == landed.high - landed.low
        if not whole or landed.low != self._high:
            self._write()
            self._low = self._high = -1  # from here on seqs have gaps
            return
        seqs = pa.array(range(landed.low + 1, landed.high + 1), pa.int64())
        self._held.append(chunk.set_column(0, chunk.schema.field(0), seqs))
        self._high = landed.high
        if self._high - self._low >= SLICE:
            self._write()

    def finish(self) -> bool:
        """Writes what is held, if it is enough, and waits for it; True where anything was written."""
        if self._high - self._low >= ENOUGH:
            self._write()
        self._wait()
        self._thread.shutdown()
        return self._wrote

    def _mark(self) -> int:
        with self._lake.record.reading() as connection:
            return self._lake.state(connection).marks.get(MARK, 0)

    def _write(self) -> None:
        if not self._held:
            return
        fresh, low, high = pa.concat_tables(self._held), self._low, self._high
        self._wait()
        self._under_way = self._thread.submit(self._land, fresh, low, high)
        self._held, self._low = [], high

    def _wait(self) -> None:
        if self._under_way is not None:
            self._under_way.result()
            self._under_way = None

    def _land(self, fresh: pa.Table, low: int, high: int) -> None:
        like = Piece("interaction", "", low, high, 0, "")
        pieces = written(Bench(self._lake), fresh, like)

        def draft(connection: Connection) -> Draft | None:
            made = Draft(self._lake.state(connection))
            swept = not all(Path(self._lake.path(each)).exists() for each in pieces)  # by an erasure meanwhile
            if swept or made.state.marks.get(MARK, 0) != low:
                self._lake.unlink(pieces)
                return None  # another process brought these in
            made.come = pieces
            made.marks[MARK] = high
            return made

        try:
            self._wrote = self._lake.change(draft, keep=True) or self._wrote
        except Retry:  # the record has the rows; `derive` brings them in when the lake is free
            self._lake.unlink(pieces)
