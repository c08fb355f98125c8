"""Confirm a second factor: its first code puts it in force."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.store import factors, sessions

WHO = ("insider", "partner", "customer")
ONCE = ("recovery_codes",)


def act(store: Any, *, code: str, name: str = "") -> dict[str, Any]:
    """The recovery codes, told this once: {"account", "recovery_codes"}; your other sessions end.

    From now on signing in takes a code, and programs a key. `name`: whose, at the machine itself alone.
    """
    account = _own.mine(store, name=name)
    codes = factors.confirm(store, account=account.id, code=code)
    sessions.end_all(store, account=account.id, but=store.viewer.session)
    store.log("second_factor.confirm", account=account.id)
    return {"account": account.id, "recovery_codes": codes}
