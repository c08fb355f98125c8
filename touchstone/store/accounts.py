"""Accounts in the record: names, roles, units, and passwords as Argon2id hashes (RFC 9106, second recommendation)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.exc import IntegrityError

from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.rules.throttle import Tries
from touchstone.store._live_people import api_key, session
from touchstone.store.tables import account as accounts
from touchstone.store.tables import unit as unit_table

_HASHER = PasswordHasher()
table = accounts
TRIES = Tries()
"""Wrong passwords and codes of those who are in already; the door counts its own."""
_TURNS = threading.BoundedSemaphore(2)
"""At most two hashes at once: each takes 64 MiB."""


@dataclass(frozen=True)
class Account:
    """Who may sign in. `stamp` changes with the password; a `closed` account is refused everywhere."""

    id: str
    name: str
    role: str
    units: tuple[str, ...]
    closed: bool
    stamp: str
    personal: bool = True

    @property
    def viewer(self) -> Viewer:
        """What this account may see."""
        return Viewer(self.role, self.units, self.id, self.name, self.personal)


def find(store: Any, *, name: str) -> Account | None:
    """The account that signs in with `name`, capitals and spaces aside; None where there is none."""
    row = _row(store, accounts.c.name == plain(name))
    return None if row is None else read(row)


def get(store: Any, *, id: str) -> Account | None:
    """The account of this id; None where there is none."""
    row = _row(store, accounts.c.id == id)
    return None if row is None else read(row)


def add(store: Any, *, name: str, role: str, units: Sequence[str], password: str, personal: bool = True) -> Account:
    """The account added; `Refused` where the name was taken meanwhile."""
    row = {
        "id": secrets.token_hex(16),
        "name": plain(name),
        "password_hash": _hash(password),
        "role": role,
        "units": list(units),
        "created_at": store.now,
        "disabled": False,
        "personal": personal,
        "stamp": _stamp(),
    }
    try:
        with store.record.writing() as connection:
            connection.execute(accounts.insert().values(row))
    except IntegrityError as error:
        raise Refused(f"there is an account named {name!r}.", field="name", todo="Choose another name.") from error
    return read(row)


def close(store: Any, *, id: str) -> None:
    """Refuses the account from now on and ends its sessions and keys."""
    with store.record.writing() as connection:
        connection.execute(accounts.update().where(accounts.c.id == id).values(disabled=True, stamp=_stamp()))
        for each in (session, api_key):
            ended = each.update().where(each.c.account == id, each.c.ended_at.is_(None))
            connection.execute(ended.values(ended_at=store.now))


def see_personal(store: Any, *, id: str, personal: bool) -> None:
    """Shows the account's owner personal data, or hides it, from their next look on."""
    _change(store, id, personal=personal)


def set_password(store: Any, *, id: str, password: str) -> None:
    """Makes `password` the account's; what was remembered of the old one is worth nothing."""
    _change(store, id, password_hash=_hash(password), stamp=_stamp())


def verify(store: Any, *, name: str, password: str) -> Account | None:
    """The open account of this name and password, else None; takes as long for a name that nobody has."""
    row = _row(store, accounts.c.name == plain(name))
    expected = row["password_hash"] if row else _nobody()
    with _TURNS:
        try:
            _HASHER.verify(expected, password)
        except (VerifyMismatchError, InvalidHashError):
            return None
    return None if row is None or row["disabled"] else read(row)


def units(store: Any, *, among: Collection[str]) -> set[str]:
    """Those of the ids `among` that are units."""
    with store.record.reading() as connection:
        return set(connection.scalars(sa.select(unit_table.c.id).where(unit_table.c.id.in_(list(among)))))


def named(ids: Collection[str]) -> sa.Select[Any]:
    """Ids and names of accounts, as a question."""
    return sa.select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(sorted(ids)))


def plain(name: str) -> str:
    """The name as it is kept: small letters, single spaces, so that no two accounts look alike."""
    return " ".join(name.casefold().split())


def _row(store: Any, condition: sa.ColumnElement[bool]) -> sa.RowMapping | None:
    with store.record.reading() as connection:
        row: sa.RowMapping | None = connection.execute(sa.select(accounts).where(condition)).mappings().first()
    return row


def _change(store: Any, id: str, **columns: Any) -> None:
    with store.record.writing() as connection:
        connection.execute(accounts.update().where(accounts.c.id == id).values(columns))


def read(row: Any) -> Account:
    """The account that a row of the record says."""
    said = (row["id"], row["name"], row["role"], tuple(row["units"]), row["disabled"], row["stamp"])
    return Account(*said, bool(row["personal"]))


def _hash(password: str) -> str:
    with _TURNS:
        return _HASHER.hash(password)


def _stamp() -> str:
    return secrets.token_urlsafe(12)


@cache
def _nobody() -> str:
    """A hash nobody's password has, checked where there is no account."""
    return _hash(secrets.token_urlsafe(24))
