"""Conversations that call for an answer, and where people are with each. The customer's words stay in `interaction`."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Float, Index, Integer, Table, Text

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


def _index(name: str, *first: str, **only: ColumnElement[bool]) -> None:
    """An index that begins so, and holds all that a list is narrowed by: no row is looked up."""
    columns = (*first, "id", *(each for each in _NARROW if each not in first))
    Index(f"conversation_{name}", *(conversation.c[each] for each in columns), **only)  # type: ignore[arg-type]  # by dialect


for _order in ("pressing_at", "heard_at"):
    _index(_order, "state", _order)
for _of in ("unit", "touchpoint", "language", "kind"):  # of channels there are few: each has many
    _index(_of, _of, "state", "pressing_at")
_taken = conversation.c.owner.is_not(None)
_index("owner", "owner", "state", "pressing_at", sqlite_where=_taken, postgresql_where=_taken)
Index("conversation_person", conversation.c.person)
