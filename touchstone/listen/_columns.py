"""A recognised column, what a sample says of it, and the columns a `map` names."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from touchstone.core.errors import Refused
from touchstone.listen import _dates, _scores, _words
from touchstone.listen._scores import Scale

ALIASES = {
    "source_id": "id", "date": "occurred_at", "time": "occurred_at", "author": "person", "customer": "person",
    "dealer": "unit", "branch": "unit", "content": "text", "outcome": "value", "item": "product",
}  # fmt: skip
MAPPABLE = (*_words.FIELDS, "answer", "score", "rating", "unit", "parent", "region")
"""Fields `map` may name. `rating` is a touchpoint's rating, `score` a further one about no touchpoint, `answer` a
further open answer; `parent` and `region` belong to the unit."""
SEVERAL = ("answer", "score", "rating", "attributes")
EXAMINED = 300  # different cells a column is judged by


@dataclass(frozen=True)
class Column:
    """What a column was taken for, how surely and why. `touchpoint` names what a rating is about."""

    name: str
    taken_for: str
    confidence: float
    why: str
    scale: Scale | None = None
    touchpoint: str = ""
    not_applicable: float | None = None
    note: str = ""
    kind: str = ""

    def shown(self) -> dict[str, Any]:
        """As plain data for reports."""
        scale = self.scale and {"metric": self.scale.metric, "worst": self.scale.worst, "best": self.scale.best}
        return {
            "column": self.name,
            "taken_for": self.taken_for,
            "confidence": round(self.confidence, 2),
            "why": self.why,
            "scale": scale,
            "touchpoint": self.touchpoint or None,
            "not_applicable": self.not_applicable,
            "note": self.note,
        }


@dataclass
class Evidence:
    """What a sample says of one column: its answers, and how they look (words each, shares of numbers and dates)."""

    name: str
    cells: list[str]
    rows: int
    counts: Counter[str] = field(default_factory=Counter)
    words: float = 0.0
    numeric: float = 0.0
    dates: float = 0.0

    @property
    def distinct(self) -> float:
        return len(self.counts) / max(1, len(self.cells))

    @property
    def filled(self) -> float:
        return len(self.cells) / max(1, self.rows)

    @property
    def named(self) -> set[str]:
        """The words of its name."""
        return set(_words.normal(self.name).split())


def evidence(table: pa.Table) -> list[Evidence]:
    """What a sample of rows (all columns strings) says of each column."""
    return [_evidence(name, table[name].to_pylist()) for name in table.column_names]


def _evidence(name: str, values: list[str | None]) -> Evidence:
    cells = [value for value in values if value is not None and not _scores.missing(value)]
    found = Evidence(name, cells, len(values), Counter(cells))
    some = list(found.counts)[:EXAMINED]
    found.words = sum(len(each.split()) for each in some) / max(1, len(some))
    found.numeric = sum(_scores.number(each)[0] is not None for each in some) / max(1, len(some))
    found.dates = _dates.readable(some) if found.words < 9 else 0.0
    return found


def mapped(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Column]:
    """The columns `map` names, by column. Raises `Refused` for what there is none of, naming those near it."""
    taken: dict[str, Column] = {}
    for said, wanted in given.items():
        name = ALIASES.get(said, said)
        if name not in MAPPABLE:
            raise Refused(f"there is no field {said!r}.", field="map", todo=_near(said, MAPPABLE, "fields"))
        columns = [wanted] if isinstance(wanted, str) else list(wanted)
        if isinstance(wanted, str) and wanted not in names and name in SEVERAL:
            columns = [each.strip() for each in wanted.split(",")]
        for column in columns:
            if column not in names:
                raise Refused(f"there is no column {column!r}.", field="map", todo=_near(column, names, "columns"))
            taken[column] = Column(column, name, 1.0, "you said so")
    return taken


def _near(name: str, known: Iterable[str], what: str) -> str:
    known = list(known)
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"Did you mean {', '.join(close)}?" if close else f"The {what} are: {', '.join(known[:40])}."
