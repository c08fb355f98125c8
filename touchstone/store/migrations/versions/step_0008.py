"""The closed loop: cases, promises, fixes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CASE = {
    "conversation": sa.Text, "interaction": sa.Text, "person": None, "unit": None, "touchpoint": None, "kind": sa.Text,
    "stage": sa.Text, "level": None, "urgency": sa.Text, "owner": None, "opened_at": sa.BigInteger,
    "since": sa.BigInteger,
}  # fmt: skip
"""Column → what it holds; None: a text that may be missing."""
FIX = {
    "kind": sa.Text, "name": sa.Text, "touchpoint": None, "theme": None, "unit": None, "units": sa.JSON,
    "cause": sa.Text, "what": sa.Text, "owner": None,
}  # fmt: skip


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "case",
        sa.Column("id", sa.Text(), primary_key=True),
        *_columns(CASE),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("due_why", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("conversation"),
    )
    _about_cases()
    op.create_table(
        "fix",
        sa.Column("id", sa.Text(), primary_key=True),
        *_columns(FIX),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("case", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("name"),
    )
    for name, columns in (
        ("case_due", ["due_at"]), ("case_unit", ["unit", "due_at"]), ("case_owner", ["owner", "due_at"]),
        ("case_person", ["person"]), ("case_step_case", ["case", "seq"]), ("case_step_person", ["person"]),
        ("promise_case", ["case"]), ("promise_due", ["kept", "due_at"]), ("promise_person", ["person"]),
        ("fix_unit", ["unit"]), ("fix_case", ["case"]),
    ):  # fmt: skip
        op.create_index(name, name.rpartition("_")[0], columns)


def _about_cases() -> None:
    op.create_table(
        "case_step",
        sa.Column("seq", COUNT, primary_key=True, autoincrement=True),
        *_columns({"case": sa.Text, "person": None, "unit": None, "at": sa.BigInteger, "account": None}),
        *_columns({"what": sa.Text, "stage": sa.Text, "note": sa.Text}),
    )
    op.create_table(
        "promise",
        sa.Column("seq", COUNT, primary_key=True, autoincrement=True),
        *_columns({"id": sa.Text, "case": sa.Text, "person": None, "unit": None, "account": None, "what": sa.Text}),
        *_columns({"made_at": sa.BigInteger, "due_at": sa.BigInteger}),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("kept_at", sa.BigInteger(), nullable=True),
        sa.UniqueConstraint("id"),
    )


def _columns(kinds: dict[str, Any]) -> list[sa.Column[Any]]:
    return [sa.Column(name, (kind or sa.Text)(), nullable=kind is None) for name, kind in kinds.items()]


def downgrade() -> None:
    """Refused: what is precious is not dropped by a step back."""
    raise NotImplementedError("a record is never stepped back; restore a copy made before")
