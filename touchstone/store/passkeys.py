"""Passkeys in the record: public keys of devices, and challenges that are signed once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from touchstone.core.errors import Refused
from touchstone.rules import second_factor as codes
from touchstone.store import factors
from touchstone.store._live_people import passkey, passkey_challenge

WITHIN = timedelta(minutes=5)
"""How long a challenge may be signed."""
MOST = 20
"""Passkeys of one account."""


@dataclass(frozen=True)
class Passkey:
    """A device's key: its public half, and how often the device says that it signed."""

    id: str
    public_key: bytes
    sign_count: int


def challenge(store: Any, *, account: str, purpose: str) -> tuple[str, bytes]:
    """A fresh challenge for one purpose of one account, and the id under which it is asked for."""
    id, made = secrets.token_urlsafe(16), secrets.token_bytes(64)
    row = {"id": id, "account": account, "purpose": purpose, "challenge": made, "expires_at": store.now + WITHIN}
    with store.record.writing() as connection:
        connection.execute(sa.delete(passkey_challenge).where(passkey_challenge.c.expires_at <= store.now))
        connection.execute(passkey_challenge.insert().values(row))
    return id, made


def taken(store: Any, *, id: str, account: str, purpose: str) -> bytes | None:
    """The challenge, which is gone from now on; None where it was taken before, ran out or is another's."""
    own = passkey_challenge.c
    with store.record.writing() as connection:
        row = connection.execute(sa.select(passkey_challenge).where(own.id == id)).mappings().first()
        connection.execute(sa.delete(passkey_challenge).where(own.id == id))
    if row is None or (row["account"], row["purpose"]) != (account, purpose) or row["expires_at"] <= store.now:
        return None
    return bytes(row["challenge"])


def held(store: Any, *, account: str) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    with store.record.reading() as connection:
        rows = connection.execute(standing(account=account)).mappings()
        return [Passkey(row["id"], bytes(row["public_key"]), row["sign_count"]) for row in rows]


def add(store: Any, *, account: str, name: str, key: Passkey) -> list[str]:
    """Recovery codes, told this once, where the account had no second factor yet; else none.

    `Refused`: a key that is known already, and too many.
    """
    made = codes.recovery()
    row = {"id": key.id, "account": account, "name": name, "public_key": key.public_key, "created_at": store.now}
    with store.record.writing() as connection:
        own = connection.execute(sa.select(passkey.c.id).where(passkey.c.account == account)).scalars().all()
        if connection.execute(sa.select(passkey.c.id).where(passkey.c.id == key.id)).first() is not None:
            raise Refused("this passkey is known already.", field="credential", todo="Use another device.")
        if len(own) >= MOST:
            raise Refused(f"an account has {MOST} passkeys at most.", field="name", todo="Remove one first.")
        before = factors.in_force(connection, account)
        connection.execute(passkey.insert().values({**row, "sign_count": key.sign_count}))
        if before:
            return []
        factors.keep_codes(connection, store, account=account, codes=made)
    return made


def used(store: Any, *, account: str, id: str, verify: Callable[[Passkey], int | None]) -> bool:
    """Whether `verify` finds that this key of the account signed, and so says its new count; kept with it."""
    with store.record.writing() as connection:
        row = connection.execute(standing(account=account).where(passkey.c.id == id)).mappings().first()
        count = verify(Passkey(row["id"], bytes(row["public_key"]), row["sign_count"])) if row else None
        if count is None:
            return False
        change = {"sign_count": count, "used_at": store.now}
        connection.execute(passkey.update().where(passkey.c.id == id).values(change))
    return True


def rename(store: Any, *, account: str, id: str, name: str) -> int:
    """How many were renamed: one or none."""
    own = (passkey.c.id == id) & (passkey.c.account == account)
    with store.record.writing() as connection:
        return int(connection.execute(passkey.update().where(own).values(name=name)).rowcount)


def remove(store: Any, *, account: str, id: str) -> int:
    """How many were removed: one or none; with the last factor of an account its recovery codes go."""
    own = (passkey.c.id == id) & (passkey.c.account == account)
    with store.record.writing() as connection:
        gone = int(connection.execute(sa.delete(passkey).where(own)).rowcount)
        factors.tidy(connection, account)
    return gone


def standing(*, account: str) -> sa.Select[Any]:
    """The question for the passkeys of an account."""
    return sa.select(passkey).where(passkey.c.account == account).order_by(passkey.c.created_at, passkey.c.id)
