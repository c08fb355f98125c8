"""What people want to be told: rules and the alerts they raised, subscriptions, and actions on schedule."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, Table, Text

from touchstone.store.tables import COUNT, Instant, metadata

LIVE = {"live": True}

rule = Table(
    "rule",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text),  # whose rights it looks with; none: the machine's own
    Column("unit", Text),  # of the partner whose rule it is
    Column("measure", Text, nullable=False),  # a measure, `change` or `words`
    Column("says", Text, nullable=False),  # of words: the kind, urgency or emotion
    Column("by", JSON, nullable=False),
    Column("where", Text, nullable=False),
    Column("days", Integer, nullable=False),  # 0: of all time
    Column("above", Integer, nullable=False),  # 1: told when above, 0: when below
    Column("threshold", Float),
    Column("kind", Text, nullable=False),  # mail, webhook
    Column("to", Text, nullable=False),
    Column("most", Integer, nullable=False),  # a day
    Column("quiet", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("raised", Integer, nullable=False),  # how often a reader found its alerts not useful
    Column("seen", COUNT, nullable=False),  # of words: the seq looked at last
    Column("muted_until", Instant),
    Column("reason", Text, nullable=False),  # why it is muted or has ended
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("version", Integer, nullable=False),
    info=LIVE,
)

alert = Table(
    "alert",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("unit", Text),  # of the partner whose rule raised it
    Column("key", Text, nullable=False),  # what it is about: one alert of it is on at a time
    Column("by", JSON, nullable=False),
    Column("figure", Text, nullable=False),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("n", COUNT, nullable=False),
    Column("measured_in", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("interactions", JSON, nullable=False),  # ids of the words that go with it
    Column("since", Instant, nullable=False),
    Column("looked_at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("over_at", Instant),
    Column("seen_at", Instant),
    Column("useful", Integer),  # 1, 0; none: its reader did not say
    Column("version", Integer, nullable=False),
    info=LIVE,
)
Index("alert_rule", alert.c.rule, alert.c.over_at)

subscription = Table(
    "subscription",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("unit", Text),
    Column("what", Text, nullable=False),  # the page that is sent
    Column("weekday", Text, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("key", Text, nullable=False),  # of the link that ends it without signing in
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("ended_at", Instant),
    Column("reason", Text, nullable=False),
    Column("version", Integer, nullable=False),
    info=LIVE,
)

schedule = Table(
    "schedule",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text),  # as whom it is done; none: the machine's own
    Column("unit", Text),
    Column("action", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("every", Text, nullable=False),
    Column("weekday", Text, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("outcome", Text, nullable=False),  # done, or what went wrong
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("reason", Text, nullable=False),
    Column("version", Integer, nullable=False),
    info=LIVE,
)
Index("schedule_due", schedule.c.ended_at, schedule.c.due_at)
