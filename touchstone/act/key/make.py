"""Make a key for a program: it is told once, and opens what its scopes name of what its account may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from touchstone.act import _own
from touchstone.core.errors import Refused
from touchstone.rules import scope
from touchstone.store import keys

WHO = ("insider", "partner")
ONCE = ("key",)
_LONGEST = 366


def act(store: Any, *, label: str, scopes: Sequence[str] = ("read",), days: int = 90, name: str = "") -> dict[str, Any]:
    """The key made: {"key", "id", "label", "scopes", "expires_at"}; `key` is kept nowhere and never told again.

    `label` is what you call it; `scopes` are read, measure, decide, pages, receive and act; it lasts for `days` (366 at
    most). `name`: for whose account, at the machine itself alone; else your own.
    """
    account = _own.mine(store, name=name)
    if not 1 <= len(label := " ".join(label.split())) <= 100:
        raise Refused("a label has 1 to 100 characters.", field="label", todo="Say what it is for.")
    if not 1 <= days <= _LONGEST:
        raise Refused(f"a key lasts 1 to {_LONGEST} days.", field="days", todo="Renew it in time.")
    wanted, until = scope.check(scopes), store.now + timedelta(days=days)
    id, secret = keys.make(store, account=account.id, name=label, scopes=wanted, until=until)
    store.log("key.make", key=id, account=account.id)
    return {"key": secret, "id": id, "label": label, "scopes": list(wanted), "expires_at": until.isoformat()}
