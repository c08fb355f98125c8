"""Who does not allow analysis, and which accounts see personal data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from touchstone.rules import consent

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes table and column; who refused before is left out of the lake from now on."""
    op.create_table("aside", sa.Column("person", sa.Text(), primary_key=True))
    op.add_column("account", sa.Column("personal", sa.Boolean(), nullable=False, server_default=sa.true()))
    record = op.get_bind()
    told = record.execute(sa.text("select id, consents from person where consents like '%analysis%'")).all()
    for who in [row.id for row in told if not consent.may(row.consents, "analysis")]:
        record.execute(sa.text("insert into aside (person) values (:who)"), {"who": who})
        leave = "insert into gone select seq from interaction where person = :who and seq not in (select seq from gone)"
        record.execute(sa.text(leave), {"who": who})


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
