"""Personal data hidden in what a partner is shown: addresses of every kind, and the name its writer is known by.

The record keeps the words as they were said; who may see all sees them so.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Text, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from touchstone.language import personal
from touchstone.store._duck import connect
from touchstone.store._record import HIDE, Record
from touchstone.store.tables import person

_NAMED = """with told as (select place, text, name, unnest(string_split(lower(name), ' ')) as part from given)
    select place, any_value(name) as name from told where length(part) > 2 and contains(lower(text), part)
    group by place order by place"""
"""The rows whose text may name its writer: only these are looked at one by one."""


class Hidden(FunctionElement[str]):
    """In the record's SQL: a text, and the name its writer is known by, as a partner reads it."""

    type = Text()
    inherit_cache = True


@compiles(Hidden)
def _written(element: Hidden, compiler: Any, **given: Any) -> str:
    """SQLite asks us; PostgreSQL cannot, and tells a partner nothing: his words come from the lake."""
    if compiler.dialect.name == "postgresql":
        return "null"
    return f"{HIDE}({compiler.process(element.clauses, **given)})"


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
        for start in range(0, len(ids), 500):
            some = person.c.id.in_(ids[start : start + 500].to_pylist())
            rows = connection.execute(select(person.c.id, person.c.name).where(some, person.c.name.is_not(None)))
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
