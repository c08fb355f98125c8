"""Close an account: its owner is out at once, everywhere."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import accounts

WHO = ("administrator",)


def act(store: Any, *, name: str) -> dict[str, Any]:
    """The account closed: {"account", "name"}; its sessions and its password are worth nothing from now on.

    Done twice is harmless. Refused: a name nobody has, one's own account, so that nobody locks himself out, and the
    last administrator's.
    """
    account = accounts.find(store, name=name)
    if account is None:
        raise Refused(f"there is no account named {name!r}.", field="name", todo="Look at its spelling.")
    if account.id == store.viewer.account:
        raise Refused("this is your own account.", field="name", todo="Ask another insider to close it.")
    if not account.closed:
        accounts.close(store, id=account.id)
        store.log("account.close", account=account.id)
    return {"account": account.id, "name": account.name}
