"""Persons who do not allow analysis: the record keeps what they said, and the lake leaves it out.

So nothing reads, counts or links it, whatever is built on the lake. It comes back, as if new, when they allow it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select

from touchstone.rules import consent
from touchstone.store._append import AT_ONCE, RAW, add_changed, as_table, release
from touchstone.store._record import put
from touchstone.store.tables import aside, gone, interaction


def keep(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Holds what lies in the lake to what the persons of `rows`, about to be written, allow."""
    refusing = {row["id"] for row in rows if not consent.may(row["consents"], "analysis")}
    already = among(connection, (row["id"] for row in rows))
    _leave(connection, sorted(refusing - already))
    _return(connection, sorted(already - refusing))


def among(connection: Connection, people: Iterable[str | None]) -> set[str]:
    """Those of `people` whose words the lake leaves out."""
    if connection.execute(select(aside.c.person).limit(1)).first() is None:
        return set()
    asked = sorted({each for each in people if each is not None})
    return {
        person
        for start in range(0, len(asked), AT_ONCE)
        for person in connection.execute(
            select(aside.c.person).where(aside.c.person.in_(asked[start : start + AT_ONCE]))
        ).scalars()
    }


def allowed() -> ColumnElement[bool]:
    """The condition for interactions that the lake takes in."""
    return or_(RAW.c.person.is_(None), RAW.c.person.not_in(select(aside.c.person)))


def held(connection: Connection) -> pa.Table:
    """The interactions that the lake leaves out, by seq."""
    return as_table(connection.execute(select(RAW).where(~allowed()).order_by(RAW.c.seq)).all())


def _leave(connection: Connection, people: list[str]) -> None:
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        connection.execute(insert(aside), [{"person": each} for each in some])
        theirs = connection.execute(select(interaction.c.seq).where(interaction.c.person.in_(some))).scalars()
        put(connection, gone, [{"seq": seq} for seq in theirs], key="seq")


def _return(connection: Connection, people: list[str]) -> None:
    """What they said gets a new seq, so that the lake takes it in and it is understood."""
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        connection.execute(delete(aside).where(aside.c.person.in_(some)))
        rows = [tuple(row) for row in connection.execute(select(RAW).where(RAW.c.person.in_(some)).order_by(RAW.c.seq))]
        release(connection, [row[0] for row in rows])
        add_changed(connection, rows)
