"""Invitations that came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds when an invitation's mail came back; of those made until now nothing is known of it."""
    op.add_column("invitation", sa.Column("returned_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
