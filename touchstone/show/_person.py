"""One customer as pages read them: persons and what they did from the record, what was understood of it from the lake.

Everything is found by index: persons by id, interactions by person, and rows of the lake by the `seq` of these.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Event, Heard, Kin, Verbatim
from touchstone.rules import consent
from touchstone.show import _say, _units, _words
from touchstone.store import tables

MOST = 1000  # interactions of one customer that are looked at, the latest first
WORDS = 50  # of their texts, the latest, what was understood is read; and of those that are shown
YES = 0.5
NONE = slice(0, 0)
_MENTIONS = """select seq, touchpoint, sentiment, polarity from mention
    where seq in (select unnest(?)) order by seq, start, touchpoint, sentiment"""  # ids would be dear to read
_SIGNALS = """select seq, layer, label from signal
    where seq in (select unnest(?)) and layer = 'kind' and score >= ? order by seq, label"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """One interaction of the customer, and what was understood of it if it was read here."""

    row: Row
    where: str
    mentions: tuple[Row, ...] = ()
    kinds: frozenset[str] = frozenset()

    @property
    def day(self) -> str:
        """When it was, as a day."""
        return str(self.row["occurred_at"] or "")[:10]

    @property
    def shown(self) -> str:
        """When it was, for people: 3 May 2026; empty where unknown."""
        return day(self.row["occurred_at"]) if self.row["occurred_at"] else ""

    @property
    def sentiment(self) -> float | None:
        """What it says on the whole, from -1 to 1: the mean over what it mentions; None where it mentions nothing."""
        values = [each["sentiment"] for each in self.mentions if each["sentiment"] is not None]
        return sum(values) / len(values) if values else None

    @cached_property
    def good(self) -> frozenset[str]:
        """The touchpoints it speaks well of."""
        return frozenset(each["touchpoint"] for each in self.mentions if each["polarity"] == "positive")

    @cached_property
    def bad(self) -> tuple[str, ...]:
        """The touchpoints it complains of."""
        return tuple(dict.fromkeys(each["touchpoint"] for each in self.mentions if each["polarity"] in BAD))


BAD = ("negative", "mixed")


@dataclass(frozen=True)
class Person:
    """A customer: their persons, the id and name they are called by, and what they said and did, latest first."""

    kin: tuple[Kin, ...]
    said: tuple[Said, ...]
    consents: tuple[str, ...] = ()  # what their persons said of being contacted
    ids: tuple[str, ...] = field(default=())
    read: bool = True  # whether all their persons allow that what they say is read and reckoned with

    @property
    def called(self) -> Kin:
        """The person the customer is called by, or the first that may be seen."""
        return next((each for each in self.kin if each.kept), self.kin[0])

    @property
    def name(self) -> str:
        """What they are called on a page."""
        return self.called.name or next((each.name for each in self.kin if each.name), self.called.id)


def person(ask: Ask, id: str, shown: slice = NONE) -> Person | None:
    """The customer that person `id` is, with what was understood of the interactions `shown`, too.

    None where nobody of them is to be seen.
    """
    ids = members(ask, id)
    mine = tables.interaction.c
    wanted = tables.interaction.select().where(mine.person.in_(list(ids)))
    rows = ask.record(wanted.order_by(mine.occurred_at.desc().nulls_last(), mine.seq.desc()).limit(MOST))
    known = {row["id"]: row for row in ask.record(tables.person.select().where(tables.person.c.id.in_(list(ids))))}
    if not rows and not known:
        return None
    kin = tuple(replace(_kin(each, known.get(each, {}), rows), kept=kept) for each, kept in ids.items())
    stated = [row["consents"] for row in known.values()]
    consents = sorted({said for each in stated if (said := consent.stated(each).get("contact", ""))})
    read = all(consent.may(each, "analysis") for each in stated)
    return Person(kin, understood(ask, rows, shown), tuple(consents), tuple(ids), read)


def known(ask: Ask, ids: Iterable[str]) -> dict[str, Row]:
    """The rows of persons of these ids, by id; of whom nothing but words is known there is none."""
    rows = ask.record(tables.person.select().where(tables.person.c.id.in_(sorted(set(ids)))))
    return {row["id"]: row for row in rows}


def members(ask: Ask, id: str) -> dict[str, bool]:
    """The persons who are one with `id`, in order, and whether the customer is called by each."""
    own = ask.record(tables.customer.select().where(tables.customer.c.person == id))
    if not own:
        return {id: True}
    every = ask.record(tables.customer.select().where(tables.customer.c.customer == own[0]["customer"]))
    return {row["person"]: bool(row["kept"]) for row in sorted(every, key=lambda row: str(row["person"]))}


def _kin(id: str, known: Row, rows: list[Row]) -> Kin:
    own = [row for row in rows if row["person"] == id]
    parts = [(name, str(value)) for name, value in json.loads(known.get("contacts") or "{}").items() if value]
    if own:
        days = [day(at) for at in sorted(row["occurred_at"] for row in own if row["occurred_at"])]
        channels = _say.listed(sorted({row["channel"] for row in own if row["channel"]}))
        some = _say.some(len(own), "interaction", "interactions")
        parts.append((f"{some} ({channels})" if channels else some, ""))
        parts += [(f"{days[0]} to {days[-1]}" if days[0] != days[-1] else days[0], "")] if days else []
    return Kin(id, known.get("name") or "", tuple(parts))


def understood(ask: Ask, rows: list[Row], shown: slice) -> tuple[Said, ...]:
    """Every row with its unit's name, and of the latest texts and those shown what was understood of them."""
    names = _units.names(ask, (row["unit"] for row in rows))
    latest = [row["seq"] for row in rows if row["text"]][:WORDS]
    read = sorted({*latest, *(row["seq"] for row in rows[shown] if row["text"])})
    mentions = _by_seq(ask.lake(_MENTIONS, [read]).to_pylist()) if read else {}
    signals = _by_seq(ask.lake(_SIGNALS, [read, YES]).to_pylist()) if read else {}
    return tuple(
        Said(
            row,
            str(names.get(row["unit"], row["unit"]) or ""),
            tuple(mentions.get(row["seq"], ())),
            frozenset(each["label"] for each in signals.get(row["seq"], ())),
        )
        for row in rows
    )


def day(at: datetime) -> str:
    """A day as people write it: 3 May 2026."""
    return f"{at.day} {_say.MONTHS[at.month - 1][:3]} {at.year}"


def _by_seq(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["seq"], []).append(row)
    return found


def event(said: Said) -> Event:
    """The interaction as one line of a story."""
    row = said.row
    parts = [row["kind"] or "", row["channel"] or "", row["product"] or ""]
    quoted = replace(verbatim(said), heard=_heard(said.mentions)) if row["text"] else None
    return Event(said.shown, " · ".join(part for part in parts if part), said.where, _figure(row), quoted)


def verbatim(said: Said) -> Verbatim:
    """The words of the interaction; unit and day stand beside it already."""
    return Verbatim(id=said.row["id"], text=said.row["text"] or "", url=said.row["url"] or "")


def _heard(mentions: Sequence[Row]) -> tuple[Heard, ...]:
    found: dict[str, list[Row]] = {}
    for row in mentions:
        found.setdefault(row["touchpoint"], []).append(row)
    return tuple(Heard(name, "", _words.together([each["polarity"] for each in rows])) for name, rows in found.items())


def _figure(row: Row) -> str:
    """The score on its scale, or the amount with its currency."""
    if row["value"] is not None and row["best"] is not None:
        return f"{_number(row['value'])} of {_number(row['best'])}"
    if row["amount"] is not None:
        return f"{_say.count(row['amount'])} {row['currency'] or ''}".strip()
    return ""


def _number(value: float) -> str:
    return _say.count(value) if float(value).is_integer() else _say.number(value)
