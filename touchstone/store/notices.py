"""What an account is told in its inbox, until it has seen that: a note names it, a customer of its wrote again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from touchstone.store._live_conversation import conversation
from touchstone.store._live_message import notice
from touchstone.store._many import parts

_OWN = notice.c


def tell(connection: Connection, note: Mapping[str, Any], accounts: Iterable[str]) -> None:
    """Within the caller's transaction: these accounts are named in a note; its writer knows."""
    about = {"message": note["id"], "by": note["account"], "seen_at": None}
    about |= {name: note[name] for name in ("conversation", "person", "created_at")}
    rows = [about | {"id": secrets.token_hex(8), "account": each} for each in accounts if each != note["account"]]
    if rows:
        connection.execute(insert(notice), rows)


def answered(connection: Connection, heard: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Within the caller's transaction, before conversations are brought to what is `heard`: their owners are told."""
    news = {row["id"]: row for row in heard}
    own, ids = conversation.c, list(news)
    wanted = select(own.id, own.owner, own.heard_at, own.person).where(own.owner.is_not(None))
    for some in parts(ids):
        rows: dict[str, dict[str, Any]] = {}
        for was in connection.execute(wanted.where(own.id.in_(some))):
            now = news[was.id]
            if now["heard_at"] > was.heard_at and not (now["answered_at"] and now["answered_at"] >= now["heard_at"]):
                id = sha256(f"{was.id} {now['latest']} {was.owner}".encode()).hexdigest()[:16]
                rows[id] = {"id": id, "account": was.owner, "message": now["latest"], "conversation": was.id,
                            "person": was.person, "by": "", "created_at": at, "seen_at": None}  # fmt: skip
        there = set(connection.execute(select(_OWN.id).where(_OWN.id.in_(list(rows)))).scalars())
        if fresh := [row for id, row in rows.items() if id not in there]:
            connection.execute(insert(notice), fresh)


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
