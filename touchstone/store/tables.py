"""The record's tables, for SQLite and PostgreSQL alike: what is precious, the live state, and the lake's manifest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    true,
)

from touchstone.core import tables as arrow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """A UTC instant, kept as microseconds since 1970: the same number in SQLite, PostgreSQL, Arrow and Parquet."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's form
        """Microseconds since 1970."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's form
        """The instant, in UTC."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


def microseconds(instant: datetime) -> int:
    """Whole microseconds from 1970 to `instant`; one without a zone is taken for UTC."""
    zoned = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
    return (zoned - EPOCH) // timedelta(microseconds=1)


metadata = MetaData()
COUNT = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows itself only for INTEGER
_TYPES: dict[Any, Any] = {arrow.TEXT: Text, arrow.NUMBER: Float, arrow.COUNT: COUNT, arrow.INSTANT: Instant}


def _columns(schema: pa.Schema, key: str) -> list[Column[Any]]:
    needed = ("seq", "id", "source", "source_id", "received_at")
    return [
        Column(
            field.name,
            _TYPES[field.type],
            primary_key=field.name == key,
            autoincrement=False,
            nullable=field.name != key and not (field.name in needed and schema is arrow.INTERACTION),
        )
        for field in schema
    ]


interaction = Table("interaction", metadata, *_columns(arrow.INTERACTION, "seq"))
Index("interaction_id", interaction.c.id, unique=True)
Index(
    "interaction_person",
    interaction.c.person,
    sqlite_where=interaction.c.person.is_not(None),
    postgresql_where=interaction.c.person.is_not(None),
)

interaction_history = Table(  # what a changed interaction said before
    "interaction_history",
    metadata,
    *_columns(arrow.INTERACTION, "seq"),
    Column("replaced_by", COUNT, nullable=False),  # the seq of the row that took its place
    Column("replaced_at", Instant, nullable=False),
)
Index("interaction_history_id", interaction_history.c.id)

gone = Table(  # seqs no longer in `interaction`, until the lake has let go of them too
    "gone", metadata, Column("seq", COUNT, primary_key=True, autoincrement=False)
)
aside = Table(  # who does not allow analysis: the lake leaves out what they said, see _aside.py
    "aside",
    metadata,
    Column("person", Text, primary_key=True),
    Column("because", Text, primary_key=True),  # who refused: they themselves, or another person of the same customer
)
unit = Table("unit", metadata, *_columns(arrow.UNIT, "id"))
person = Table(
    "person",
    metadata,
    *_columns(arrow.PERSON, "id"),
    Column("version", COUNT, nullable=False, server_default="0"),  # the home's, with which it came or last changed
)
correction = Table(
    "correction",
    metadata,
    Column("seq", COUNT, primary_key=True, autoincrement=True),
    *_columns(arrow.CORRECTION, ""),
)
Index("correction_id", correction.c.id, unique=True)
Index("correction_interaction", correction.c.interaction)
Index("correction_table", correction.c.table, correction.c.seq)
initiative = Table("initiative", metadata, *_columns(arrow.INITIATIVE, "id"))
planning = Table("planning", metadata, *_columns(arrow.PLANNING, "id"))
customer = Table(  # persons who are one, where there are several: made from links and decisions, see _customers.py
    "customer",
    metadata,
    Column("person", Text, primary_key=True),
    Column("customer", Text, nullable=False),  # says nothing of whose id it was made from
    Column("kept", Boolean, nullable=False),  # whether the customer is called by this person's id
)
Index("customer_customer", customer.c.customer)

activity = Table(
    "activity",
    metadata,
    Column("seq", COUNT, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("action", Text, nullable=False),
    Column("ids", Text, nullable=False),  # canonical JSON: ids and keyed pseudonyms, never words
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
pseudonym = Table(  # one key per person: destroyed, what was logged of them can no longer be told
    "pseudonym",
    metadata,
    Column("person", Text, primary_key=True),
    Column("key", LargeBinary, nullable=False),
)
account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("units", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("personal", Boolean, nullable=False, server_default=true()),  # whether its owner sees personal data
    Column("stamp", Text, nullable=False),  # changes with the password, and when it is closed
    Column("person", Text),  # whom a customer's account belongs to
    Column("language", Text, nullable=False, server_default=""),  # empty: whatever the browser asks for
)
Index("account_person", account.c.person)
setting = Table("setting", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
lake_file = Table(  # the lake is what is listed here, and nothing else that lies in its folder
    "lake_file",
    metadata,
    Column("path", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("maker", Text, nullable=False),
    Column("low", COUNT, nullable=False),  # seqs above `low`, up to and including `high`
    Column("high", COUNT, nullable=False),
    Column("rows", COUNT, nullable=False),
)
watermark = Table("watermark", metadata, Column("name", Text, primary_key=True), Column("seq", COUNT, nullable=False))
