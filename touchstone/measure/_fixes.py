"""Fixes: which units got what, and when; as the settings say, as a file says, or as the brand itself has told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._panel import named, started

_MOST = 20  # fixes of a home, the latest of them
_TOLD = """
select fix, unit, touchpoint, min(day) as day from (
    select regexp_extract(attributes, '"fix": *"([^"]+)"', 1) as fix, unit, touchpoint,
        cast(occurred_at as date) as day
    from interaction
    where kind = 'event' and unit is not null and occurred_at is not null and attributes like '%"fix"%'
) as told where fix <> '' group by fix, unit, touchpoint order by fix, unit, touchpoint
"""


@dataclass(frozen=True)
class Fix:
    """What units got, each from its first day on; `touchpoints` are those it is about (none: the whole experience)."""

    name: str  # empty: the one of the settings or of a file
    starts: dict[str, np.datetime64]
    touchpoints: tuple[str, ...] = ()

    def narrowed(self, where: str | None) -> str | None:
        """A condition that leaves the touchpoints of the fix, too."""
        if not self.touchpoints:
            return where
        words = ", ".join("'" + each.replace("'", "''") + "'" for each in self.touchpoints)
        return f"touchpoint in ({words})" + (f" and ({where})" if where else "")

    def also(self, fixes: list[Fix]) -> set[str]:
        """The units that got another of `fixes` about the same: nobody knows what they had lived without."""
        here = set(self.touchpoints)
        others = [each for each in fixes if each is not self]
        alike = [each for each in others if not here or not each.touchpoints or here & set(each.touchpoints)]
        return {unit for each in alike for unit in each.starts}


def asked(ask: Ask, units: str, start: date | None) -> list[Fix]:
    """The fix of the settings or of the file, else those the home has been told of; one without units where none is.

    A home is told by interactions of kind `event` whose `attributes` say `"fix": "NAME"`. A touchpoint that the
    taxonomy does not know is passed over.
    """
    said = named(units, None if start is None else np.datetime64(start, "D"))
    if said:
        return [Fix("", said)]
    if ask.given is not None:
        return [Fix("", started(ask.given) if "started_at" in ask.given.column_names else {})]
    return _latest(ask.lake(_TOLD), set(ask.taxonomy.names)) or [Fix("", {})]


def _latest(table: pa.Table, known: set[str]) -> list[Fix]:
    found: dict[str, Fix] = {}
    for row in table.to_pylist():
        fix = found.setdefault(row["fix"], Fix(row["fix"], {}))
        first = np.datetime64(row["day"], "D")
        spots = {*fix.touchpoints, *({row["touchpoint"]} & known)}
        starts = {**fix.starts, row["unit"]: min(first, fix.starts.get(row["unit"], first))}
        found[row["fix"]] = Fix(row["fix"], starts, tuple(sorted(spots)))
    latest = sorted(found.values(), key=lambda fix: (max(fix.starts.values()), fix.name))[-_MOST:]
    return sorted(latest, key=lambda fix: fix.name)


def question(fix: Fix, whole: Question) -> Question:
    """A question narrowed to what the fix is about."""
    return Question(whole.by, fix.narrowed(whole.where), whole.since, whole.until)
