"""The inbox: conversations, what is written in them, what people made of them, views, answers kept."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NARROW = ("until", "owner", "unit", "channel", "touchpoint", "language", "kind", "urgency")
ABOUT = ("unit", "person")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "conversation",
        _key(),
        *_texts("unit", "person", "channel", "source", "level", "touchpoint", "language", null=True),
        *_texts("kind", "latest"),
        *_instants("opened_at", "heard_at"),
        *_instants("answered_at", null=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Float(), nullable=False),
        sa.Column("stake", sa.Float(), nullable=True),
        *_instants("pressing_at"),
        *_texts("state"),
        *_instants("until", null=True),
        *_texts("owner", "suggested", null=True),
        *_texts("reason"),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    for order in ("pressing_at", "heard_at"):
        op.create_index(f"conversation_{order}", "conversation", ["state", order, "id", *NARROW])
    op.create_index("conversation_unit", "conversation", ["unit", "state", "pressing_at"])
    owned = sa.text("owner is not null")
    op.create_index("conversation_owner", "conversation", ["owner", "state", "pressing_at"],
                    sqlite_where=owned, postgresql_where=owned)  # fmt: skip
    op.create_index("conversation_person", "conversation", ["person"])
    _written()
    _kept()


def _written() -> None:
    """Tables of what people write and do in conversations."""
    op.create_table(
        "message",
        _numbered(),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        *_texts("conversation"),
        *_texts(*ABOUT, null=True),
        *_texts("kind", "account", "text"),
        *_instants("created_at"),
        *_instants("sent_at", null=True),
        *_texts("state"),
        *_texts("outbox", null=True),
        sa.Column("mentions", sa.JSON(), nullable=False),
    )
    op.create_index("message_conversation", "message", ["conversation", "seq"])
    op.create_index("message_person", "message", ["person"])
    op.create_table(
        "conversation_step",
        _numbered(),
        *_texts("change", "conversation"),
        *_texts(*ABOUT, null=True),
        *_texts("account"),
        *_instants("made_at"),
        *_texts("what"),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    for name in ("conversation", "account"):
        op.create_index(f"conversation_step_{name}", "conversation_step", [name, "seq"])
    for name in ("change", "person"):
        op.create_index(f"conversation_step_{name}", "conversation_step", [name])


def _kept() -> None:
    """Tables of what is kept for again: views, answers, files."""
    op.create_table("view", _key(), *_texts("account", "name"), sa.Column("filters", sa.JSON(), nullable=False))
    op.create_index("view_account", "view", ["account", "name"], unique=True)
    op.create_table(
        "canned",
        _key(),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        *_texts("language", "text"),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "attachment",
        _key(),
        *_texts("message", "conversation"),
        *_texts(*ABOUT, null=True),
        *_texts("name", "media_type"),
        sa.Column("size", sa.Integer(), nullable=False),
        *_texts("digest"),
    )
    op.create_index("attachment_message", "attachment", ["message"])


def _key() -> sa.Column[Any]:
    return sa.Column("id", sa.Text(), primary_key=True)


def _numbered() -> sa.Column[Any]:
    return sa.Column("seq", COUNT, primary_key=True, autoincrement=True)


def _texts(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _instants(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=null) for name in names]


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
