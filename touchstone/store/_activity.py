"""What a person or a clock did: a chain in which each link holds the hash of the one before. Ids only, never words.

People stand in it under a pseudonym keyed for each; once the key is destroyed nobody can tell them apart, and the
chain still holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from touchstone.store._record import Record
from touchstone.store.tables import activity, microseconds, pseudonym

START = "0" * 64
PEOPLE = ("person", "people")  # names under which ids of people come


def add(record: Record, action: str, ids: dict[str, Any], *, now: datetime) -> int:
    """Adds a link; `person` and `people` are written as pseudonyms. Returns its seq."""
    with record.writing() as connection:
        last = connection.execute(select(activity).order_by(activity.c.seq.desc()).limit(1)).mappings().first()
        seq, previous = (last["seq"] + 1, last["hash"]) if last else (1, START)
        told = {name: _veiled(connection, value) if name in PEOPLE else value for name, value in ids.items()}
        row = {"seq": seq, "at": now, "action": action, "ids": canonical(told), "previous": previous}
        connection.execute(insert(activity), {**row, "hash": link(row)})
    return int(seq)


def canonical(value: Any) -> str:
    """JSON that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def link(row: Any) -> str:
    """The hash of a link: SHA-256 over the previous hash and what was done."""
    said = canonical([row["seq"], microseconds(row["at"]), row["action"], row["ids"]])
    return hashlib.sha256(f"{row['previous']}{said}".encode()).hexdigest()


def verify(record: Record) -> int | None:
    """None where the chain holds, else the seq of the first link that does not."""
    previous, expected = START, 1
    with record.reading() as connection:
        for row in connection.execute(select(activity).order_by(activity.c.seq)).mappings():
            if row["seq"] != expected or row["previous"] != previous or row["hash"] != link(row):
                return int(row["seq"])
            previous, expected = row["hash"], expected + 1
    return None


def known_as(connection: Connection, person: str) -> str:
    """The pseudonym of a person who has one; empty where nothing was logged of them."""
    key = connection.execute(select(pseudonym.c.key).where(pseudonym.c.person == person)).scalar()
    return _told(key, person) if key else ""


def veil(connection: Connection, person: str) -> str:
    """The pseudonym of a person; a first one makes the key."""
    key = connection.execute(select(pseudonym.c.key).where(pseudonym.c.person == person)).scalar()
    if key is None:
        key = secrets.token_bytes(32)
        connection.execute(insert(pseudonym), {"person": person, "key": key})
    return _told(key, person)


def _told(key: bytes, person: str) -> str:
    return hmac.new(key, person.encode(), hashlib.sha256).hexdigest()[:32]


def forget(connection: Connection, person: str) -> None:
    """Destroys the key: what was logged of this person can no longer be told."""
    connection.execute(delete(pseudonym).where(pseudonym.c.person == person))


def _veiled(connection: Connection, value: Any) -> Any:
    return (
        [veil(connection, each) for each in value] if isinstance(value, list | tuple) else veil(connection, str(value))
    )
