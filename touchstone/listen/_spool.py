"""A table too long for memory, read as often as needed: small ones stay in memory, long ones go to a nameless file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

import pyarrow as pa

IN_MEMORY = 96 << 20


class Spool:
    """Tables of strings in order of the file; columns are those of all tables, and a missing one reads as null."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.rows = 0
        self._kept: list[pa.Table | tuple[int, int]] = []
        self._held = 0
        self._file: IO[bytes] | None = None

    def add(self, table: pa.Table) -> None:
        self.names.update(dict.fromkeys(table.column_names))
        self.rows += len(table)
        if self._held + table.nbytes <= IN_MEMORY and self._file is None:
            self._held += table.nbytes
            self._kept.append(table)
        else:
            self._kept.append(self._put_away(table))

    def _put_away(self, table: pa.Table) -> tuple[int, int]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="touchstone-")  # noqa: SIM115 - close() closes it
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
            writer.write_table(table)
        start = self._file.seek(0, 2)
        return start, self._file.write(sink.getvalue())

    def __iter__(self) -> Iterator[pa.Table]:
        for kept in self._kept:
            table = kept if isinstance(kept, pa.Table) else self._fetch(*kept)
            absent = [name for name in self.names if name not in table.column_names]
            for name in absent:
                table = table.append_column(name, pa.nulls(len(table), pa.string()))
            yield table.select(list(self.names))

    def _fetch(self, start: int, length: int) -> pa.Table:
        assert self._file is not None  # a part is put away only once there is a file
        self._file.seek(start)
        return pa.ipc.open_stream(pa.py_buffer(self._file.read(length))).read_all()

    def sample(self, size: int) -> pa.Table:
        """About `size` rows, evenly spaced over the whole table."""
        step = max(1, self.rows // size)
        parts, passed = [], 0
        for table in self:
            first = -passed % step
            parts.append(table.take(pa.array(range(first, len(table), step), pa.int64())))
            passed += len(table)
        return pa.concat_tables(parts) if parts else pa.table({name: pa.array([], pa.string()) for name in self.names})

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
