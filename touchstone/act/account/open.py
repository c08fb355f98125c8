"""Open an account: of someone inside, of a partner, who sees the units named, or of a customer, who sees their own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.rules import password as passwords
from touchstone.rules import who
from touchstone.store import accounts, persons

WHO = ("administrator",)
ONCE = ("password",)


def act(
    store: Any,
    *,
    name: str,
    role: str = "partner",
    units: Sequence[str] = (),
    password: str | None = None,
    existing: bool = False,
    personal: bool = True,
    person: str = "",
) -> dict[str, Any]:
    """The account opened: {"account", "name", "role", "units", "personal"}, and "password" where one was made.

    `role` is administrator, insight, contact_centre, marketing, executive, partner_administrator, partner_staff or
    customer; insider and partner alone mean the administrator. `name` is what its owner signs in with (an address,
    say); `units` are the ids of the units a partner may see, whose descendants come with them. `personal`: whether an
    insider sees personal data (partners never do). `person` is the id of the one a customer's account belongs to. A
    name that is taken is `Refused`, unless `existing` lets the account stand.
    """
    name = accounts.plain(name)
    if not 3 <= len(name) <= 200:
        raise Refused("a name has 3 to 200 characters.", field="name", todo="Give an address, say.")
    taken = accounts.find(store, name=name)
    if taken is not None:
        return _standing(taken, existing)
    role = who.named(role, units=units)
    inside = Viewer(role).side == "insider"
    if personal and inside:
        who.check_personal(store.viewer, what="an account that sees personal data")
    accounts.check_units(store, units)
    _check_person(store, role, person)
    made = None if password else secrets.token_urlsafe(15)
    passwords.check(password or made or "", email=name)
    account = accounts.add(store, name=name, role=role, units=units, password=password or made or "",
                           personal=personal and inside, person=person)  # fmt: skip
    store.log("account.open", account=account.id)
    return accounts.described(account) | ({"password": made} if made else {})


def _standing(account: accounts.Account, existing: bool) -> dict[str, Any]:
    if not existing:
        raise Refused(f"there is an account named {account.name!r}.", field="name", todo="Choose another name.")
    return accounts.described(account)


def _check_person(store: Any, role: str, person: str) -> None:
    """A customer's account belongs to somebody who is known, no other to anybody."""
    if (role == "customer") != bool(person):
        what = "a customer's account belongs to a person." if not person else f"the role {role} belongs to nobody."
        raise Refused(what, field="person", todo="Give the id of a person to a customer alone.")
    if person and not persons.knows(store, id=person):
        raise Refused(f"nobody is known as {person!r}.", field="person", todo="Give the id of a person.")
