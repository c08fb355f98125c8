"""People and rights: sessions, keys, second factors."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "session", _text("id", key=True), _text("account"), _instant("created_at"), _instant("seen_at"),
        _text("agent"), _instant("ended_at", nullable=True),
    )  # fmt: skip
    op.create_index("session_account", "session", ["account"])
    op.create_table(
        "api_key", _text("id", key=True), _text("account"), _text("name"), _text("digest"),
        sa.Column("scopes", sa.JSON(), nullable=False), _instant("created_at"), _instant("expires_at"),
        _instant("used_at", nullable=True), _instant("ended_at", nullable=True), sa.UniqueConstraint("digest"),
    )  # fmt: skip
    op.create_index("api_key_account", "api_key", ["account"])
    op.create_table(
        "second_factor", _text("account", key=True), _text("secret"), _instant("created_at"),
        _instant("confirmed_at", nullable=True), _instant("step"), sa.Column("codes", sa.JSON(), nullable=False),
    )  # fmt: skip
    op.create_table(
        "outside_identity", _text("issuer", key=True), _text("subject", key=True), _text("account"),
        _instant("created_at"),
    )  # fmt: skip
    op.create_index("outside_identity_account", "outside_identity", ["account"])


def _text(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), primary_key=key, nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
