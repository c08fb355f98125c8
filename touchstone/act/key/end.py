"""End a key: the program that holds it is out at once."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.store import keys

WHO = ("insider", "partner")


def act(store: Any, *, key: str, name: str = "") -> dict[str, Any]:
    """What was ended: {"key", "ended"}; `key` is its id. Done twice is harmless.

    `name`: whose, your own where left out; another's takes an administrator.
    """
    account = _own.account(store, name=name)
    ended = keys.end(store, id=key, account=account.id)
    if ended:
        store.log("key.end", key=key, account=account.id)
    return {"key": key, "ended": ended}
