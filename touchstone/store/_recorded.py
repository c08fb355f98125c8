"""Tables of the record that questions to the lake may name, read whole."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlalchemy import select

from touchstone.core.tables import CUSTOMER, INITIATIVE, INVITATION, KNOWN, PLANNING, UNIT
from touchstone.store import tables
from touchstone.store._append import as_table
from touchstone.store._live_surveys import invitation
from touchstone.store._record import Record

AT_ONCE = 2_000  # rows that become columns together: more leave the cache before they do
RECORDED = {
    "unit": (tables.unit, UNIT),
    "person": (tables.person, KNOWN),
    "customer": (tables.customer, CUSTOMER),
    "initiative": (tables.initiative, INITIATIVE),
    "planning": (tables.planning, PLANNING),
    "invitation": (invitation, INVITATION),
}
"""With the columns of each; read when first asked for: persons may be millions."""


def recorded(record: Record, name: str) -> pa.Table:
    """All rows of a table of the record, by their first column."""
    table, schema = RECORDED[name]
    parts = [schema.empty_table()]
    wanted = select(*(table.c[each] for each in schema.names))
    with record.reading() as connection:
        found: Any = connection.execute(wanted.order_by(table.c[schema.names[0]])).cursor
        while rows := found.fetchmany(AT_ONCE):  # past SQLAlchemy's own form of each
            parts.append(as_table(rows, schema))
    return pa.concat_tables(parts)
