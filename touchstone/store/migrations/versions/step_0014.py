"""Passkeys: keys of devices beside codes, and the challenges they sign."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables; a second factor until now was a program's, which waits to be confirmed or is in force."""
    op.create_table(
        "passkey",
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "name")),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("sign_count", "created_at")),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("passkey_account", "passkey", ["account"])
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "purpose")),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.add_column("second_factor", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
