"""Examples to teach from, as they are kept: each once, its touchpoints as the taxonomy spells them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from touchstone.core.errors import Refused
from touchstone.core.tables import CORRECTION

_MOST = 20_000  # characters in one text
_POLARITIES = ("positive", "negative", "neutral", "mixed", "conflict")


def keep(store: Any, examples: Iterable[dict[str, Any]]) -> int:
    """Keeps examples as `touchstone teach` takes them; how many are new."""
    rows = {row["id"]: row for row in (_row(store, each) for each in examples)}
    kept: int = store.correct(list(rows.values()))
    return kept


def _row(store: Any, example: dict[str, Any]) -> dict[str, Any]:
    if len(example["text"]) > _MOST:
        raise Refused("a text is too long.", field="texts", todo=f"At most {_MOST:,} characters each.")
    if example.get("mentions") is not None:
        example = {**example, "mentions": [_mention(store, each) for each in example["mentions"]]}
    said = json.dumps(example, ensure_ascii=False, sort_keys=True)
    made = {"id": hashlib.sha256(f"example\x1f{said}".encode()).hexdigest()[:32], "table": "example", "change": said}
    return {**dict.fromkeys(CORRECTION.names), **made, "person": store.viewer.account or None, "made_at": store.now}


def _mention(store: Any, mention: Any) -> dict[str, str]:
    name = mention.get("touchpoint") if isinstance(mention, dict) else None
    found = store.taxonomy.find(str(name))
    if found is None:
        raise Refused(f"{name!r} is no touchpoint of this home.", field="touchpoint", todo="See its taxonomy.")
    polarity = mention.get("polarity")
    if polarity and polarity not in _POLARITIES:
        raise Refused(f"{polarity!r} is no polarity.", field="polarity", todo=f"One of {', '.join(_POLARITIES)}.")
    return {"touchpoint": str(found.name)} | ({"polarity": polarity} if polarity else {})
