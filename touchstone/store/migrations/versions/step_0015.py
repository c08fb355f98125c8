"""Accounts say which language their owner reads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the language of an account: empty for whatever the browser asks for."""
    op.add_column("account", sa.Column("language", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
