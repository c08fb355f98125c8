"""The inbox's list as pages read it: a page of conversations by one index, with words, names and units beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.rules.inbox import FILTERS
from touchstone.show import _person
from touchstone.store import inbox, tables
from touchstone.store.accounts import named

PAGE = 50
COUNTED = 10_000  # beyond, nobody counts on
NOTICES = 20  # that name one: who has more writes to nobody
UNDO = timedelta(minutes=10)
KINDS = {
    "churn_threat": "may leave", "promise_asked": "asks for a promise", "problem": "problem", "request": "request",
    "question": "question", "suggestion": "suggestion", "praise": "praise", "word": "word",
}  # fmt: skip
"""Kinds of what they say, in words."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Chosen:
    """What the list is narrowed to; `after` is where the page before ended."""

    state: str = "open"
    owner: str = ""  # me, none, an account
    unit: str = ""
    channel: str = ""
    touchpoint: str = ""
    language: str = ""
    kind: str = ""
    urgency: str = ""
    sort: str = ""
    after: str = ""

    @property
    def narrowing(self) -> dict[str, str]:
        """As the store reads it."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def address(self, **more: str) -> str:
        """The page's address with these filters, and `more`."""
        chosen = {name: getattr(self, name) for name in FILTERS} | more
        query = urlencode({name: text for name, text in chosen.items() if text and (name, text) != ("state", "open")})
        return f"inbox?{query}" if query else "inbox"


def found(ask: Ask, chosen: Chosen) -> tuple[list[Row], int]:
    """The conversations of one page and how many there are, counted up to `COUNTED`; an urgency that is no number is
    `Refused`.
    """
    _check(chosen.urgency)
    narrowing, account = chosen.narrowing, ask.viewer.account
    ids = [row["id"] for row in ask.record(inbox.ids(narrowing, account=account, now=ask.now, limit=PAGE))]
    count = len(ids)
    if chosen.after or count == PAGE:
        told = ask.record(inbox.count(narrowing, account=account, now=ask.now, limit=COUNTED + 1))
        count = int(told[0]["n"])
    rows = {row["id"]: row for row in ask.record(inbox.rows(ids))} if ids else {}
    return [rows[id] for id in ids if id in rows], count


def _check(urgency: str) -> None:
    try:
        float(urgency or 0)
    except ValueError as error:
        raise Refused(f"{urgency!r} is no urgency.", field="urgency", todo="Write a number from 0 to 1.") from error


def further(chosen: Chosen, rows: list[Row], count: int) -> str:
    """The address of the lines behind these; empty where they are the last."""
    if len(rows) < PAGE or count <= PAGE:
        return ""
    at = tables.microseconds(rows[-1][inbox.order(chosen.narrowing).name])
    return chosen.address(after=f"{at} {rows[-1]['id']}")


def words(ask: Ask, rows: list[Row]) -> dict[str, str]:
    """By conversation the customer's last word."""
    latest = [row["latest"] for row in rows]
    own = ask.record(tables.interaction.select().where(tables.interaction.c.id.in_(latest))) if rows else []
    texts = {row["id"]: row["text"] or "" for row in own}
    return {row["id"]: texts.get(row["latest"], "") for row in rows}


def customers(ask: Ask, ids: Iterable[str | None]) -> dict[str, str]:
    """Persons' names by id; of whom no name is known, or may be seen, the id."""
    some = sorted({each for each in ids if each})
    known = _person.known(ask, some) if some else {}
    return {each: (known.get(each) or {}).get("name") or each for each in some}


def accounts(ask: Ask, ids: Iterable[str | None] = (), *, offered: int = 0) -> dict[str, str]:
    """Names of accounts by id: of `ids`, and of as many open ones inside the house as are `offered`.

    A partner reads only their own: whoever else it is, is a colleague.
    """
    some = {each for each in ids if each}
    if ask.viewer.side != "insider":
        return {each: "you" if each == ask.viewer.account else "a colleague" for each in some}
    rows = ask.record(named(some)) if some else []
    rows += ask.record(inbox.colleagues(offered)) if offered else []
    return {row["id"]: row["name"] for row in rows}


def last_change(ask: Ask) -> tuple[str, str, int] | None:
    """What the viewer did of late and may take back: the token, what it was, and with how many conversations."""
    rows = ask.record(inbox.last_step(ask.viewer.account))
    if not rows or rows[0]["what"] in ("undo", "reply") or rows[0]["made_at"] < ask.now - UNDO:
        return None
    token = rows[0]["change"]
    return token, rows[0]["what"], int(ask.record(inbox.changed(token))[0]["n"])


def notices(ask: Ask) -> list[Row]:
    """Notes that name the viewer and that they have not seen yet, the latest first."""
    return ask.record(inbox.notices(ask.viewer.account, NOTICES)) if ask.viewer.account else []


def ago(at: datetime, now: datetime) -> str:
    """How long ago, as short as it can be said."""
    seconds = max(0, int((now - at).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "now"
