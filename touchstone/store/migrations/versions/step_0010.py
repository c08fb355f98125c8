"""Telling: rules, alerts, subscriptions, what is sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
