"""End sessions: one of one's own or all others; an administrator ends those of anybody."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.store import sessions

WHO = ("insider", "partner", "customer")


def act(store: Any, *, session: str = "", name: str = "") -> dict[str, Any]:
    """What was ended: {"account", "ended"}. `session` is the id of one; left out, all but the one you are in.

    `name`: whose, your own where left out; another's takes an administrator. What has ended before is not counted.
    """
    account = _own.account(store, name=name)
    if session:
        ended = sessions.end(store, id=session, account=account.id)
    else:
        ended = sessions.end_all(store, account=account.id, but=store.viewer.session)
    if ended:
        store.log("account.end_session", account=account.id, count=ended)
    return {"account": account.id, "ended": ended}
