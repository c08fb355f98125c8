"""Because of whose refusal a person is left out of the lake."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table anew; until now everybody was left out by their own word."""
    op.rename_table("aside", "aside_before")
    op.create_table(
        "aside", sa.Column("person", sa.Text(), nullable=False), sa.Column("because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "because", name="aside_both"),
    )  # fmt: skip
    op.execute("insert into aside (person, because) select person, person from aside_before")
    op.drop_table("aside_before")
    op.execute("delete from setting where name = 'customers'")  # who is one is looked at anew, and held to it


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
