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
LEADS = "administrator"
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
    person: str = ""
    language: str = ""  # of pages and mails; empty: whatever the browser asks for

    @property
    def viewer(self) -> Viewer:
        """What this account may see."""
        return Viewer(self.role, self.units, self.id, self.name, self.personal, self.person, language=self.language)


def find(store: Any, *, name: str) -> Account | None:
    """The account that signs in with `name`, capitals and spaces aside; None where there is none."""
    row = _row(store, accounts.c.name == plain(name))
    return None if row is None else read(row)


def get(store: Any, *, id: str) -> Account | None:
    """The account of this id; None where there is none."""
    row = _row(store, accounts.c.id == id)
    return None if row is None else read(row)


def add(
    store: Any, *, name: str, role: str, units: Sequence[str], password: str, personal: bool = True, person: str = ""
) -> Account:
    """The account added, which without a password opens to nobody; `Refused` where the name was taken meanwhile."""
    row = {
        "id": secrets.token_hex(16),
        "name": plain(name),
        "password_hash": _hash(password or secrets.token_urlsafe(24)),
        "role": role,
        "units": list(units),
        "created_at": store.now,
        "disabled": False,
        "personal": personal,
        "stamp": _stamp(),
        "person": person or None,
        "language": "",
    }
    try:
        with store.record.writing() as connection:
            connection.execute(accounts.insert().values(row))
    except IntegrityError as error:
        raise Refused(f"there is an account named {name!r}.", field="name", todo="Choose another name.") from error
    return read(row)


def close(store: Any, *, id: str) -> None:
    """Refuses the account from now on and ends its sessions and keys; `Refused` where nobody would lead after it."""
    with store.record.writing() as connection:
        _check_led(connection, but=id, field="name")
        connection.execute(accounts.update().where(accounts.c.id == id).values(disabled=True, stamp=_stamp()))
        for each in (session, api_key):
            ended = each.update().where(each.c.account == id, each.c.ended_at.is_(None))
            connection.execute(ended.values(ended_at=store.now))


def change(store: Any, *, id: str, role: str, units: Sequence[str], personal: bool) -> None:
    """Makes an account's role and units these; `Refused` where nobody would be left to lead."""
    with store.record.writing() as connection:
        if role != LEADS:
            _check_led(connection, but=id, field="role")
        values = {"role": role, "units": list(units), "personal": personal, "stamp": _stamp()}
        connection.execute(accounts.update().where(accounts.c.id == id).values(values))


def see_personal(store: Any, *, id: str, personal: bool) -> None:
    """Shows the account's owner personal data, or hides it, from their next look on."""
    _change(store, id, personal=personal)


def speak(store: Any, *, id: str, language: str) -> None:
    """Makes the account's pages and mails come in a language; empty: in whatever the browser asks for."""
    _change(store, id, language=language)


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


def listed(*, name: str = "", role: str = "", search: str = "", closed: bool = False, most: int = 1) -> sa.Select[Any]:
    """The question for accounts by name: the one named, those of a role, whose names hold `search`; no passwords."""
    shown = [accounts.c[each] for each in ("id", "name", "role", "units", "created_at", "personal")]
    wanted = sa.select(*shown).where(accounts.c.disabled.is_(closed)).order_by(accounts.c.name).limit(most)
    wanted = wanted.where(accounts.c.name == name) if name else wanted
    wanted = wanted.where(accounts.c.role == role) if role else wanted
    return wanted.where(accounts.c.name.contains(search, autoescape=True)) if search else wanted


def counts() -> sa.Select[Any]:
    """The question for how many accounts are open, by role."""
    wanted = sa.select(accounts.c.role, sa.func.count().label("n")).where(accounts.c.disabled.is_(False))
    return wanted.group_by(accounts.c.role)


def units(store: Any, *, among: Collection[str]) -> set[str]:
    """Those of the ids `among` that are units."""
    with store.record.reading() as connection:
        return set(connection.scalars(sa.select(unit_table.c.id).where(unit_table.c.id.in_(list(among)))))


def named(ids: Collection[str]) -> sa.Select[Any]:
    """Ids and names of accounts, as a question."""
    return sa.select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(sorted(ids)))


def check_units(store: Any, given: Sequence[str]) -> None:
    """Nothing where all of `given` are units; `Refused`, beside the field `units`, where not."""
    known = units(store, among=given)
    if stray := [each for each in given if each not in known]:
        raise Refused(f"there is no unit {stray[0]!r}.", field="units", todo="Give ids from the table `unit`.")


def described(account: Account) -> dict[str, Any]:
    """An account as actions tell of it."""
    said = {"account": account.id, "name": account.name, "role": account.role, "units": list(account.units)}
    return said | {"personal": account.personal} | ({"person": account.person} if account.person else {})


def plain(name: str) -> str:
    """The name as it is kept: small letters, single spaces, so that no two accounts look alike."""
    return " ".join(name.casefold().split())


def _row(store: Any, condition: sa.ColumnElement[bool]) -> sa.RowMapping | None:
    with store.record.reading() as connection:
        row: sa.RowMapping | None = connection.execute(sa.select(accounts).where(condition)).mappings().first()
    return row


def _check_led(connection: sa.Connection, *, but: str, field: str) -> None:
    """Nothing where `but` is no administrator, or not the last.

    Asked in the transaction that changes it: of two who step down at once, each relying on the other, one stays.
    """
    leading = sa.select(accounts.c.id).where(accounts.c.role == LEADS, accounts.c.disabled.is_(False))
    if set(connection.execute(leading).scalars()) == {but}:
        raise Refused("this is the last administrator.", field=field, todo="Make another account one first.")


def _change(store: Any, id: str, **columns: Any) -> None:
    with store.record.writing() as connection:
        connection.execute(accounts.update().where(accounts.c.id == id).values(columns))


def read(row: Any) -> Account:
    """The account that a row of the record says."""
    said = (row["id"], row["name"], row["role"], tuple(row["units"]), row["disabled"], row["stamp"])
    return Account(*said, bool(row["personal"]), row["person"] or "", row["language"])


def _hash(password: str) -> str:
    with _TURNS:
        return _HASHER.hash(password)


def _stamp() -> str:
    return secrets.token_urlsafe(12)


@cache
def _nobody() -> str:
    """A hash nobody's password has, checked where there is no account."""
    return _hash(secrets.token_urlsafe(24))
