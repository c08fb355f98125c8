"""Second factors in the record: a secret sealed with the home's own, codes taken once, recovery codes as hashes."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from touchstone.core.errors import Refused
from touchstone.rules import second_factor
from touchstone.rules.second_factor import digest
from touchstone.store import accounts
from touchstone.store import secret as sealing
from touchstone.store._live_people import passkey
from touchstone.store._live_people import second_factor as factors

_TODO = "Remove it first, or keep it."


def begin(store: Any, *, account: str) -> str:
    """A fresh secret, which asks nobody for anything until it is confirmed; `Refused` where one is in force."""
    made = second_factor.fresh()
    with store.record.writing() as connection:
        known = _row(connection, account)
        if known and known["confirmed_at"]:
            raise Refused("this account has a second factor.", where="second_factor", todo=_TODO)
        _write(connection, store, account, secret=made, codes=known["codes"] if known else [], waits=True)
    return made


def keep_codes(connection: sa.Connection, store: Any, *, account: str, codes: list[str]) -> None:
    """Makes these the recovery codes of an account whose first factor is a passkey."""
    _write(connection, store, account, secret="", codes=[digest(each) for each in codes], waits=False)


def waiting(store: Any, *, account: str) -> str:
    """The secret that waits to be confirmed; empty where none does."""
    with store.record.reading() as connection:
        row = _row(connection, account)
    return sealing.unseal(store.path, row["secret"]) if row and row["waits"] and not row["confirmed_at"] else ""


def confirm(store: Any, *, account: str, code: str) -> list[str]:
    """The recovery codes, told this once; from now on the factor is asked for, and remembered passwords are not.

    `Refused`, beside `code`, where it is not one of the secret that waits.
    """
    made = second_factor.recovery()
    with store.record.writing() as connection:
        row = _row(connection, account)
        if row is None or row["confirmed_at"] or not row["waits"]:
            raise Refused("no second factor waits to be confirmed.", where="second_factor", todo="Begin one.")
        step = _step(store, row, code)
        if step is None:
            raise Refused("this is not the code of now.", field="code", todo="Type the one your program shows.")
        digests = [digest(each) for each in made]
        fresh = {"confirmed_at": store.now, "step": step, "codes": digests, "waits": False}
        connection.execute(factors.update().where(factors.c.account == account).values(fresh))
        stamp = {"stamp": secrets.token_urlsafe(12)}
        connection.execute(accounts.table.update().where(accounts.table.c.id == account).values(stamp))
    return made


def confirmed(store: Any, *, account: str) -> bool:
    """Whether an account is asked for a second factor."""
    with store.record.reading() as connection:
        return in_force(connection, account)


def in_force(connection: sa.Connection, account: str) -> bool:
    """Whether the account has a program that was confirmed, or a passkey."""
    row = _row(connection, account)
    return bool(row and row["confirmed_at"]) or _has_passkey(connection, account)


def verify(store: Any, *, account: str, code: str) -> bool:
    """Whether this is a code of the account's factor, or one of its recovery codes; each is taken once."""
    with store.record.writing() as connection:
        row = _row(connection, account)
        if row is None or not in_force(connection, account):
            return False
        step = _step(store, row, code) if row["confirmed_at"] else None
        left = [each for each in row["codes"] if each != digest(code)]
        if step is None and len(left) == len(row["codes"]):
            return False
        change: dict[str, Any] = {"codes": left} if step is None else {"step": step}
        connection.execute(factors.update().where(factors.c.account == account).values(change))
    return True


def remove(store: Any, *, account: str) -> int:
    """How many were removed: one or none; every passkey goes too."""
    with store.record.writing() as connection:
        keys = connection.execute(passkey.delete().where(passkey.c.account == account)).rowcount
        gone = connection.execute(factors.delete().where(factors.c.account == account)).rowcount
    return int(bool(gone or keys))


def tidy(connection: sa.Connection, account: str) -> None:
    """Takes out the recovery codes of an account that no factor is left of."""
    row = _row(connection, account)
    if row and not row["waits"] and not in_force(connection, account):
        connection.execute(factors.delete().where(factors.c.account == account))


def _write(connection: sa.Connection, store: Any, account: str, *, secret: str, codes: list[str], waits: bool) -> None:
    """Puts a row that is not confirmed in the place of the account's."""
    row = {"account": account, "secret": sealing.seal(store.path, secret), "created_at": store.now, "step": 0}
    connection.execute(factors.delete().where(factors.c.account == account))
    connection.execute(factors.insert().values({**row, "codes": codes, "waits": waits}))


def _has_passkey(connection: sa.Connection, account: str) -> bool:
    return connection.execute(sa.select(passkey.c.id).where(passkey.c.account == account)).first() is not None


def _row(connection: sa.Connection, account: str) -> sa.RowMapping | None:
    return connection.execute(sa.select(factors).where(factors.c.account == account)).mappings().first()


def _step(store: Any, row: Any, code: str) -> int | None:
    secret = sealing.unseal(store.path, row["secret"])
    return second_factor.step(secret, code, now=store.now, last=row["step"]) if secret else None
