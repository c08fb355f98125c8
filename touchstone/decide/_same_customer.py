"""Who is one customer: the ids that persons asked for go by together, whether or not anything else is known of them."""

from __future__ import annotations

from collections.abc import Sequence

from touchstone.core.ask import Ask
from touchstone.core.tables import ONE

_CALLED = f"""
select one.person as person, one.called as called from {ONE} as one where one.called in (
    select two.called from {ONE} as two where two.person in (select unnest(?)))
order by called, person
"""


def customers(ask: Ask, person: Sequence[str]) -> dict[str, list[str]]:
    """By the id that a customer is called by, all their ids, of the customers that have one of these."""
    wanted = sorted(set(person))
    found: dict[str, list[str]] = {}
    for row in ask.lake(_CALLED, [wanted]).to_pylist() if wanted else ():
        found.setdefault(row["called"], []).append(row["person"])
    merged = {each for ids in found.values() for each in ids}
    return dict(sorted({**found, **{each: [each] for each in wanted if each not in merged}}.items()))
