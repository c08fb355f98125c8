"""Lists of conversations are narrowed within one index, whatever they are narrowed by."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NARROW = ("until", "owner", "unit", "channel", "touchpoint", "language", "kind", "urgency")


def upgrade() -> None:
    """Puts indexes that hold all that a list is narrowed by in the place of those by unit and owner, and adds three."""
    for name in ("unit", "owner"):
        op.drop_index(f"conversation_{name}", "conversation")
    for name in ("unit", "touchpoint", "language", "kind", "owner"):
        columns = [name, "state", "pressing_at", "id", *(each for each in NARROW if each != name)]
        taken = sa.text("owner is not null")
        only: dict[str, Any] = {"sqlite_where": taken, "postgresql_where": taken} if name == "owner" else {}
        op.create_index(f"conversation_{name}", "conversation", columns, **only)


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
