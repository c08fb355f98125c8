"""Invite a customer to their own page: an account of theirs, and a link by which they choose a password, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from touchstone.core.errors import Refused
from touchstone.core.translation import said
from touchstone.rules import consent, contacts, who
from touchstone.store import accounts, outbox, persons, welcome

WHO = ("contact_centre",)
ONCE = ("link",)
_SUBJECT = "Your own page with us"
_TEXT = (
    "On a page of your own you see what you told us and what became of it, say what is new, choose what we may do,\n"
    "and download or erase all that is kept of you.\n\n"
    "Choose a password here, within {days} days: {link}\n\n"
    "The link opens once. If you did not ask for it, leave it: nothing happens.\n"
)


def act(store: Any, *, person: str, name: str = "", days: int = 7) -> dict[str, Any]:
    """The account, and how its owner comes in: {"account", "name", "sent"} or {…, "link"}, told once.

    The link goes to the mail address that is known of the person, whose account is named so; where they have none, may
    not be written to, or `name` is another, it is given back to be handed over. It lasts for `days` (30 at most); a
    further one ends it. `Refused`: nobody of this id, and a name that somebody else's account has.
    """
    who.check_personal(store.viewer, what="account.invite")
    row = persons.find(store, id=person)
    if row is None:
        raise Refused(f"nobody is known as {person!r}.", field="person", todo="Give the id of a person.")
    if not 1 <= days <= 30:
        raise Refused("an invitation lasts 1 to 30 days.", field="days", todo="Send another later.")
    known = contacts.mail(row["contacts"])
    account = _account(store, person, accounts.plain(name or known))
    until = store.now + timedelta(days=days)
    token = welcome.make(store, account=account.id, person=person, until=until)
    told = {"account": account.id, "name": account.name, "expires_at": until.isoformat()}
    store.log("account.invite", account=account.id, person=person)
    path = f"/welcome/{token}"
    if store.settings.address and account.name == accounts.plain(known) and consent.may(row["consents"], "answer"):
        link = store.settings.address.rstrip("/") + path
        outbox.put(
            store, kind="mail", to=known, subject=said(_SUBJECT, account.language),
            text=said(_TEXT.format(link=link, days=days), account.language), person=person,
            purpose="answer", key=f"welcome {welcome.digest(token)}",
        )  # fmt: skip
        return told | {"sent": True}
    return told | {"link": store.settings.address.rstrip("/") + path}


def _account(store: Any, person: str, name: str) -> accounts.Account:
    """The customer's account of this name, opened where there is none."""
    if not 3 <= len(name) <= 200:
        raise Refused("no mail address of theirs is known.", field="name", todo="Say what they shall sign in with.")
    found = accounts.find(store, name=name)
    if found is None:
        return accounts.add(store, name=name, role="customer", units=(), password="", personal=False, person=person)
    if found.person != person or found.closed:
        raise Refused(f"there is an account named {name!r}.", field="name", todo="Choose another name.")
    return found
