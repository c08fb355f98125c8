"""Decisions about who is one customer: checked, kept for good, seen at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from touchstone.core.errors import Refused
from touchstone.core.tables import CORRECTION
from touchstone.rules.belonging import Decision, standing
from touchstone.store import tables

LONGEST = 2000  # characters of a reason


def members(store: Any, person: str, field: str = "person") -> list[str]:
    """The persons who are one customer with `person`, in order; `Refused` where nobody is known by that id."""
    own = _rows(store, tables.customer, "person", person)
    if own:
        return sorted(row["person"] for row in _rows(store, tables.customer, "customer", own[0]["customer"]))
    if not _rows(store, tables.person, "id", person) and not _rows(store, tables.interaction, "person", person, 1):
        raise Refused(f"nobody is known as {person!r}.", field=field, todo="Give the id of a person of this home.")
    return [person]


def called(store: Any, person: str) -> str:
    """The person by whose id the customer of `person` is called."""
    own = _rows(store, tables.customer, "person", person)
    every = _rows(store, tables.customer, "customer", own[0]["customer"]) if own else []
    return next((str(row["person"]) for row in every if row["kept"]), person)


def stood(store: Any) -> list[Decision]:
    """The decisions that hold, in order."""
    return standing(store.corrections(table="link"))


def decide(
    store: Any, verb: str, left: Sequence[str], right: Sequence[str], *, reason: str, keeps: str = ""
) -> dict[str, Any]:
    """Keeps a decision; {"decision": its id, "new": true, "customer": the persons of `left`'s customer after it}."""
    change = {"verb": verb, "left": sorted(left), "right": sorted(right)} | ({"keeps": keeps} if keeps else {})
    made = keep(store, verb, change, reason=reason, people=[*left, *right])
    return {**made, "customer": members(store, left[0])}


def keep(store: Any, verb: str, change: dict[str, Any], *, reason: str, people: Sequence[str]) -> dict[str, Any]:
    """Keeps a correction of links, logs who made it about whom, and brings customers to it at once.

    The reason stands in the correction alone: the log of what was done holds ids, never words.
    """
    if len(reason) > LONGEST:
        raise Refused("the reason is too long.", field="reason", todo=f"At most {LONGEST:,} characters.")
    before = store.corrections(table="link")
    change = change | ({"reason": reason.strip()} if reason.strip() else {})
    written = json.dumps(change, ensure_ascii=False, sort_keys=True)
    told = "\x1f".join(("link", written, before[-1]["id"] if before else ""))
    id = hashlib.sha256(told.encode()).hexdigest()[:32]
    row = {"id": id, "table": "link", "change": written, "person": store.viewer.account or None, "made_at": store.now}
    new = store.correct([{**dict.fromkeys(CORRECTION.names), **row}])
    store.log(f"link.{verb}", correction=id, account=store.viewer.account, people=sorted(people))
    store.derive()
    return {"decision": id, "new": bool(new)}


def two(person: str, other: str) -> None:
    """Nothing where these are two; `Refused` where they are the same id."""
    if person == other:
        raise Refused("these are the same person already.", field="other", todo="Name another one.")


def _rows(store: Any, table: Any, column: str, value: str, most: int | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store.ask().record(table.select().where(table.c[column] == value).limit(most))
    return found
