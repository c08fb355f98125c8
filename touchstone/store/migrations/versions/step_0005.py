"""Initiatives that people state, and what plans are made with."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = ("name", "touchpoint", "unit", "spills_to", "all_or_nothing", "quarter")
NUMBERS = ("fixed_cost", "cost_share", "cost_per_customer", "lift", "lift_low", "lift_high", "worst", "best", "spill",
           "customers_share", "partner_share")  # fmt: skip
COUNTS = ("level", "locked")
INSTANTS = ("stated_at", "withdrawn_at")


def upgrade() -> None:
    """Makes the tables."""
    kinds: dict[str, Any] = dict.fromkeys(TEXTS, sa.Text()) | dict.fromkeys(NUMBERS, sa.Float())
    kinds |= dict.fromkeys(COUNTS, COUNT) | dict.fromkeys(INSTANTS, sa.BigInteger())
    op.create_table("initiative", _key(), *(sa.Column(name, kind, nullable=True) for name, kind in kinds.items()))
    op.create_table("planning", _key(), sa.Column("value", sa.Float(), nullable=True))


def _key() -> sa.Column[Any]:
    return sa.Column("id", sa.Text(), primary_key=True)


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
