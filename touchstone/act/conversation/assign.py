"""Give conversations to somebody, or to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.act._conversations import made
from touchstone.core.errors import Refused
from touchstone.store import accounts, conversations, reach

WHO = ("contact_centre", "partner")


def act(store: Any, *, ids: Sequence[str], to: str = "") -> dict[str, Any]:
    """The account named `to` owns them from now on (empty: nobody): {"changed", "undo"}.

    `Refused`: a name nobody has, or an account that does not see the units they are about.
    """
    if not to:
        return made(store, ids, what="assign", to={"owner": None})
    account = accounts.find(store, name=to)
    if account is None or account.closed or (store.viewer.side == "partner" and account.viewer.side != "partner"):
        raise Refused(f"there is no account named {to!r}.", field="to", todo="Look at its spelling.")
    theirs = store.as_viewer(account.viewer)
    for unit in {row["unit"] for row in conversations.several(store, ids=ids)}:
        if not reach.reaches(theirs, unit):
            raise Refused(f"{to} does not see all of these.", field="to", todo="Give them to somebody who does.")
    return made(store, ids, what="assign", to={"owner": account.id})
