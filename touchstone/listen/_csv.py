"""Delimited text to tables of strings: a fast path for sound files, a careful one for what is broken."""

from __future__ import annotations

import csv
import io
import mmap
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as fast

from touchstone.listen._file import Opened
from touchstone.listen._form import Form, form_of

ROW = "\x00row"
"""The hidden column that numbers records from 1, the header not counted."""
Reject = Callable[[dict[str, Any]], None]
BLOCK = 16 << 20
LINES_IN_A_CELL = 2_000
BATCH = 50_000


def read(opened: Opened, *, told: Mapping[str, str], reject: Reject) -> Iterator[pa.Table]:
    """Tables of strings with a hidden row number; what cannot be read goes to `reject`, row by row."""
    form = form_of(opened, told)
    data = pa.py_buffer(mmap.mmap(opened.stream.fileno(), 0, access=mmap.ACCESS_READ)).slice(form.start)
    if not form.escape and _sound(np.frombuffer(data, dtype=np.uint8), form):
        yield from _quick(data, form, reject)
    else:
        yield from _careful(opened, form, reject)


def _sound(data: np.ndarray[Any, Any], form: Form) -> bool:
    """Whether every quote opens after a delimiter or line end and closes before one, and no record is too long."""
    boundary = np.zeros(256, dtype=bool)
    boundary[[ord(form.delimiter), 10, 13, 34]] = True
    inside, last = 0, 0
    for start in range(0, len(data), BLOCK):
        chunk = data[start : start + BLOCK]
        quotes = np.flatnonzero(chunk == 34) + start
        opening, closing = quotes[inside::2], quotes[1 - inside :: 2]
        before, after = opening[opening > 0] - 1, closing[closing + 1 < len(data)] + 1
        if not boundary[data[before]].all() or not boundary[data[after]].all():
            return False
        ends = np.flatnonzero(chunk == 10) + start
        if len(quotes) or inside:
            ends = ends[(np.searchsorted(quotes, ends) + inside) % 2 == 0]
        stops = np.concatenate([[last], ends, [min(start + BLOCK, len(data))]])
        if np.diff(stops).max() > BLOCK // 4:
            return False
        inside, last = (inside + len(quotes)) % 2, int(stops[-2])
    return inside == 0


def _quick(data: pa.Buffer, form: Form, reject: Reject) -> Iterator[pa.Table]:
    broken: list[Any] = []

    def skip(row: Any) -> str:
        broken.append(row)
        return "skip"

    if not len(data):
        return
    reader = fast.open_csv(
        pa.BufferReader(data),
        read_options=fast.ReadOptions(column_names=form.names, use_threads=False, block_size=BLOCK),
        parse_options=fast.ParseOptions(delimiter=form.delimiter, newlines_in_values=True, invalid_row_handler=skip),
        convert_options=fast.ConvertOptions(
            column_types=dict.fromkeys(form.names, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )
    following = 1
    for batch in reader:
        gaps = [row.number for row in broken if row.number >= following]
        numbers = np.arange(following, following + len(batch) + len(gaps))
        numbers = np.setdiff1d(numbers, gaps)[: len(batch)] if gaps else numbers
        following = int(numbers[-1]) + 1 if len(numbers) else following
        yield pa.Table.from_batches([batch]).append_column(ROW, pa.array(numbers))
    for row in broken:
        reject(_wrong_width(row.number, row.text, row.expected_columns, row.actual_columns, form))


class _Held(io.RawIOBase):
    """A stream that stays open when its reader is closed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _wrong_width(number: int, text: str, expected: int, actual: int, form: Form) -> dict[str, Any]:
    cells = next(csv.reader([text[:10_000]], delimiter=form.delimiter), [])
    return {
        "row": number,
        "reason": f"{actual} fields where the header has {expected}",
        "record": _record_of(cells, form.names),
    }


def _record_of(cells: list[str], names: list[str]) -> dict[str, str]:
    extra = [f"extra_{number}" for number in range(1, len(cells) - len(names) + 1)]
    return dict(zip([*names, *extra], cells, strict=False))


class _Lines:
    """Lines of text that can be put back."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream, self._back = stream, deque[str]()

    def next(self) -> str:
        return self._back.popleft() if self._back else self._stream.readline()

    def put_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))


def _careful(opened: Opened, form: Form, reject: Reject) -> Iterator[pa.Table]:
    """Record by record: one that does not come out right is rejected, and the line after it starts afresh."""
    opened.stream.seek(form.start)
    text = io.TextIOWrapper(io.BufferedReader(_Held(opened.stream)), encoding="utf-8", errors="replace", newline="")
    lines = _Lines(text)
    rows: list[list[str]] = []
    numbers: list[int] = []
    number = 0
    while line := lines.next():
        if not line.strip("\r\n"):
            continue
        number += 1
        cells, wrong = _record(line, lines, form)
        if wrong:
            reject(
                {"row": number, "reason": wrong, "record": _record_of([cell[:10_000] for cell in cells], form.names)}
            )
            continue
        rows.append(cells)
        numbers.append(number)
        if len(rows) == BATCH:
            yield table_of(rows, numbers, form.names)
            rows, numbers = [], []
    if rows:
        yield table_of(rows, numbers, form.names)


def _record(first: str, lines: _Lines, form: Form) -> tuple[list[str], str]:
    """The cells of the record that begins with this line, and what is wrong with it."""
    taken, open_quote = [first], _odd(first, form)
    while open_quote and len(taken) < LINES_IN_A_CELL and (line := lines.next()):
        taken.append(line)
        open_quote ^= _odd(line, form)
    if not open_quote:
        cells = _cells("".join(taken), form)
        if len(cells) == len(form.names) or (len(taken) == 1 and cells):
            wrong = len(cells) != len(form.names)
            return cells, f"{len(cells)} fields where the header has {len(form.names)}" if wrong else ""
    lines.put_back(taken[1:])
    return first.rstrip("\r\n").split(form.delimiter), "a quote in it is not closed"


def _odd(line: str, form: Form) -> bool:
    return (line.count('"') - (line.count(form.escape + '"') if form.escape else 0)) % 2 == 1


def _cells(text: str, form: Form) -> list[str]:
    """The cells of one record; a quote inside a quoted cell may stand there bare. Empty where it cannot be cut."""
    marks: dict[str, Any] = {"escapechar": form.escape, "doublequote": False} if form.escape else {}
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True, **marks))
        return rows[0] if len(rows) == 1 else []
    except csv.Error:
        return _loosely(text.rstrip("\r\n"), form.delimiter)


def _loosely(text: str, delimiter: str) -> list[str]:
    """Cells where a quote closes only before a delimiter or the end."""
    mark = re.escape(delimiter)
    pattern = re.compile(rf'\s*"((?:[^"]|""|"(?!\s*(?:{mark}|$)))*)"\s*(?:{mark}|$)|([^{mark}]*)(?:{mark}|$)')
    cells, place = [], 0
    while place <= len(text):
        match = pattern.match(text, place)
        if match is None:
            return []
        cells.append(match[1].replace('""', '"') if match[1] is not None else match[2])
        if match.end() == len(text) and not text.endswith(delimiter, place):
            break
        place = match.end() if match.end() > place else place + 1
    return cells


def table_of(rows: list[list[str]], numbers: list[int], names: list[str]) -> pa.Table:
    """Rows of cells as a table of strings, empty cells as null."""
    columns = {name: pa.array([row[place] or None for row in rows], pa.string()) for place, name in enumerate(names)}
    return pa.table(columns | {ROW: pa.array(numbers, pa.int64())})
