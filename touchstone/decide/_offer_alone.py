"""Why customers of a home are left alone: consent, an open complaint, contacts of late, a draw not yet known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from touchstone.core.ask import Ask
from touchstone.decide._bought import complaining
from touchstone.decide._contacted import consents, contacted
from touchstone.rules.consent import may_all
from touchstone.rules.pressure import pressed

_WAITING = """
select distinct person from interaction where kind in ('offer', 'event') and attributes like '%"propensity": %'
    and occurred_at > ? and occurred_at <= ? and person in (select unnest(?)) order by person
"""


def alone(
    ask: Ask, customers: Mapping[str, Sequence[str]], *, rest: float, often: int, days: int
) -> dict[str, str | None]:
    """By customer why nothing may be sent to them, or None."""
    ids = sorted({each for own in customers.values() for each in own})
    told, contacts, complaints = consents(ask, customers), contacted(ask, customers), complaining(ask, ids)
    waits = set(ask.lake(_WAITING, [ask.now - timedelta(days=days), ask.now, ids])["person"].to_pylist())
    found: dict[str, str | None] = {}
    for name, own in customers.items():
        reasons = (
            (not may_all(told[name], "offer"), "They have not allowed offers."),
            (any(each in complaints for each in own), "A complaint is open: settle it first."),
            (any(each in waits for each in own), f"Drawn for within {days} days: what came of it is not known yet."),
        )
        pressure = pressed(contacts[name].days, contacts[name].times, rest=rest, most=often)
        found[name] = next((reason for holds, reason in reasons if holds), pressure)
    return found
