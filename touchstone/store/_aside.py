"""Persons who do not allow analysis: the record keeps what they said, and the lake leaves it out.

What one refuses holds for every id that is surely theirs: all persons of the customer they are. So nothing reads,
counts or links it, whatever is built on the lake. It comes back, as if new, when they allow it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, true

from touchstone.rules import consent
from touchstone.store._append import RAW, add_changed, as_table, release
from touchstone.store._many import parts
from touchstone.store._record import put
from touchstone.store.tables import aside, customer, gone, interaction

Pairs = set[tuple[str, str]]
"""Who is left out, and because of whose refusal: their own, or that of another id that is surely theirs."""


def keep(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Holds what lies in the lake to what the persons of `rows`, about to be written, allow."""
    refusing = {row["id"] for row in rows if not consent.may(row["consents"], "analysis")}
    if not refusing and connection.execute(select(aside.c.person).limit(1)).first() is None:
        return
    already = _found(connection, aside.c.because, (row["id"] for row in rows), aside.c.person == aside.c.because)
    _leave(connection, {(each, each) for each in refusing - already})
    _return(connection, aside.c.because, already - refusing)
    if refusing - already:
        _leave(connection, _customers(connection) - _others(connection))


def follow(connection: Connection, apart: Pairs, *, decided: bool) -> bool:
    """Holds every person of a customer to what one of them refused; whether that changed anything.

    Who was left out with another stays so where a link is found no more: what told it is left out too. They come back
    where people say that the two stand `apart`, or where nothing but what people `decided` has changed.
    """
    wanted, kept = _customers(connection), _others(connection)
    several = {pair for pair in kept - wanted if decided or pair in apart or pair[::-1] in apart}
    _leave(connection, wanted - kept)
    for because in {each for _, each in several}:
        _return(connection, aside.c.person, {who for who, each in several if each == because}, because)
    return bool(wanted - kept or several)


def forget(connection: Connection, who: str) -> None:
    """Takes a person out; who was left out because of them is left out by themselves until they say otherwise."""
    connection.execute(delete(aside).where(aside.c.person == who))
    with_them = set(connection.execute(select(aside.c.person).where(aside.c.because == who)).scalars())
    own = _found(connection, aside.c.person, with_them, aside.c.person == aside.c.because)
    connection.execute(delete(aside).where(aside.c.because == who))
    _insert(connection, {(each, each) for each in with_them - own})


def among(connection: Connection, people: Iterable[str | None]) -> set[str]:
    """Those of `people` whose words the lake leaves out."""
    if connection.execute(select(aside.c.person).limit(1)).first() is None:
        return set()
    return _found(connection, aside.c.person, people)


def _found(
    connection: Connection, column: ColumnElement[str], people: Iterable[str | None], *where: ColumnElement[bool]
) -> set[str]:
    """Those of `people` whom a column names."""
    asked = sorted({each for each in people if each is not None})
    return {
        person
        for some in parts(asked)
        for person in connection.execute(select(column).where(column.in_(some), *where).distinct()).scalars()
    }


def allowed() -> ColumnElement[bool]:
    """The condition for interactions that the lake takes in."""
    return or_(RAW.c.person.is_(None), RAW.c.person.not_in(select(aside.c.person)))


def held(connection: Connection) -> pa.Table:
    """The interactions that the lake leaves out, by seq."""
    return as_table(connection.execute(select(RAW).where(~allowed()).order_by(RAW.c.seq)).all())


def _customers(connection: Connection) -> Pairs:
    """The other persons of each customer one of whose persons refuses."""
    own, other = customer.alias(), customer.alias()
    both = other.c.customer == own.c.customer
    wanted = select(other.c.person, aside.c.because).join_from(aside, own, own.c.person == aside.c.because)
    wanted = wanted.join(other, both & (other.c.person != own.c.person)).where(aside.c.person == aside.c.because)
    return {(row.person, row.because) for row in connection.execute(wanted)}


def _others(connection: Connection) -> Pairs:
    """Who is left out because of the refusal of another."""
    wanted = select(aside.c.person, aside.c.because).where(aside.c.person != aside.c.because)
    return {(row.person, row.because) for row in connection.execute(wanted)}


def _leave(connection: Connection, pairs: Pairs) -> None:
    fresh = {who for who, _ in pairs}
    fresh -= among(connection, fresh)
    _insert(connection, pairs)
    for some in parts(sorted(fresh)):
        theirs = connection.execute(select(interaction.c.seq).where(interaction.c.person.in_(some))).scalars()
        put(connection, gone, [{"seq": seq} for seq in theirs], key="seq")


def _insert(connection: Connection, pairs: Pairs) -> None:
    if pairs:
        connection.execute(insert(aside), [{"person": who, "because": because} for who, because in sorted(pairs)])


def _return(
    connection: Connection, column: ColumnElement[str], people: Iterable[str], because: str | None = None
) -> None:
    """Strikes out these of a column; what those said who are then left out no more gets a new seq.

    So the lake takes it in and it is understood.
    """
    some_of = true() if because is None else aside.c.because == because
    for listed in parts(sorted(people)):
        struck = and_(column.in_(listed), some_of)
        some = set(connection.execute(select(aside.c.person).where(struck)).scalars())
        connection.execute(delete(aside).where(struck))
        back = sorted(some - among(connection, some))
        for those in parts(back):
            theirs = select(RAW).where(RAW.c.person.in_(those)).order_by(RAW.c.seq)
            rows = [tuple(row) for row in connection.execute(theirs)]
            release(connection, [row[0] for row in rows])
            add_changed(connection, rows)
