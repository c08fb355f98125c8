"""Personal data hidden in what is shown: addresses of every kind, and the name its writer is known by.

The record keeps the words as they were said; who may see all sees them so.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    case,
    cast,
    false,
    literal,
    null,
    select,
    true,
)

from touchstone.language import personal
from touchstone.store import tables
from touchstone.store._duck import connect
from touchstone.store._many import parts
from touchstone.store._record import Record
from touchstone.store.tables import person

FORMS = 2_000  # of questions to the record: as many have a word of their own
HIDING = {
    "interaction": ("text", "attributes"),
    "interaction_history": ("text", "attributes"),
    "correction": ("change",),
    "message": ("text",),
    "case_step": ("note",),
    "promise": ("what",),
}
"""Columns of the record that hold words of people."""

_NAMED = """with told as (select place, text, name, unnest(string_split(lower(name), ' ')) as part from given)
    select place, any_value(name) as name from told where length(part) > 2 and contains(lower(text), part)
    group by place order by place"""
"""The rows whose text may name its writer: only these are looked at one by one."""


def token_of(wanted: Any) -> str:
    """A word for questions of just this form, told to nobody: to name it is to ask in another form, of another word.

    Questions alike but for the values in them share it, so that the database's SQL is written once for them all.
    """
    form = wanted._generate_cache_key() if isinstance(wanted, Select) else None
    return secrets.token_hex(8) if form is None else _word(form.key)


@lru_cache(maxsize=FORMS)
def _word(_form: Any) -> str:
    return secrets.token_hex(8)


def marked(column: Column[Any], token: str) -> ColumnElement[str]:
    """In the record's SQL: a mark that gives nothing away in the place of a text; null where there is none.

    `told` puts the text without personal data there once the rows are read: no database has to know how to hide, and
    whatever a question makes of the column it makes of the mark.
    """
    mark = literal(f"{token} {column.table.name} {column.name} ").concat(cast(column.table.c.seq, Text))
    return case((column.is_not(None), mark)).label(column.name)


def told(
    connection: Connection, rows: list[dict[str, Any]], token: str, units: frozenset[str] | None
) -> list[dict[str, Any]]:
    """`rows` with the texts that their marks of `token` stand for, personal data hidden.

    A question may make a mark of its own out of one it was given: words are read of `units` alone (None: of all).
    """
    mark = re.compile(rf"{token} (\w+) (\w+) ([0-9]{{1,18}})")
    seqs = defaultdict[tuple[str, str], set[int]](set)
    for value in {each for row in rows for each in row.values() if isinstance(each, str)}:
        if (found := mark.fullmatch(value)) and found[2] in HIDING.get(found[1], ()):
            seqs[found[1], found[2]].add(int(found[3]))
    words = {
        f"{token} {table} {column} {seq}": text
        for (table, column), some in seqs.items()
        for seq, text in _words(connection, tables.metadata.tables[table], column, sorted(some), units)
    }
    return [
        {name: words.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
        for row in rows
    ]


def _words(
    connection: Connection, table: Table, column: str, seqs: list[int], units: frozenset[str] | None
) -> Iterator[tuple[int, str]]:
    """The texts in a column of rows of the record, by seq, as whoever sees no personal data reads them."""
    known = select(person.c.name).where(person.c.id == table.c.person).scalar_subquery()
    name = null() if table is tables.correction else known  # who corrected is no customer
    mine = true() if units is None else table.c.unit.in_(sorted(units)) if "unit" in table.c else false()
    for some in parts(seqs):
        wanted = select(table.c.seq, table.c[column], name).where(table.c.seq.in_(some), mine)
        found = connection.execute(wanted).all()
        own, texts, names = ([row[at] for row in found] for at in range(3))
        hidden = personal.masked(pa.array(texts, pa.string()), pa.array(names, pa.string()))
        yield from zip(own, hidden.to_pylist(), strict=True)


def hidden(record: Record, rows: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    """`rows` of interactions with the personal data in `columns` hidden, letter for letter: spans stay in place."""
    if not len(rows) or not columns:
        return rows
    names = _names(record, rows["person"])
    for column in columns:
        shown = personal.masked(rows[column].cast(pa.string()), _naming(rows[column], names))
        rows = rows.set_column(rows.schema.get_field_index(column), rows.schema.field(column), shown)
    return rows


def _names(record: Record, persons: pa.ChunkedArray) -> pa.Array:
    """The name of the person of each row, null where none is known."""
    ids = pc.drop_null(pc.unique(persons.cast(pa.string())))
    known: dict[str, str] = {}
    with record.reading() as connection:
        for some in parts(ids.to_pylist()):
            wanted = select(person.c.id, person.c.name).where(person.c.id.in_(some), person.c.name.is_not(None))
            rows = connection.execute(wanted)
            known |= {row.id: row.name for row in rows}
    names = pa.array([known.get(each) for each in ids.to_pylist()], pa.string())
    return names.take(pc.index_in(persons.cast(pa.string()), value_set=ids).combine_chunks())


def _naming(texts: pa.ChunkedArray, names: pa.Array) -> pa.Array:
    """The names of the rows whose text holds a part of them, null for all others."""
    rows = pa.table({"place": pa.array(range(len(texts)), pa.int64()), "text": texts, "name": names})
    given = rows.filter(pc.and_(pc.is_valid(rows["name"]), pc.is_valid(rows["text"])))
    found: Any = pa.table({"place": pa.array([], pa.int64()), "name": pa.array([], pa.string())})
    if len(given):
        duck = connect()
        duck.register("given", given)
        found = duck.sql(_NAMED).to_arrow_table()
        duck.close()
    at = pc.index_in(rows["place"].combine_chunks(), value_set=found["place"].combine_chunks())
    return found["name"].combine_chunks().take(at)
