"""What an account is told in its inbox: that a note named it, until it has seen that."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, update

from touchstone.store._live_message import notice

_OWN = notice.c


def tell(connection: Connection, note: Mapping[str, Any], accounts: Iterable[str]) -> None:
    """Within the caller's transaction: these accounts are named in a note; its writer knows."""
    about = {"message": note["id"], "by": note["account"], "seen_at": None}
    about |= {name: note[name] for name in ("conversation", "person", "created_at")}
    rows = [about | {"id": secrets.token_hex(8), "account": each} for each in accounts if each != note["account"]]
    if rows:
        connection.execute(insert(notice), rows)


def seen_there(store: Any, connection: Connection, *, conversation: str) -> None:
    """Within the caller's transaction: who writes in a conversation has seen what named them there."""
    there = (_OWN.account == store.viewer.account) & (_OWN.conversation == conversation) & _OWN.seen_at.is_(None)
    connection.execute(update(notice).where(there).values(seen_at=store.now))


def seen(store: Any, *, ids: Sequence[str]) -> int:
    """Marks the viewer's own notices as seen, without `ids` all of them; how many."""
    mine = (_OWN.account == store.viewer.account) & _OWN.seen_at.is_(None)
    some = mine & _OWN.id.in_(list(ids)) if ids else mine
    with store.record.writing() as connection:
        return int(connection.execute(update(notice).where(some).values(seen_at=store.now)).rowcount)
