"""Conversations that call for an answer, and where people are with each. The customer's words stay in `interaction`."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from touchstone.store.tables import Instant, metadata

conversation = Table(
    "conversation",
    metadata,
    Column("id", Text, primary_key=True),  # the thread, else the id of the one interaction
    Column("unit", Text),
    Column("person", Text),  # who wrote first
    Column("channel", Text),
    Column("source", Text),
    Column("level", Text),
    Column("touchpoint", Text),
    Column("language", Text),
    Column("kind", Text, nullable=False),  # of what they say, the most pressing
    Column("latest", Text, nullable=False),  # the interaction that is their last word
    Column("opened_at", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),  # their last word but for mere thanks
    Column("answered_at", Instant),
    Column("count", Integer, nullable=False),
    Column("urgency", Float, nullable=False),  # 0 to 1
    Column("stake", Float),  # what such a customer is worth, in the money of the home
    Column("pressing_at", Instant, nullable=False),  # the list goes by it, the earliest first: see rules/inbox.py
    Column("state", Text, nullable=False),  # open, waiting (for the customer), closed
    Column("until", Instant),  # not looked at before
    Column("owner", Text),  # an account
    Column("suggested", Text),  # an expert: a person, who may have an account
    Column("reason", Text, nullable=False),
    Column("version", Integer, nullable=False),  # one more with each thing that people or the customer do
    info={"live": True},
)
_NARROW = ("until", "owner", "unit", "channel", "touchpoint", "language", "kind", "urgency")
for _order in ("pressing_at", "heard_at"):  # all that a list is narrowed by stands in its index: no row is looked up
    Index(f"conversation_{_order}", *(conversation.c[name] for name in ("state", _order, "id", *_NARROW)))
Index("conversation_unit", conversation.c.unit, conversation.c.state, conversation.c.pressing_at)
Index(
    "conversation_owner",
    conversation.c.owner,
    conversation.c.state,
    conversation.c.pressing_at,
    sqlite_where=conversation.c.owner.is_not(None),
    postgresql_where=conversation.c.owner.is_not(None),
)
Index("conversation_person", conversation.c.person)
