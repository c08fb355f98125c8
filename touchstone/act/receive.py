"""Receive interactions that a program sends: each once, and what cannot be used comes back with its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from touchstone.core.errors import Refused
from touchstone.core.tables import ARRIVING, INCENTIVES, KINDS, LEVELS, METRICS, conform

WHO = ("insight", "contact_centre")

_MOST = 10_000
_CHOICES = {"kind": KINDS, "level": LEVELS, "incentive": INCENTIVES, "metric": METRICS}


def act(store: Any, *, interactions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What arrived: {"new", "changed", "same", "rejected": [{"row", "reason"}]}; the same twice adds nothing.

    Each interaction is an object of the columns of ARRIVING, `source` and `source_id` always; instants are ISO texts,
    `attributes` may be an object. Rows count from 0. Over 10,000 at once are `Refused`.
    """
    if len(interactions) > _MOST:
        raise Refused(f"more than {_MOST:,} at once.", field="interactions", todo="Send them in parts.")
    usable: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    for row, given in enumerate(interactions):
        try:
            usable.append(_read(dict(given)))
        except (ValueError, TypeError, OverflowError) as error:
            rejected.append({"row": row, "reason": str(error)})
    arrived = store.append([conform(usable, ARRIVING)] if usable else [])
    if rejected:
        store.rejected([{"source": "receive", "record": interactions[each["row"]]} | each for each in rejected])
    counts = {"new": arrived.new, "changed": arrived.changed, "same": arrived.same}
    store.log("receive", **counts)
    return counts | {"rejected": rejected}


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """One interaction as ARRIVING has it; ValueError says what is wrong with it."""
    if stray := sorted(set(row) - set(ARRIVING.names)):
        raise ValueError(f"unknown column {stray[0]!r}")
    for name in ("source", "source_id"):
        if not row.get(name):
            raise ValueError(f"{name} is missing")
    for name, choices in _CHOICES.items():
        if row.get(name) is not None and row[name] not in choices:
            raise ValueError(f"{name} {row[name]!r} is none of {', '.join(choices)}")
    if row.get("occurred_at") is not None:
        row["occurred_at"] = _instant(row["occurred_at"])
    if isinstance(row.get("attributes"), Mapping):
        row["attributes"] = json.dumps(row["attributes"], ensure_ascii=False, sort_keys=True)
    _check_score(row)
    for name, value in row.items():
        _check_type(name, value)
    return row


def _check_type(name: str, value: Any) -> None:
    try:
        pa.scalar(value, ARRIVING.field(name).type)
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(f"{name} cannot be {value!r}"[:200]) from error


def _instant(text: Any) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _check_score(row: Mapping[str, Any]) -> None:
    """A score never travels without its scale, and lies on it."""
    value, best, worst = (row.get(name) for name in ("value", "best", "worst"))
    if value is None:
        return
    if best is None or worst is None or best == worst:
        raise ValueError("value has no scale: give best and worst")
    if not min(best, worst) <= value <= max(best, worst):
        raise ValueError(f"value {value} lies outside {worst} to {best}")
