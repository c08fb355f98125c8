"""Asking: surveys and invitations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "survey",
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "kind", "level", "address", "state")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("questions", "languages", "hosts")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("touchpoint", "unit")),
        sa.Column("anyone", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("answers", "version")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("survey", "person", "language")),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("answered_at", "silent_at")),
        sa.UniqueConstraint("survey", "person"),
    )
    op.create_index("invitation_person", "invitation", ["person"])
    op.create_index("invitation_survey", "invitation", ["survey", "answered_at"])


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
