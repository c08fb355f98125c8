"""The first tables: interactions, their history, units, people, corrections, activity, accounts, the lake's files."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBERS = ("value", "best", "worst", "amount")
INTERACTION = [
    *("id", "source", "source_id", "kind", "channel", "occurred_at", "received_at", "person", "level", "unit"),
    *("product", "touchpoint", "thread", "reply_to", "text", "language", "metric", "value", "best", "worst"),
    *("amount", "currency", "incentive", "campaign", "url", "attributes"),
]
NEEDED = ("id", "source", "source_id", "received_at")


def _text(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _key(name: str = "seq", *, numbered: bool = False) -> sa.Column[Any]:
    return sa.Column(name, COUNT, primary_key=True, autoincrement=numbered)


def _interaction() -> list[sa.Column[Any]]:
    kinds: dict[str, Any] = {name: sa.Float() for name in NUMBERS}
    kinds |= {"occurred_at": sa.BigInteger(), "received_at": sa.BigInteger()}
    return [sa.Column(name, kinds.get(name, sa.Text()), nullable=name not in NEEDED) for name in INTERACTION]


def upgrade() -> None:
    """Makes the tables."""
    _precious()
    _logged()
    _living()


def _precious() -> None:
    op.create_table("interaction", _key(), *_interaction())
    op.create_index("interaction_id", "interaction", ["id"], unique=True)
    named = sa.text("person IS NOT NULL")
    op.create_index("interaction_person", "interaction", ["person"], sqlite_where=named, postgresql_where=named)
    op.create_table(
        "interaction_history",
        _key(),
        *_interaction(),
        sa.Column("replaced_by", COUNT, nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("interaction_history_id", "interaction_history", ["id"])
    op.create_table("gone", _key())
    for name, columns in (
        ("unit", "id name kind parent region grade organisation"),
        ("person", "id name level contacts consents"),
    ):
        key, *others = columns.split()
        op.create_table(name, sa.Column(key, sa.Text(), primary_key=True), *_text(*others))
    op.create_table(
        "correction",
        _key(numbered=True),
        *_text("id", "table", "interaction", "change", "person"),
        sa.Column("made_at", sa.BigInteger()),
    )
    op.create_index("correction_id", "correction", ["id"], unique=True)
    op.create_index("correction_interaction", "correction", ["interaction"])


def _logged() -> None:
    op.create_table(
        "activity",
        _key(),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_text("action", "ids", "previous", "hash", nullable=False),
    )
    op.create_table(
        "pseudonym",
        sa.Column("person", sa.Text(), primary_key=True),
        sa.Column("key", sa.LargeBinary(), nullable=False),
    )


def _living() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        *_text("password_hash", "role", "stamp", nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
    )
    op.create_table("setting", sa.Column("name", sa.Text(), primary_key=True), *_text("value", nullable=False))
    op.create_table(
        "lake_file",
        sa.Column("path", sa.Text(), primary_key=True),
        *_text("name", "maker", nullable=False),
        *[sa.Column(name, COUNT, nullable=False) for name in ("low", "high", "rows")],
    )
    op.create_table(
        "watermark", sa.Column("name", sa.Text(), primary_key=True), sa.Column("seq", COUNT, nullable=False)
    )


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
