"""Feedback records in the open shape of Formbricks Hub: JSON, JSON lines or CSV, one interaction each, nothing lost."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from touchstone.core.errors import Skip
from touchstone.listen import _csv, _dates, _formbricks, _json
from touchstone.listen._file import Opened, open_file

_BATCH = 20_000


def listen(
    *,
    path: str | Path,
    source: str | None = None,
    reject: Callable[[dict[str, Any]], None] | None = None,
    since: datetime | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """The records as interactions of `kind` answer, in lists; a field without a place is in `attributes` by its name.

    A record's identity is (`tenant_id`, `submission_id`, `field_id`). Scales follow `field_type`; where a field's
    values go beyond the usual one, all its values decide. Records that cannot be used go to `reject`.
    """
    rejecting, since = reject or _nowhere, _dates.aware(since)
    scales = _scales(path)
    rows: list[dict[str, Any]] = []
    known: set[str] = set()
    with open_file(path) as opened:
        for number, record in _records(opened, rejecting):
            try:
                made = _formbricks.interaction(record, scales=scales, source=source or "formbricks")
                if made["source_id"] in known:
                    raise Skip("a second record of the same submission and field.", where="record")
            except Skip as why:
                rejecting({"row": number, "reason": str(why), "record": record})
                continue
            known.add(made["source_id"])
            if since is not None and made.get("occurred_at") is not None and made["occurred_at"] < since:
                continue
            rows.append(made)
            if len(rows) == _BATCH:
                yield rows
                rows = []
    if rows:
        yield rows
    if not known:
        raise Skip("it holds no feedback records.", where=Path(path).name, todo="`listen table` reads other shapes.")


def _nowhere(_row: dict[str, Any]) -> None:
    """Where rejected records go when nobody asks for them."""


def _scales(path: str | Path) -> dict[str, _formbricks.Scale]:
    """The scales of fields whose values go beyond what their type has as a rule."""
    values: dict[str, Counter[float]] = defaultdict(Counter)
    kinds: dict[str, str] = {}
    with open_file(path) as opened:
        for _, record in _records(opened, _nowhere):
            number, kind = record.get("value_number"), str(record.get("field_type"))
            if isinstance(number, int | float) and kind in _formbricks.SCORED:
                field_id = str(record.get("field_id"))
                values[field_id][float(number)] += 1
                kinds[field_id] = kind
    return _formbricks.scales(values, kinds)


def _records(opened: Opened, reject: Callable[[dict[str, Any]], None]) -> Iterator[tuple[int, dict[str, Any]]]:
    opened.stream.seek(0)
    form = _json.looks_like(opened.stream.read(1 << 16).decode("utf-8", "replace"))
    if not form:
        for table in _csv.read(opened, told={}, reject=reject):
            for row in table.to_pylist():
                yield row.pop(_csv.ROW), _typed(row)
        return
    for number, value in _json.objects(opened, reject=reject, document=form == "document"):
        if isinstance(value, dict):
            yield number, _json.cleaned(value)
        else:
            reject({"row": number, "reason": "not an object with named fields", "record": {"value": str(value)[:1000]}})


def _typed(row: dict[str, str | None]) -> dict[str, Any]:
    """A row of CSV as a record: numbers, truth values and JSON as such."""
    record: dict[str, Any] = {name: value for name, value in row.items() if value is not None}
    for name in ("value_number", "sentiment_score"):
        if name in record:
            try:
                record[name] = float(record[name])
            except ValueError:
                continue
    if str(record.get("value_boolean")).lower() in ("true", "false", "t", "f", "1", "0"):
        record["value_boolean"] = record["value_boolean"].lower() in ("true", "t", "1")
    for name in ("metadata", "emotions"):
        if str(record.get(name, ""))[:1] in ("{", "["):
            try:
                record[name] = json.loads(record[name])
            except ValueError:
                continue
    return record
