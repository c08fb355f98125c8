"""Show the owner of an account personal data, or hide it from them."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.rules import who
from touchstone.store import accounts

WHO = ("administrator",)


def act(store: Any, *, name: str, personal: bool) -> dict[str, Any]:
    """What the account named so sees from now on: {"account", "name", "personal"}.

    Addresses of every kind and the names of customers are hidden from who does not see personal data, wherever they
    look. `Refused`: a name nobody has, a partner's account, and whoever does not see it themselves and would show it.
    """
    account = accounts.find(store, name=name)
    if account is None:
        raise Refused(f"there is no account named {name!r}.", field="name", todo="Look at its spelling.")
    if personal:
        who.check_personal(store.viewer, what="account.personal")
        if account.viewer.side != "insider":
            raise Refused("a partner sees no personal data.", field="personal", todo="Open an insider's account.")
    if account.personal != personal:
        accounts.see_personal(store, id=account.id, personal=personal)
        store.log("account.personal", account=account.id, personal=personal)
    return {"account": account.id, "name": account.name, "personal": personal}
