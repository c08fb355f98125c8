"""Who was named in a note, until they have seen it; and which case an invitation to a survey asks again of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables; invitations anew, for one person may be asked again of several cases by one survey."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "message", "conversation", "by")),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("notice_account", "notice", ["account", "seen_at", "created_at"])
    op.create_index("notice_person", "notice", ["person"])
    op.rename_table("invitation", "invitation_before")
    op.create_table(
        "invitation",
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("survey", "person", "language")),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("answered_at", "silent_at")),
        sa.Column("about", sa.Text(), nullable=False),
        sa.UniqueConstraint("survey", "person", "about"),
    )
    same = "id, survey, person, language, unit, sent_at, answered_at, silent_at"
    op.execute(f"insert into invitation ({same}, about) select {same}, '' from invitation_before")
    op.drop_table("invitation_before")
    op.create_index("invitation_person", "invitation", ["person"])
    op.create_index("invitation_survey", "invitation", ["survey", "answered_at"])


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
