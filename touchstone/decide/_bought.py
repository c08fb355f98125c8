"""Purchases of a home, and which of the persons asked for have a complaint that is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from touchstone.core.ask import Ask

_PURCHASES = """
SELECT person, product, amount, currency FROM interaction
WHERE kind = 'purchase' AND person IS NOT NULL AND product IS NOT NULL ORDER BY person, product, seq
"""
_UNITS = """
SELECT person, list_sort(list(DISTINCT unit)) AS units FROM interaction
WHERE person IN (SELECT unnest(?)) AND unit IS NOT NULL GROUP BY person ORDER BY person
"""
_SAID = """
SELECT i.person AS person, i.unit AS unit, i.id AS id,
    (SELECT list(s.label) FROM signal AS s WHERE s.interaction = i.id AND s.layer = 'kind' AND s.score >= 0.5) AS kinds,
    (SELECT list(m.touchpoint) FROM mention AS m WHERE m.interaction = i.id AND m.polarity IN ('negative', 'mixed'))
        AS bad,
    (SELECT list(m.touchpoint) FROM mention AS m WHERE m.interaction = i.id AND m.polarity = 'positive') AS good
FROM interaction AS i WHERE i.person IN (SELECT unnest(?)) AND i.text IS NOT NULL
ORDER BY i.person, i.occurred_at NULLS FIRST, i.seq
"""
_THANKS = {"thanks", "praise"}


def bought(ask: Ask, person: Sequence[str]) -> tuple[pa.Table, dict[str, list[str]]]:
    """Purchases as choices, with a row for each person asked for, and the units that each of these dealt with."""
    found = ask.lake(_PURCHASES)
    silent = complaining(ask, person)
    wanted = pa.table({
        "person": pa.array(sorted(set(person)), pa.string()),
        "open_complaint": pa.array([float(each in silent) for each in sorted(set(person))], pa.float64()),
    })  # fmt: skip
    units = {row["person"]: row["units"] for row in ask.lake(_UNITS, [list(person)]).to_pylist()}
    return pa.concat_tables([found, wanted], promote_options="default"), units


def complaining(ask: Ask, person: Sequence[str]) -> set[str]:
    """Those of whom a problem is open: until they speak well of the same thing, or thank or praise where it was."""
    still: dict[str, list[dict[str, Any]]] = {}
    for row in ask.lake(_SAID, [list(person)]).to_pylist():
        kinds, bad, good = (set(row[each] or ()) for each in ("kinds", "bad", "good"))
        held = still.setdefault(row["person"], [])
        thanks = bool(kinds & _THANKS) and not bad
        held[:] = [each for each in held if not (each["bad"] & good or (thanks and each["unit"] == row["unit"]))]
        if bad or "problem" in kinds:
            held.append({"bad": bad, "unit": row["unit"]})
    return {name for name, held in still.items() if held}
