"""The closed loop: cases and what was done in them, promises; and what is to be changed for everybody."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, Table, Text

from touchstone.store.tables import COUNT, Instant, metadata

case = Table(
    "case",
    metadata,
    Column("id", Text, primary_key=True),  # made from its conversation: one case each
    Column("conversation", Text, nullable=False, unique=True),
    Column("interaction", Text, nullable=False),  # the customer's words with which it was opened
    Column("person", Text),
    Column("unit", Text),
    Column("touchpoint", Text),
    Column("kind", Text, nullable=False),  # problem, opportunity
    Column("stage", Text, nullable=False),
    Column("level", Text),  # of who speaks
    Column("urgency", Text, nullable=False),
    Column("owner", Text),  # an account
    Column("opened_at", Instant, nullable=False),
    Column("since", Instant, nullable=False),  # what its terms count from: receipt, reopening, answer
    Column("due_at", Instant),
    Column("due_why", Text, nullable=False),
    Column("answered_at", Instant),
    Column("closed_at", Instant),
    Column("reopened", Integer, nullable=False),
    Column("escalated", Integer, nullable=False),  # how many levels know that it is overdue
    Column("asked_at", Instant),  # when the customer was asked again
    Column("asked", Text),  # the message in the outbox that asks
    Column("version", Integer, nullable=False),  # rises with every change
    info={"live": True},
)
Index("case_due", case.c.due_at)
Index("case_unit", case.c.unit, case.c.due_at)
Index("case_owner", case.c.owner, case.c.due_at)
Index("case_person", case.c.person)

case_step = Table(
    "case_step",
    metadata,
    Column("seq", COUNT, primary_key=True, autoincrement=True),
    Column("case", Text, nullable=False),
    Column("person", Text),
    Column("unit", Text),
    Column("at", Instant, nullable=False),
    Column("account", Text),  # who did it; null: the clock
    Column("what", Text, nullable=False),  # opened, moved, assigned, reopened, escalated, asked, turned
    Column("stage", Text, nullable=False),  # at which it was then
    Column("note", Text, nullable=False),
    info={"live": True},
)
Index("case_step_case", case_step.c.case, case_step.c.seq)
Index("case_step_person", case_step.c.person)

promise = Table(
    "promise",
    metadata,
    Column("seq", COUNT, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("case", Text, nullable=False),
    Column("person", Text),
    Column("unit", Text),
    Column("account", Text),
    Column("what", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("kept", Boolean),  # null: it stands
    Column("kept_at", Instant),
    info={"live": True},
)
Index("promise_case", promise.c.case)
Index("promise_due", promise.c.kept, promise.c.due_at)
Index("promise_person", promise.c.person)

fix = Table(
    "fix",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # fix, idea, request
    Column("name", Text, nullable=False, unique=True),
    Column("touchpoint", Text),
    Column("theme", Text),
    Column("unit", Text),  # the one it is about; null: `units`, or the whole brand
    Column("units", JSON, nullable=False),
    Column("cause", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("owner", Text),
    Column("cost", Float),
    Column("currency", Text),
    Column("case", Text),  # from which it was made
    Column("state", Text, nullable=False),  # planned, running, ended
    Column("stated_at", Instant, nullable=False),
    Column("since", Instant),
    Column("ended_at", Instant),
    Column("version", Integer, nullable=False),
    info={"live": True},
)
Index("fix_unit", fix.c.unit)
Index("fix_case", fix.c.case)
