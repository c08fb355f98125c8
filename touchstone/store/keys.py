"""Keys of programs in the record: shown once, kept as hashes, looked up at every request, ended at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.store import accounts, sessions
from touchstone.store._live_people import api_key as keys

PREFIX = "ts_"
"""What every key begins with, so that one left lying in a file is found."""


@dataclass(frozen=True)
class Key:
    """A key that stands: the account it opens, as it is now, and what of it."""

    id: str
    account: accounts.Account
    scopes: tuple[str, ...]

    @property
    def viewer(self) -> Viewer:
        """Who comes with it."""
        return replace(self.account.viewer, key=self.id, scopes=self.scopes)


def make(store: Any, *, account: str, name: str, scopes: Sequence[str], until: datetime) -> tuple[str, str]:
    """The id of a new key and its secret, which is kept nowhere; `Refused` where a standing one is named so."""
    secret = PREFIX + secrets.token_urlsafe(32)
    now = store.now
    row = {
        "id": secrets.token_hex(8), "account": account, "name": name, "digest": digest(secret), "scopes": list(scopes),
        "created_at": now, "expires_at": until,
    }  # fmt: skip
    with store.record.writing() as connection:
        same = standing(now, account=account).where(keys.c.name == name)
        if connection.execute(same).first() is not None:
            raise Refused(f"there is a key named {name!r}.", field="label", todo="End it first, or name another.")
        connection.execute(keys.insert().values(row))
    return str(row["id"]), secret


def find(store: Any, *, secret: str) -> Key | None:
    """The key of this secret; None where it was ended, ran out or never was, or its account is closed.

    That it was used is written once a minute, beside the request.
    """
    own, now = accounts.table, store.now
    more = (keys.c.id.label("key"), keys.c.scopes, keys.c.used_at)
    wanted = sa.select(own, *more).join(keys, keys.c.account == own.c.id)
    with store.record.reading() as connection:
        row = connection.execute(wanted.where(keys.c.digest == digest(secret), _stands(now))).mappings().first()
    if row is None or row["disabled"]:
        return None
    if row["used_at"] is None or now - row["used_at"] >= sessions.NOTED:
        sessions.later(store, keys.update().where(keys.c.id == row["key"]).values(used_at=now))
    return Key(row["key"], accounts.read(row), tuple(row["scopes"]))


def end(store: Any, *, id: str, account: str = "") -> int:
    """How many were ended: one, or none where it had ended before or is not that account's."""
    conditions = [keys.c.id == id, keys.c.ended_at.is_(None), *([keys.c.account == account] if account else [])]
    with store.record.writing() as connection:
        return int(connection.execute(keys.update().where(*conditions).values(ended_at=store.now)).rowcount)


def standing(now: datetime, *, account: str) -> sa.Select[Any]:
    """The question for the keys of an account that stand, the newest first."""
    return sa.select(keys).where(keys.c.account == account, _stands(now)).order_by(keys.c.created_at.desc(), keys.c.id)


def digest(secret: str) -> str:
    """What is kept of a secret of 256 random bits: nobody guesses it back, so it needs neither salt nor slowness."""
    return sha256(secret.encode()).hexdigest()


def _stands(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(keys.c.ended_at.is_(None), keys.c.expires_at > now)
