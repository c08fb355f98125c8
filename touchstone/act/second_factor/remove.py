"""Remove a second factor: one's own, or as an administrator, that of someone who lost it."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.store import factors, sessions

WHO = ("insider", "partner", "customer")


def act(store: Any, *, password: str = "", name: str = "") -> dict[str, Any]:
    """The account that signs in by password alone from now on: {"account", "removed"}; its other sessions end.

    Your own takes your password. `name`: whose, for an administrator. Done twice is harmless.
    """
    account = _own.account(store, name=name)
    if account.id == store.viewer.account:
        _own.check_password(store, account, password, field="password")
    removed = factors.remove(store, account=account.id)
    if removed:
        sessions.end_all(store, account=account.id, but=store.viewer.session)
        store.log("second_factor.remove", account=account.id)
    return {"account": account.id, "removed": removed}
