"""Whose account an action is about: one's own, or for an administrator, anybody's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from touchstone.core.errors import Refused
from touchstone.core.viewer import INSIDER
from touchstone.rules import throttle, who
from touchstone.store import accounts, persons


def account(store: Any, *, name: str) -> accounts.Account:
    """The account of the viewer, or the one named; `Refused`, beside `name`, where there is none or it is another's.

    Whoever sees no personal data reaches no account that does: they would see it there.
    """
    viewer = store.viewer
    if not name and not viewer.account:
        raise Refused("you come without an account.", field="name", todo="Say whose account you mean.")
    if name and accounts.plain(name) != viewer.name:
        who.check(viewer, who=("administrator",), what="another's account")
    found = accounts.find(store, name=name) if name else accounts.get(store, id=viewer.account)
    if found is None or found.closed:
        raise Refused(f"there is no open account named {name!r}.", field="name", todo="Look at its spelling.")
    if found.id != viewer.account and found.personal:
        who.check_personal(viewer, what="an account that sees personal data")
    return found


def check_person(store: Any, person: str) -> None:
    """Nothing where an action may be about this person: a customer reaches themselves alone.

    `Refused`, beside `person`, and to a customer the same whether that id is anybody's or nobody's.
    """
    if store.viewer.side == "customer" and person != store.viewer.person:
        raise Refused("this is not you.", field="person", todo="Leave it as your page has it.")
    if not persons.knows(store, id=person):
        todo = "Give the id of a person; one who was erased is not known any more."
        raise Refused(f"nobody is known as {person!r}.", field="person", todo=todo)


def hands(store: Any) -> Any:
    """The store as it writes for a customer what is theirs to decide; the log says that it was they."""
    viewer = store.viewer
    if viewer.side != "customer":
        return store
    return store.as_viewer(replace(INSIDER, account=viewer.account, key=viewer.key))


def mine(store: Any, *, name: str) -> accounts.Account:
    """The account of the viewer; at the machine itself, where nobody has signed in, the one named.

    What acts as its owner is made by its owner.
    """
    found = account(store, name=name)
    if store.viewer.account and found.id != store.viewer.account:
        raise Refused("this acts as its owner.", field="name", todo="Let them make it.")
    return found


def check_password(store: Any, account: accounts.Account, password: str, *, field: str) -> None:
    """Nothing where the viewer knows their password, or comes from the machine; `Refused` beside `field` where not.

    After a few wrong ones, tries must wait.
    """
    if account.id != store.viewer.account:
        return
    now, own = store.now, {account.id: throttle.FREE}
    if pause := accounts.TRIES.take(own, now=now):
        raise Refused("too many wrong passwords.", field=field, todo=f"Wait {int(pause) + 1} s.")
    if accounts.verify(store, name=account.name, password=password) is None:
        raise Refused("this is not your password.", field=field, todo="Type the one you sign in with.")
    accounts.TRIES.forgive(own, now=now)
