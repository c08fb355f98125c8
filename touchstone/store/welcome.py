"""Invitations of customers to their own page: a link told once, kept as a hash, good for one password."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from touchstone.store import accounts
from touchstone.store._live_people import welcome
from touchstone.store.keys import digest

__all__ = ["digest", "find", "make", "take"]


def make(store: Any, *, account: str, person: str, until: datetime) -> str:
    """A new link's secret, which is kept nowhere; those of the account that stood are worth nothing from now on."""
    secret = secrets.token_urlsafe(32)
    row = {"digest": digest(secret), "account": account, "person": person, "created_at": store.now}
    with store.record.writing() as connection:
        connection.execute(sa.delete(welcome).where(welcome.c.account == account))
        connection.execute(welcome.insert().values({**row, "expires_at": until}))
    return secret


def find(store: Any, *, secret: str) -> accounts.Account | None:
    """The open account that a link is for; None where it was used, ran out or never was."""
    with store.record.reading() as connection:
        row = connection.execute(_wanted(store, secret)).mappings().first()
    return None if row is None else accounts.read(row)


def take(store: Any, *, secret: str, password: str) -> accounts.Account | None:
    """The account whose password this is from now on; None where the link opens nothing. Of two at once, one does."""
    with store.record.writing() as connection:
        row = connection.execute(_wanted(store, secret)).mappings().first()
        used = connection.execute(sa.delete(welcome).where(welcome.c.digest == digest(secret))).rowcount
    if row is None or not used:
        return None
    accounts.set_password(store, id=row["id"], password=password)
    return accounts.get(store, id=row["id"])


def _wanted(store: Any, secret: str) -> sa.Select[Any]:
    own = accounts.table
    wanted = sa.select(own).join(welcome, welcome.c.account == own.c.id).where(own.c.disabled.is_(False))
    return wanted.where(welcome.c.digest == digest(secret), welcome.c.expires_at > store.now)
