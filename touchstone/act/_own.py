"""Whose account an action is about: one's own, or for an administrator, anybody's."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.rules import who
from touchstone.store import accounts


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
