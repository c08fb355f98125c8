"""One Formbricks Hub feedback record as one interaction and back, without loss in either direction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from touchstone.core.errors import Skip
from touchstone.listen import _dates, _scores, _words

FIELDS = (
    "id", "collected_at", "source_type", "source_id", "source_name", "submission_id", "field_id", "field_label",
    "field_type", "field_group_id", "value_text", "value_number", "value_boolean", "value_date", "value_id", "metadata",
    "language", "user_id", "tenant_id", "sentiment", "sentiment_score", "emotions", "translation",
)  # fmt: skip
SCORED = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0), "rating": (1.0, 5.0)}
OURS = "touchstone"  # key in `metadata` for what the record has no place for
WHOLE_OF_IT = {"overall", "nps", "recommend", "recommended", "general", "globale", "gesamt"}

Scale = tuple[float, float]


def interaction(
    record: Mapping[str, Any], *, scales: Mapping[str, Scale] | None = None, source: str = "formbricks"
) -> dict[str, Any]:
    """The interaction a record is. `scales` gives (worst, best) by `field_id` where it is not the usual one.

    Raises `Skip` for a record without submission or field, or with a score outside its scale.
    """
    record = {name: value for name, value in record.items() if value is not None}
    metadata = record.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get(OURS), dict):
        return _restored(record, metadata[OURS])
    if not record.get("submission_id") or not record.get("field_id"):
        raise Skip("it has no submission_id or no field_id.", where="record", todo="Both make a record's identity.")
    kind = str(record.get("field_type", ""))
    made: dict[str, Any] = {
        "source": source,
        "source_id": identity(record),
        "kind": "answer",
        "channel": _text(record.get("source_type")),
        "occurred_at": _instant(record.get("collected_at")),
        "person": _text(record.get("user_id")),
        "thread": _text(record.get("submission_id")),
        "touchpoint": _touchpoint(record, kind),
        "text": _text(record.get("value_text")) if kind != "categorical" else None,
        "language": _text(record.get("language")),
        "incentive": "unknown",
        **_score(record, kind, scales or {}),
    }
    made = {name: value for name, value in made.items() if value is not None}
    plain = _plain_record(made)
    left = {name: record.get(name) for name in {**record, **plain} if record.get(name) != plain.get(name)}
    if left:
        made["attributes"] = json.dumps(left, ensure_ascii=False, sort_keys=True)
    return made


def record(made: Mapping[str, Any]) -> dict[str, Any]:
    """The record an interaction is: `interaction` gives back the same interaction, to the last field."""
    made = {
        name: value for name, value in made.items() if value is not None and name not in ("seq", "id", "received_at")
    }
    plain = _plain_record(made)
    whole = {name: value for name, value in {**plain, **_attributes(made)}.items() if value is not None}
    if _same(whole, made):
        return whole
    return {**plain, "metadata": {OURS: {name: _jsonable(value) for name, value in made.items() if name != "text"}}}


def identity(record: Mapping[str, Any]) -> str:
    """What is unique about a record: tenant, submission and field."""
    return "/".join(quote(str(record.get(name) or ""), safe="") for name in ("tenant_id", "submission_id", "field_id"))


def _same(whole: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Whether the record alone brings the interaction back."""
    scale = {}
    if made.get("metric") in SCORED and "worst" in made:
        scale = {str(whole.get("field_id")): (made["worst"], made["best"])}
        if scale != {str(whole.get("field_id")): SCORED[made["metric"]]}:
            return False
    try:
        return interaction(whole, scales=scale, source=made.get("source", "")) == made
    except Skip:
        return False


def _plain_record(made: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that follow from an interaction's columns alone."""
    parts = str(made.get("source_id", "")).split("/")
    metric, value = made.get("metric"), made.get("value")
    plain = {
        "collected_at": made["occurred_at"].isoformat().replace("+00:00", "Z") if made.get("occurred_at") else None,
        "source_type": made.get("channel"),
        "submission_id": made.get("thread") or (parts[0] or None),
        "field_id": parts[-1] if len(parts) == 3 else (made.get("touchpoint") or metric or "text"),
        "tenant_id": (parts[0] or None) if len(parts) == 3 else None,
        "field_type": metric or "text",
        "field_label": made.get("touchpoint"),
        "value_text": made.get("text"),
        "value_number": value if metric != "boolean" else None,
        "value_boolean": bool(value) if metric == "boolean" and value is not None else None,
        "language": made.get("language"),
        "user_id": made.get("person"),
    }
    return {name: each for name, each in plain.items() if each is not None}


def _restored(record: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """An interaction that was written as a record."""
    made = dict(ours)
    if made.get("occurred_at"):
        made["occurred_at"] = datetime.fromisoformat(made["occurred_at"])
    if record.get("value_text") is not None:
        made["text"] = record["value_text"]
    return made


def _score(record: Mapping[str, Any], kind: str, scales: Mapping[str, Scale]) -> dict[str, Any]:
    if kind == "boolean" and isinstance(record.get("value_boolean"), bool):
        return {"metric": "boolean", "value": float(record["value_boolean"]), "worst": 0.0, "best": 1.0}
    number = record.get("value_number")
    if isinstance(number, bool) or not isinstance(number, int | float):
        return {}
    if kind == "number":
        return {"metric": "number", "value": float(number)}
    if kind not in SCORED:
        return {}
    worst, best = scales.get(str(record["field_id"]), SCORED[kind])
    if not worst <= number <= best:
        raise Skip(f"its {kind} of {number:g} lies outside {worst:g} to {best:g}.", where="value_number")
    return {"metric": kind, "value": float(number), "worst": worst, "best": best}


def _touchpoint(record: Mapping[str, Any], kind: str) -> str | None:
    """What a rating is about: its label, unless that says that it is about all."""
    label = record.get("field_label")
    if kind not in ("csat", "ces", "rating") or not isinstance(label, str) or not label.strip():
        return None
    return None if set(_words.normal(label).split()) & WHOLE_OF_IT else label


def _instant(value: Any) -> datetime | None:
    if not value:
        return None
    found = _dates.instant(str(value))
    if found is None:
        raise Skip(f"its date cannot be read: {str(value)[:60]}.", where="collected_at")
    return found


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _attributes(made: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(made.get("attributes") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _jsonable(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def scales(records: Mapping[str, Mapping[float, int]], kinds: Mapping[str, str]) -> dict[str, Scale]:
    """(worst, best) by field from all its values with counts; fields that keep the usual scale are left out."""
    found: dict[str, Scale] = {}
    for field_id, counts in records.items():
        kind = kinds.get(field_id, "rating")
        usual = SCORED.get(kind, SCORED["rating"])
        if kind == "nps" or all(usual[0] <= value <= usual[1] for value in counts):
            continue
        seen = _scores.scale_of_values(counts, kind)
        if seen is not None:
            found[field_id] = seen
    return found
