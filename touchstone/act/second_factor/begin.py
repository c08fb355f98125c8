"""Begin a second factor: a secret for an authenticator program, asked for once it is confirmed."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.rules import second_factor
from touchstone.store import factors

WHO = ("insider", "partner", "customer")


def act(store: Any, *, password: str = "", name: str = "") -> dict[str, Any]:
    """The secret, as text and as the address that a QR code says: {"secret", "address"}.

    It takes your password. `name`: whose, at the machine itself alone. `Refused`: where one is in force already.
    """
    account = _own.mine(store, name=name)
    _own.check_password(store, account, password, field="password")
    secret = factors.begin(store, account=account.id)
    store.log("second_factor.begin", account=account.id)
    return {"secret": secret, "address": second_factor.address(secret, name=account.name)}
