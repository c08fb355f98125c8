"""What the house writes in conversations: replies, notes, drafts; views of the inbox and answers kept for again."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, Table, Text

from touchstone.store.tables import COUNT, Instant, metadata

message = Table(
    "message",
    metadata,
    Column("seq", COUNT, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("conversation", Text, nullable=False),
    Column("unit", Text),
    Column("person", Text),  # the customer: what is written to them or about them goes with them
    Column("kind", Text, nullable=False),  # note, draft, reply
    Column("account", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("state", Text, nullable=False),  # of a reply: sent (to the outbox), copied (carried by hand)
    Column("outbox", Text),
    Column("mentions", JSON, nullable=False),  # of a note: accounts told of it, and @names that were not
    info={"live": True},
)
Index("message_conversation", message.c.conversation, message.c.seq)
Index("message_person", message.c.person)

notice = Table(  # that an account was named in a note, until it has seen it
    "notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("person", Text),
    Column("by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant),
    info={"live": True},
)
Index("notice_account", notice.c.account, notice.c.seen_at, notice.c.created_at)
Index("notice_person", notice.c.person)

view = Table(
    "view",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("filters", JSON, nullable=False),
    info={"live": True},
)
Index("view_account", view.c.account, view.c.name, unique=True)

canned = Table(
    "canned",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
    info={"live": True},
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("message", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("unit", Text),
    Column("person", Text),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    info={"live": True},
)
Index("attachment_message", attachment.c.message)

step = Table(  # what people made of a conversation, and how it was before: so that it can be told and taken back
    "conversation_step",
    metadata,
    Column("seq", COUNT, primary_key=True, autoincrement=True),
    Column("change", Text, nullable=False),  # one for all that were changed at once
    Column("conversation", Text, nullable=False),
    Column("unit", Text),
    Column("person", Text),
    Column("account", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("what", Text, nullable=False),  # take, assign, close, reopen, snooze, reply, undo
    Column("before", JSON, nullable=False),  # state, until and owner
    Column("version", Integer, nullable=False),  # of the conversation since
    info={"live": True},
)
Index("conversation_step_conversation", step.c.conversation, step.c.seq)
Index("conversation_step_account", step.c.account, step.c.seq)
Index("conversation_step_change", step.c.change)
Index("conversation_step_person", step.c.person)
