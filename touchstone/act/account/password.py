"""Change a password: one's own, or as an administrator, another's; other sessions end."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.core.errors import Refused
from touchstone.rules import password as passwords
from touchstone.store import accounts, sessions

WHO = ("insider", "partner", "customer")


def act(store: Any, *, password: str, old_password: str = "", name: str = "") -> dict[str, Any]:
    """The account whose password this is from now on, and how many sessions ended: {"account", "ended"}.

    Your own takes the old password, and leaves the session you are in. `name`: whose, for an administrator who sets it
    anew for someone who forgot it. `Refused`: a wrong old password (after a few, tries must wait), the same again.
    """
    account = _own.account(store, name=name)
    _own.check_password(store, account, old_password, field="old_password")
    passwords.check(password, email=account.name)
    if accounts.verify(store, name=account.name, password=password) is not None:
        raise Refused("this is the password already.", field="password", todo="Choose another.")
    accounts.set_password(store, id=account.id, password=password)
    ended = sessions.end_all(store, account=account.id, but=store.viewer.session)
    store.log("account.password", account=account.id)
    return {"account": account.id, "ended": ended}
