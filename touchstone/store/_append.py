"""Keeps interactions once each: what is new is added, what changed keeps its history, the rest is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, column, delete, select
from sqlalchemy import table as plain

from touchstone.core.tables import INTERACTION
from touchstone.store._record import put
from touchstone.store.tables import gone, interaction, setting

NAMES = INTERACTION.names
RAW = plain("interaction", *[column(name) for name in NAMES])  # instants as the numbers they are stored as
HISTORY = "interaction_history"
AT_ONCE = 5_000  # ids looked up in one statement
ID, RECEIVED = NAMES.index("id"), NAMES.index("received_at")
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Appended:
    """How many interactions were new, changed, and known already."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Appended) -> Appended:
        return Appended(self.new + other.new, self.changed + other.changed, self.same + other.same)

    @property
    def total(self) -> int:
        """All that came."""
        return self.new + self.changed + self.same


@dataclass(frozen=True)
class Landed:
    """What became of one chunk: the counts, and which seqs it was given: those above `low`, up to `high`."""

    counts: Appended
    low: int
    high: int


def keep(connection: Connection, chunk: pa.Table) -> Landed:
    """Writes one chunk within the caller's transaction; a key that comes twice is taken in order of arrival."""
    low = highest(connection)
    high, counts = low, Appended()
    for part in _apart(chunk):
        landed = _keep_distinct(connection, part, high)
        high, counts = landed.high, counts + landed.counts
    put(connection, setting, [{"name": "seq", "value": str(high)}], key="name")
    return Landed(counts, low, high)


def highest(connection: Connection) -> int:
    """The last seq given to anything: no seq is given twice, not even after its row is gone."""
    given = connection.execute(select(setting.c.value).where(setting.c.name == "seq")).scalar()
    return int(given or 0)


def _apart(chunk: pa.Table) -> list[pa.Table]:
    """The chunk itself, or where keys repeat, tables without repetition: all first comers, then all second ones, …"""
    if pc.count_distinct(chunk["id"]).as_py() == len(chunk):
        return [chunk]
    seen: dict[str, int] = {}
    rounds: list[list[int]] = []
    for position, key in enumerate(chunk["id"].to_pylist()):
        turn = seen.get(key, 0)
        seen[key] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(position)
    return [chunk.take(pa.array(positions)) for positions in rounds]


def _keep_distinct(connection: Connection, chunk: pa.Table, low: int) -> Landed:
    high = low + len(chunk)
    numbered = chunk.set_column(0, NAMES[0], pa.array(range(low + 1, high + 1), pa.int64()))
    if connection.dialect.name == "postgresql":
        from touchstone.store._postgresql import add  # its driver is an extra of the package

        rows: list[Row] = []
        added = add(connection, numbered)
    else:
        rows = as_rows(numbered)
        added = _add(connection, rows)
    if added == len(chunk):
        return Landed(Appended(new=added), low, high)
    rows = rows or as_rows(numbered)
    fresh = set(connection.execute(select(RAW.c.seq).where(RAW.c.seq > low)).scalars())
    known = [row for row in rows if row[0] not in fresh]
    stored = _stored(connection, [row[ID] for row in known])
    changed = [row for row in known if _content(row) != _content(stored[row[ID]])]
    _replace(connection, changed, [stored[row[ID]] for row in changed])
    return Landed(Appended(added, len(changed), len(known) - len(changed)), low, high)


def as_rows(table: pa.Table) -> list[Row]:
    """The table's rows as the databases keep them: instants are microseconds."""
    return list(zip(*(_values(each) for each in table.columns), strict=True))


def _values(column: pa.ChunkedArray) -> list[Any]:
    if column.null_count == len(column):
        return [None] * len(column)
    values: list[Any] = (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
    return values


def _add(connection: Connection, rows: list[Row]) -> int:
    cursor = connection.connection.cursor()
    marks = ", ".join("?" * len(NAMES))
    cursor.executemany(f"insert into interaction values ({marks}) on conflict (id) do nothing", rows)
    added: int = cursor.rowcount
    cursor.close()
    return added


def _stored(connection: Connection, ids: list[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        for row in connection.execute(select(RAW).where(RAW.c.id.in_(some))):
            found[row.id] = tuple(row)
    return found


def _content(row: Row) -> Row:
    return row[1:RECEIVED] + row[RECEIVED + 1 :]


def _replace(connection: Connection, rows: list[Row], old: list[Row]) -> None:
    if not rows:
        return
    _insert(connection, HISTORY, [(*was, row[0], row[RECEIVED]) for was, row in zip(old, rows, strict=True)])
    release(connection, [was[0] for was in old])
    _insert(connection, "interaction", rows)


def add_changed(connection: Connection, rows: list[Row]) -> None:
    """Writes rows of interactions that were released, each with a new seq, and without a history of what they said."""
    if not rows:
        return
    low = highest(connection)
    _insert(connection, "interaction", [(low + place, *row[1:]) for place, row in enumerate(rows, 1)])
    put(connection, setting, [{"name": "seq", "value": str(low + len(rows))}], key="name")


def _insert(connection: Connection, table: str, rows: list[Row]) -> None:
    """Inserts rows as the driver takes them, past SQLAlchemy's own form of each."""
    mark = "%s" if connection.dialect.paramstyle in ("format", "pyformat") else "?"
    names = [*NAMES, "replaced_by", "replaced_at"][: len(rows[0])]
    connection.exec_driver_sql(
        f"insert into {table} ({', '.join(names)}) values ({', '.join([mark] * len(names))})", rows
    )


def release(connection: Connection, seqs: list[int]) -> None:
    """Takes rows out of `interaction` and notes that the lake has still to let go of them."""
    rest = iter(seqs)
    while some := list(islice(rest, AT_ONCE)):
        connection.execute(delete(interaction).where(interaction.c.seq.in_(some)))
        put(connection, gone, [{"seq": seq} for seq in some], key="seq")


def between(connection: Connection, low: int, *, where: ColumnElement[bool], limit: int) -> pa.Table:
    """Up to `limit` interactions with seq above `low` that the condition lets through, in order of seq."""
    wanted = select(RAW).where(RAW.c.seq > low, where).order_by(RAW.c.seq).limit(limit)
    return as_table(connection.execute(wanted).all())


def as_table(rows: Any, schema: pa.Schema = INTERACTION) -> pa.Table:
    """Rows of the record as a table of `schema`."""
    if not rows:
        return schema.empty_table()
    columns = [
        pa.array(values).cast(kind)  # numbers, as SQLite keeps them
        if pa.types.is_timestamp(kind) or pa.types.is_boolean(kind)
        else pa.array(values, kind)
        for values, kind in zip(zip(*rows, strict=True), schema.types, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)
