"""Telling: rules, alerts, subscriptions, what is sent."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "to", "subject", "text", "html")),
        sa.Column("headers", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("person", "purpose", "unit")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "due_at")),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
    )
    op.create_index("outbox_due", "outbox", ["state", "due_at"])
    op.create_index("outbox_person", "outbox", ["person"])
    _rules()
    _alerts()
    _subscriptions()
    _schedules()


def _key() -> sa.Column[Any]:
    return sa.Column("id", sa.Text(), primary_key=True)


def _some(kind: Any, *names: str, empty: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=empty) for name in names]


def _rules() -> None:
    op.create_table(
        "rule", _key(), *_some(sa.Text(), "account", "unit", empty=True), *_some(sa.Text(), "measure", "says"),
        *_some(sa.JSON(), "by"), *_some(sa.Text(), "where"), *_some(sa.Integer(), "days", "above"),
        *_some(sa.Float(), "threshold", empty=True), *_some(sa.Text(), "kind", "to"), *_some(sa.Integer(), "most"),
        *_some(sa.Text(), "quiet", "zone"), *_some(sa.Integer(), "raised"), *_some(COUNT, "seen"),
        *_some(sa.BigInteger(), "muted_until", empty=True), *_some(sa.Text(), "reason"),
        *_some(sa.BigInteger(), "created_at"), *_some(sa.BigInteger(), "ended_at", empty=True),
        *_some(sa.Integer(), "version"),
    )  # fmt: skip


def _alerts() -> None:
    op.create_table(
        "alert", _key(), *_some(sa.Text(), "rule"), *_some(sa.Text(), "unit", empty=True), *_some(sa.Text(), "key"),
        *_some(sa.JSON(), "by"), *_some(sa.Text(), "figure"), *_some(sa.Float(), "value", "low", "high", empty=True),
        *_some(COUNT, "n"), *_some(sa.Text(), "measured_in", "why"), *_some(sa.JSON(), "interactions"),
        *_some(sa.BigInteger(), "since", "looked_at"),
        *_some(sa.BigInteger(), "told_at", "over_at", "seen_at", empty=True),
        *_some(sa.Integer(), "useful", empty=True), *_some(sa.Integer(), "version"),
    )  # fmt: skip
    op.create_index("alert_rule", "alert", ["rule", "over_at"])


def _subscriptions() -> None:
    op.create_table(
        "subscription", _key(), *_some(sa.Text(), "account"), *_some(sa.Text(), "unit", empty=True),
        *_some(sa.Text(), "what", "weekday"), *_some(sa.Integer(), "hour"),
        *_some(sa.Text(), "zone", "language", "key"),
        *_some(sa.BigInteger(), "created_at"), *_some(sa.BigInteger(), "sent_at", "ended_at", empty=True),
        *_some(sa.Text(), "reason"), *_some(sa.Integer(), "version"),
    )  # fmt: skip


def _schedules() -> None:
    op.create_table(
        "schedule", _key(), *_some(sa.Text(), "account", "unit", empty=True), *_some(sa.Text(), "action"),
        *_some(sa.JSON(), "fields"), *_some(sa.Text(), "every", "weekday"), *_some(sa.Integer(), "hour"),
        *_some(sa.Text(), "zone"), *_some(sa.BigInteger(), "due_at"),
        *_some(sa.BigInteger(), "done_at", empty=True), *_some(sa.Text(), "outcome"),
        *_some(sa.BigInteger(), "created_at"), *_some(sa.BigInteger(), "ended_at", empty=True),
        *_some(sa.Text(), "reason"), *_some(sa.Integer(), "version"),
    )  # fmt: skip
    op.create_index("schedule_due", "schedule", ["ended_at", "due_at"])


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
