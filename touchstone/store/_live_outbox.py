"""What is to be sent, what was, and what could not be."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, Table, Text

from touchstone.store.tables import Instant, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # what makes it the same message: it is kept once
    Column("kind", Text, nullable=False),  # mail, webhook
    Column("to", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("person", Text),  # the customer it goes to or is about
    Column("purpose", Text),  # of contact: looked at again when it goes
    Column("unit", Text),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", Text, nullable=False),  # waiting, sent, withheld, failed
    Column("sent_at", Instant),
    Column("error", Text, nullable=False),
    info={"live": True},
)
Index("outbox_due", outbox.c.state, outbox.c.due_at)
Index("outbox_person", outbox.c.person)
