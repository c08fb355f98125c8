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
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from touchstone.store._record import Record, put
from touchstone.store.secret import secret
from touchstone.store.tables import activity, microseconds, pseudonym, setting

START = "0" * 64
SEAL = "activity"  # the choice under which the proof for the last link is kept
PEOPLE = ("person", "people")  # names under which ids of people come


def add(record: Record, action: str, ids: dict[str, Any], *, now: datetime, home: Path) -> int:
    """Adds a link, and seals it; `person` and `people` are written as pseudonyms. Returns its seq.

    Where the link before is not the one that was sealed, this one says so for good: `unsealed`.
    """
    key = secret(home)
    with record.writing() as connection:
        last = connection.execute(select(activity).order_by(activity.c.seq.desc()).limit(1)).mappings().first()
        seq, previous = (last["seq"] + 1, last["hash"]) if last else (1, START)
        said = {name: value for name, value in ids.items() if value is not None}
        told = {name: _veiled(connection, value) if name in PEOPLE else value for name, value in said.items()}
        if _seal(connection) != (_sealed(key, last) if last else ""):
            told["unsealed"] = True
        row = {"seq": seq, "at": now, "action": action, "ids": canonical(told), "previous": previous}
        row["hash"] = link(row)
        connection.execute(insert(activity), row)
        put(connection, setting, [{"name": SEAL, "value": _sealed(key, row)}], key="name")
    return int(seq)


def canonical(value: Any) -> str:
    """JSON that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def link(row: Any) -> str:
    """The hash of a link: SHA-256 over the previous hash and what was done."""
    said = canonical([row["seq"], microseconds(row["at"]), row["action"], row["ids"]])
    return hashlib.sha256(f"{row['previous']}{said}".encode()).hexdigest()


def verify(record: Record, *, home: Path) -> int | None:
    """None where the chain holds and its last link is the sealed one, else the seq of the first that does not hold.

    Where the last ones are missing, that is the seq of the first missing.
    """
    previous, expected = START, 1
    key = secret(home)
    with record.reading() as connection:
        for row in connection.execute(select(activity).order_by(activity.c.seq)).mappings():
            if row["seq"] != expected or row["previous"] != previous or row["hash"] != link(row):
                return int(row["seq"])
            previous, expected = row["hash"], expected + 1
        last = {"seq": expected - 1, "hash": previous}
        return None if _seal(connection) == (_sealed(key, last) if expected > 1 else "") else expected


def _seal(connection: Connection) -> str:
    """What proves which link was the last to be written; empty before the first."""
    return str(connection.execute(select(setting.c.value).where(setting.c.name == SEAL)).scalar() or "")


def _sealed(key: str, row: Any) -> str:
    """The proof for a link, keyed with the home's secret, which does not lie in the record."""
    return hmac.new(f"chain {key}".encode(), f"{row['seq']} {row['hash']}".encode(), hashlib.sha256).hexdigest()


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
