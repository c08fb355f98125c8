"""What customers are asked to vote on, and how each voted."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from touchstone.store.tables import Instant, metadata

proposal = Table(
    "proposal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("fix", Text, nullable=False, unique=True),
    Column("words", Text, nullable=False),  # as customers read them: nothing of a customer, written for all
    Column("state", Text, nullable=False),  # open, closed
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
    info={"live": True},
)
vote = Table(
    "vote",
    metadata,
    Column("id", Text, primary_key=True),
    Column("proposal", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("choice", Text, nullable=False),  # for, against
    Column("cast_at", Instant, nullable=False),
    UniqueConstraint("proposal", "person"),
    info={"live": True},
)
Index("vote_person", vote.c.person)
