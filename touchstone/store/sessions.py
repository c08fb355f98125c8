"""Sessions in the record: each sign-in is a row, looked up at every request, and can be ended from elsewhere."""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from touchstone.core.errors import Retry
from touchstone.store import accounts
from touchstone.store._live_people import session as sessions

IDLE = timedelta(hours=12)
"""A session nobody used for so long is worth nothing, as its cookie is."""
NOTED = timedelta(minutes=1)
"""How often it is written down that a session is used."""


def start(store: Any, *, account: str, agent: str) -> str:
    """The id of a new session of an account, begun by a browser that `agent` names."""
    now = store.now
    row = {"id": secrets.token_hex(16), "account": account, "created_at": now, "seen_at": now, "agent": agent}
    with store.record.writing() as connection:
        connection.execute(sessions.insert().values(row))
    return str(row["id"])


def seen(store: Any, *, id: str) -> accounts.Account | None:
    """The open account of a session that stands; None where it was ended, lay idle or never was.

    That it was seen is written once a minute, beside the request, which waits for no writer.
    """
    own, now = accounts.table, store.now
    wanted = sa.select(own, sessions.c.seen_at).join(sessions, sessions.c.account == own.c.id)
    with store.record.reading() as connection:
        row = connection.execute(wanted.where(sessions.c.id == id, _stands(now))).mappings().first()
    if row is None or row["disabled"]:
        return None
    if now - row["seen_at"] >= NOTED:
        later(store, sessions.update().where(sessions.c.id == id).values(seen_at=now))
    return accounts.read(row)


def later(store: Any, change: sa.Update) -> None:
    """Writes a change beside the request; one that finds the record busy for too long is let go."""

    def write() -> None:
        with suppress(Retry), store.record.writing() as connection:
            connection.execute(change)

    threading.Thread(target=write, daemon=True).start()


def end(store: Any, *, id: str, account: str = "") -> int:
    """How many were ended: one, or none where it had ended before or is not that account's."""
    return _end(store, sessions.c.id == id, *([sessions.c.account == account] if account else []))


def end_all(store: Any, *, account: str, but: str = "") -> int:
    """How many sessions of an account were ended: all but the one of id `but`."""
    return _end(store, sessions.c.account == account, sessions.c.id != but)


def standing(now: Any, *, account: str) -> sa.Select[Any]:
    """The question for the sessions of an account that stand, the last used first."""
    return sa.select(sessions).where(sessions.c.account == account, _stands(now)).order_by(sessions.c.seen_at.desc())


def _stands(now: Any) -> sa.ColumnElement[bool]:
    return sa.and_(sessions.c.ended_at.is_(None), sessions.c.seen_at > now - IDLE)


def _end(store: Any, *conditions: sa.ColumnElement[bool]) -> int:
    wanted = sessions.update().where(*conditions, sessions.c.ended_at.is_(None))
    with store.record.writing() as connection:
        return int(connection.execute(wanted.values(ended_at=store.now)).rowcount)
