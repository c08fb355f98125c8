"""Purchases of a home, and which of the persons asked for have a complaint that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.tables import ONE
from touchstone.decide._same_customer import customers

_PURCHASES = f"""
SELECT coalesce(one.called, i.person) AS person, i.product AS product, i.amount AS amount, i.currency AS currency
FROM interaction AS i LEFT JOIN {ONE} AS one ON one.person = i.person
WHERE i.kind = 'purchase' AND i.person IS NOT NULL AND i.product IS NOT NULL ORDER BY 1, 2, i.seq
"""
_UNITS = """
SELECT DISTINCT person, unit FROM interaction WHERE person IN (SELECT unnest(?)) AND unit IS NOT NULL
ORDER BY person, unit
"""
_SAID = """
SELECT person, unit, id FROM interaction WHERE person IN (SELECT unnest(?)) AND text IS NOT NULL
ORDER BY person, occurred_at NULLS FIRST, seq
"""
_UNDERSTOOD = """
WITH own AS (SELECT id FROM interaction WHERE person IN (SELECT unnest(?)) AND text IS NOT NULL)
SELECT DISTINCT s.interaction AS id, 'kinds' AS told, s.label AS name
FROM signal AS s JOIN own ON own.id = s.interaction WHERE s.layer = 'kind' AND s.score >= 0.5
UNION ALL
SELECT DISTINCT m.interaction AS id, CASE WHEN m.polarity = 'positive' THEN 'good' ELSE 'bad' END AS told,
    m.touchpoint AS name
FROM mention AS m JOIN own ON own.id = m.interaction WHERE m.polarity IN ('negative', 'mixed', 'positive')
ORDER BY id, told, name
"""
_THANKS = {"thanks", "praise"}


def bought(ask: Ask, person: Sequence[str]) -> tuple[pa.Table, dict[str, list[str]]]:
    """Purchases of customers as choices, with a row for each one asked for, and the units that each dealt with.

    Customers are called as one, whichever of their ids is asked for; a complaint of any of them is open for all.
    """
    asked = customers(ask, person)
    owner = {each: name for name, ids in asked.items() for each in ids}
    silent = {owner[each] for each in complaining(ask, sorted(owner))}
    wanted = pa.table({
        "person": pa.array(list(asked), pa.string()),
        "open_complaint": pa.array([float(each in silent) for each in asked], pa.float64()),
    })  # fmt: skip
    return pa.concat_tables([ask.lake(_PURCHASES), wanted], promote_options="default"), dealt_with(ask, asked)


def dealt_with(ask: Ask, asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """By customer the units that any of their ids dealt with."""
    owner = {each: name for name, ids in asked.items() for each in ids}
    found: dict[str, set[str]] = {}
    for row in ask.lake(_UNITS, [sorted(owner)]).to_pylist():
        found.setdefault(owner[row["person"]], set()).add(row["unit"])
    return {name: sorted(units) for name, units in found.items()}


def complaining(ask: Ask, person: Sequence[str]) -> set[str]:
    """Those of whom a problem is open: until they speak well of the same thing, or thank or praise where it was."""
    understood: dict[str, dict[str, set[str]]] = {}
    for row in ask.lake(_UNDERSTOOD, [list(person)]).to_pylist():
        understood.setdefault(row["id"], {}).setdefault(row["told"], set()).add(row["name"])
    still: dict[str, list[dict[str, Any]]] = {}
    for row in ask.lake(_SAID, [list(person)]).to_pylist():
        told = understood.get(row["id"], {})
        kinds, bad, good = (told.get(each, set()) for each in ("kinds", "bad", "good"))
        held = still.setdefault(row["person"], [])
        thanks = bool(kinds & _THANKS) and not bad
        held[:] = [each for each in held if not (each["bad"] & good or (thanks and each["unit"] == row["unit"]))]
        if bad or "problem" in kinds:
            held.append({"bad": bad, "unit": row["unit"]})
    return {name for name, held in still.items() if held}
