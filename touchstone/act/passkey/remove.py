"""Remove a passkey: one's own, or as an administrator, that of someone who lost the device."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.store import passkeys, sessions

WHO = ("insider", "partner", "customer")


def act(store: Any, *, passkey: str, password: str = "", name: str = "") -> dict[str, Any]:
    """What was removed: {"passkey", "removed"}; the account's other sessions end.

    `passkey` is its id. Your own takes your password. `name`: whose, for an administrator. Without any factor left the
    password alone opens the account again. Done twice is harmless.
    """
    account = _own.account(store, name=name)
    if account.id == store.viewer.account:
        _own.check_password(store, account, password, field="password")
    removed = passkeys.remove(store, account=account.id, id=passkey)
    if removed:
        sessions.end_all(store, account=account.id, but=store.viewer.session)
        store.log("passkey.remove", account=account.id)
    return {"passkey": passkey, "removed": removed}
