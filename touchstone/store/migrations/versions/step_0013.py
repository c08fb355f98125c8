"""Customers come in: whom an account belongs to, and the links by which its owner chooses a password."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column and makes the table."""
    op.add_column("account", sa.Column("person", sa.Text(), nullable=True))
    op.create_index("account_person", "account", ["person"])
    op.create_table(
        "welcome",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "expires_at")),
    )
    op.create_index("welcome_account", "welcome", ["account"])


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
