"""Small brands to measure: answers and mentions built in a line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.store.scratch import Scratch, scratch

NOW = datetime(2026, 3, 10, tzinfo=UTC)
JOURNEY = Taxonomy("test", (Touchpoint("sales", "sales", "buying"), Touchpoint("service", "service", "owning")))


def answer(value: float | None, **fields: Any) -> dict[str, Any]:
    """One answer, as a rating of 1-5 unless told otherwise."""
    row = {"kind": "answer", "metric": "rating", "worst": 1.0, "best": 5.0, "value": value}
    day = fields.pop("day", None)
    if day:
        row["occurred_at"] = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return {**row, **fields}


def nps(value: float, **fields: Any) -> dict[str, Any]:
    """One answer to "would you recommend us?"."""
    return answer(value, metric="nps", worst=0.0, best=10.0, **fields)


def mention(interaction: str, touchpoint: str, polarity: str, **fields: Any) -> dict[str, Any]:
    """One mention."""
    identifier = f"{interaction}/{touchpoint}/{polarity}"
    return {"id": identifier, "interaction": interaction, "touchpoint": touchpoint, "polarity": polarity, **fields}


def brand(rows: list[dict[str, Any]], **more: Any) -> Scratch:
    """A lake of these interactions, with a small journey and a fixed clock."""
    return scratch(rows, **{"taxonomy": JOURNEY, "now": NOW, **more})


def unfolded(table: pa.Table) -> list[dict[str, Any]]:
    """Rows with `by` and `detail` as dictionaries."""
    return [{**row, "by": dict(row["by"]), "detail": json.loads(row["detail"])} for row in table.to_pylist()]
