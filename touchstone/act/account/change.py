"""Change an account: its role, and the units a partner sees; whoever is signed in as it signs in anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.act import _own
from touchstone.core.errors import Refused
from touchstone.core.viewer import ROLES
from touchstone.rules import who
from touchstone.store import accounts, sessions

WHO = ("administrator",)


def act(store: Any, *, name: str, role: str = "", units: Sequence[str] = ()) -> dict[str, Any]:
    """What the account is from now on: {"account", "name", "role", "units", "personal", "ended"}.

    `role` left out stays; `units` are those of a partner from now on. Its sessions end (but the one you are in), its
    keys open what the new role opens. Who becomes a partner sees no personal data, and does not see it again by coming
    back inside. Done twice is harmless. `Refused`: the last administrator's other role, and a customer's account, which
    belongs to one person.
    """
    account = _own.account(store, name=name)
    role = who.named(role or account.role, units=units)
    if "customer" in (account.role, role) and role != account.role:
        raise Refused("a customer's account belongs to one person.", field="role", todo="Open another account.")
    accounts.check_units(store, units)
    changed = (role, tuple(units)) != (account.role, account.units)
    ended = 0
    if changed:
        personal = account.personal and ROLES[role] == "insider"
        accounts.change(store, id=account.id, role=role, units=units, personal=personal)
        ended = sessions.end_all(store, account=account.id, but=store.viewer.session)
        store.log("account.change", account=account.id, role=role, units=list(units))
    found = accounts.get(store, id=account.id) or account
    return accounts.described(found) | {"ended": ended}
