"""Second factors in the record: a secret sealed with the home's own, codes taken once, recovery codes as hashes."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from touchstone.core.errors import Refused
from touchstone.rules import second_factor as codes
from touchstone.store import accounts
from touchstone.store import secret as sealing
from touchstone.store._live_people import second_factor as factors

_TODO = "Remove it first, or keep it."


def begin(store: Any, *, account: str) -> str:
    """A fresh secret, which asks nobody for anything until it is confirmed; `Refused` where one is in force."""
    made = codes.fresh()
    row = {
        "account": account,
        "secret": sealing.seal(store.path, made),
        "created_at": store.now,
        "step": 0,
        "codes": [],
    }
    with store.record.writing() as connection:
        if (known := _row(connection, account)) and known["confirmed_at"]:
            raise Refused("this account has a second factor.", where="second_factor", todo=_TODO)
        connection.execute(factors.delete().where(factors.c.account == account))
        connection.execute(factors.insert().values(row))
    return made


def waiting(store: Any, *, account: str) -> str:
    """The secret that waits to be confirmed; empty where none does."""
    with store.record.reading() as connection:
        row = _row(connection, account)
    return sealing.unseal(store.path, row["secret"]) if row and not row["confirmed_at"] else ""


def confirm(store: Any, *, account: str, code: str) -> list[str]:
    """The recovery codes, told this once; from now on the factor is asked for, and remembered passwords are not.

    `Refused`, beside `code`, where it is not one of the secret that waits.
    """
    made = codes.recovery()
    with store.record.writing() as connection:
        row = _row(connection, account)
        if row is None or row["confirmed_at"]:
            raise Refused("no second factor waits to be confirmed.", where="second_factor", todo="Begin one.")
        step = _step(store, row, code)
        if step is None:
            raise Refused("this is not the code of now.", field="code", todo="Type the one your program shows.")
        digests = [codes.digest(each) for each in made]
        own = factors.c.account == account
        connection.execute(factors.update().where(own).values(confirmed_at=store.now, step=step, codes=digests))
        stamp = {"stamp": secrets.token_urlsafe(12)}
        connection.execute(accounts.table.update().where(accounts.table.c.id == account).values(stamp))
    return made


def confirmed(store: Any, *, account: str) -> bool:
    """Whether an account is asked for a second factor."""
    with store.record.reading() as connection:
        row = _row(connection, account)
    return bool(row and row["confirmed_at"])


def verify(store: Any, *, account: str, code: str) -> bool:
    """Whether this is a code of the account's factor, or one of its recovery codes; each is taken once."""
    with store.record.writing() as connection:
        row = _row(connection, account)
        if row is None or not row["confirmed_at"]:
            return False
        step, left = _step(store, row, code), [each for each in row["codes"] if each != codes.digest(code)]
        if step is None and len(left) == len(row["codes"]):
            return False
        change: dict[str, Any] = {"codes": left} if step is None else {"step": step}
        connection.execute(factors.update().where(factors.c.account == account).values(change))
    return True


def remove(store: Any, *, account: str) -> int:
    """How many were removed: one or none."""
    with store.record.writing() as connection:
        return int(connection.execute(factors.delete().where(factors.c.account == account)).rowcount)


def _row(connection: sa.Connection, account: str) -> sa.RowMapping | None:
    return connection.execute(sa.select(factors).where(factors.c.account == account)).mappings().first()


def _step(store: Any, row: Any, code: str) -> int | None:
    secret = sealing.unseal(store.path, row["secret"])
    return codes.step(secret, code, now=store.now, last=row["step"]) if secret else None
