"""A big append writes its own piece of the lake, straight from the arriving Arrow, where nobody wrote in between."""

from __future__ import annotations

import pyarrow as pa
from sqlalchemy import Connection

from touchstone.store._append import Landed
from touchstone.store._derive import MARK, SLICE, land
from touchstone.store._lake import Bench, Draft, Lake

ENOUGH = 5_000  # rows from which a piece of its own is worth it; fewer wait for `derive`


class Landing:
    """Gathers chunks in which every row was new and numbered on from the lake's mark; `derive` sees to the rest."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._held: list[pa.Table] = []
        self._wrote = False
        self._low = self._high = self._mark()

    def take(self, chunk: pa.Table, landed: Landed) -> None:
        """Holds the chunk if it goes on from what is held, and writes when that is much."""
        whole = landed.counts.new == len(chunk) == landed.high - landed.low
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
        """Writes what is held, if it is enough; True where anything was written."""
        if self._high - self._low >= ENOUGH:
            self._write()
        return self._wrote

    def _mark(self) -> int:
        with self._lake.record.reading() as connection:
            return self._lake.state(connection).marks.get(MARK, 0)

    def _write(self) -> None:
        if not self._held:
            return
        fresh, low, high = pa.concat_tables(self._held), self._low, self._high

        def draft(connection: Connection) -> Draft | None:
            made = Draft(self._lake.state(connection))
            if made.state.marks.get(MARK, 0) != low:
                return None  # another process brought these in
            land(Bench(self._lake), made, fresh, upto=high)
            return made

        self._wrote = self._lake.change(draft) or self._wrote
        self._held, self._low = [], high
