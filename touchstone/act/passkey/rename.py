"""Name a passkey of one's own, so that it is known among others."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.core.errors import Refused
from touchstone.store import passkeys

WHO = ("insider", "partner", "customer")


def act(store: Any, *, passkey: str, label: str, name: str = "") -> dict[str, Any]:
    """What it is called from now on: {"passkey", "label", "renamed": how many, one or none}.

    `passkey` is its id. Another's is none. `name`: whose account, at the machine itself alone. `Refused`: a label of
    no, or of more than 100 characters.
    """
    account = _own.mine(store, name=name)
    if not 1 <= len(label := " ".join(label.split())) <= 100:
        raise Refused("a label has 1 to 100 characters.", field="label", todo="Say which device it is.")
    return {
        "passkey": passkey,
        "label": label,
        "renamed": passkeys.rename(store, account=account.id, id=passkey, name=label),
    }
