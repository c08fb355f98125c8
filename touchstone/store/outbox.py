"""The outbox: what is to leave by mail or webhook is kept first, once each, and sent by the clock."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from touchstone.rules import consent
from touchstone.store import tables
from touchstone.store._live_outbox import outbox

KINDS = ("mail", "webhook")
KEPT = timedelta(days=30)  # the words of what was sent


def put(
    store: Any,
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    key: str,
    html: str = "",
    headers: Mapping[str, str] | None = None,
    person: str | None = None,
    purpose: str | None = None,
    unit: str | None = None,
    due_at: datetime | None = None,
    within: Connection | None = None,
) -> str | None:
    """The id under which the message waits to be sent; None where one of this `key` was put before.

    A message to a customer says `person` and `purpose`: it is withheld if they do not allow it when it is to go.
    `within` a transaction of the caller's, it waits only if all of that is kept.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {KINDS}, not {kind!r}")
    now = store.now
    row = {
        "id": secrets.token_hex(12), "key": key, "kind": kind, "to": to, "subject": subject, "text": text, "html": html,
        "headers": dict(headers or {}), "person": person, "purpose": purpose, "unit": unit, "created_at": now,
        "due_at": due_at or now, "tries": 0, "state": "waiting", "sent_at": None, "error": "",
    }  # fmt: skip
    with store.record.writing() if within is None else nullcontext(within) as connection:
        if connection.execute(select(outbox.c.id).where(outbox.c.key == key)).first() is not None:
            return None
        connection.execute(insert(outbox), row)
    return str(row["id"])


def due(store: Any, *, most: int) -> list[dict[str, Any]]:
    """What is to go now, the longest waiting first."""
    wanted = select(outbox).where(outbox.c.state == "waiting", outbox.c.due_at <= store.now)
    with store.record.reading() as connection:
        rows = connection.execute(wanted.order_by(outbox.c.due_at, outbox.c.id).limit(most)).mappings()
        return [dict(row) for row in rows]


def claim(store: Any, row: Mapping[str, Any], *, until: datetime) -> bool:
    """Whether this sender may send it: nobody else does until then, and if it is killed it is tried again after."""
    same = (outbox.c.id == row["id"]) & (outbox.c.due_at == row["due_at"]) & (outbox.c.state == "waiting")
    with store.record.writing() as connection:
        return bool(connection.execute(update(outbox).where(same).values(due_at=until)).rowcount)


def allowed(store: Any, row: Mapping[str, Any]) -> bool:
    """Whether the customer it goes to allows its purpose now."""
    if row["person"] is None or row["purpose"] is None:
        return True
    with store.record.reading() as connection:
        wanted = select(tables.person.c.consents).where(tables.person.c.id == row["person"])
        return consent.may(connection.execute(wanted).scalar(), row["purpose"])


def mark(store: Any, *, id: str, **columns: Any) -> None:
    """Keeps what became of a message."""
    with store.record.writing() as connection:
        connection.execute(update(outbox).where(outbox.c.id == id).values(columns))


def tidy(store: Any) -> None:
    """Forgets the words of what was sent long ago; that it was sent stays."""
    old = (outbox.c.state == "sent") & (outbox.c.sent_at < store.now - KEPT) & (outbox.c.text != "")
    with store.record.writing() as connection:
        connection.execute(update(outbox).where(old).values(text="", html="", subject=""))
