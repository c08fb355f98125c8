"""Under all the names a customer goes by: what they allow, and when and how often they were asked or written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.tables import CONTACTS
from touchstone.rules.pressure import WITHIN

_CONTACTS = f"""
select person, cast(contacted_at as date) as day, max(contacted_at) as last from ({CONTACTS}) as contacts
where contacted_at <= ? and person in (select unnest(?))
group by person, cast(contacted_at as date) order by person, day
"""
_CONSENTS = "select id as person, consents from person where id in (select unnest(?)) order by id"


@dataclass(frozen=True)
class Contacted:
    """Of one customer: days since they were asked or written to (None: never), and on how many of the last 90."""

    days: float | None = None
    times: int = 0


def contacted(ask: Ask, customers: Mapping[str, Sequence[str]]) -> dict[str, Contacted]:
    """By customer: when any of their names was last asked or written to, and on how many days of those that count."""
    last, on = dict[str, datetime](), dict[str, set[date]]()
    since = (ask.now - timedelta(days=WITHIN)).date()
    for owner, row in _rows(ask, _CONTACTS, customers, [ask.now]):
        last[owner] = max(last.get(owner, row["last"]), row["last"])
        if row["day"] > since:
            on.setdefault(owner, set()).add(row["day"])
    return {
        name: Contacted((ask.now - last[name]).total_seconds() / 86_400, len(on.get(name, ()))) if name in last
        else Contacted() for name in customers
    }  # fmt: skip


def consents(ask: Ask, customers: Mapping[str, Sequence[str]]) -> dict[str, list[str | None]]:
    """By customer: what each of their names that has consents said."""
    found: dict[str, list[str | None]] = {name: [] for name in customers}
    for owner, row in _rows(ask, _CONSENTS, customers, []):
        found[owner].append(row["consents"])
    return found


def _rows(
    ask: Ask, sql: str, customers: Mapping[str, Sequence[str]], given: list[object]
) -> list[tuple[str, dict[str, Any]]]:
    """Rows with the customer that each is of."""
    owner = {each: name for name, ids in customers.items() for each in ids}
    return [(owner[row["person"]], row) for row in ask.lake(sql, [*given, sorted(owner)]).to_pylist()]
