"""Correct what was understood of an interaction: a mention or a signal. Kept for good, over every later run."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from touchstone.core.errors import Refused
from touchstone.core.tables import CORRECTION

WHO = ("insider",)

_TELLING = {"mention": ("touchpoint",), "signal": ("layer", "label")}
_FIELDS = {
    "mention": ("component", "sentiment", "polarity", "confidence", "start", "stop"),
    "signal": ("score", "probability"),
}
_POLARITIES = ("positive", "negative", "neutral", "mixed")
_RANGES = {"sentiment": (-1.0, 1.0), "confidence": (0.0, 1.0), "score": (0.0, 1.0), "probability": (0.0, 1.0)}


def act(store: Any, *, table: Literal["mention", "signal"], interaction: str, change: dict[str, Any]) -> dict[str, Any]:
    """The correction kept: {"correction": id, "new": bool}; the same again is kept once.

    `change` says which row is meant (`touchpoint` of a mention; `layer` and `label` of a signal) and what it should
    say: `sentiment` -1 to 1, `polarity`, `start`, `stop`, `score` and so on; all of them null takes the row away. A
    mention nobody made yet is added. It holds from the next `run` on. `Refused`: an unknown interaction or field, or
    a value that the field cannot have.
    """
    text = _text(store, interaction)
    _check(store, table, change, text)
    kept = {name: change[name] for name in sorted(change)}
    said = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    id = hashlib.sha256("\x1f".join((table, interaction, said)).encode()).hexdigest()[:32]
    row = {"id": id, "table": table, "interaction": interaction, "change": said}
    made = {"person": store.viewer.account or None, "made_at": store.now}
    new = store.correct([{**dict.fromkeys(CORRECTION.names), **row, **made}])
    store.log("correct", correction=id, interaction=interaction)
    return {"correction": id, "new": bool(new)}


def _text(store: Any, interaction: str) -> str:
    found = store.ask().lake("select text from interaction where id = ?", [interaction])["text"].to_pylist()
    if not found:
        raise Refused(f"there is no interaction {interaction!r}.", field="interaction", todo="Look at its id.")
    return found[0] or ""


def _check(store: Any, table: str, change: dict[str, Any], text: str) -> None:
    for name in _TELLING[table]:
        if not isinstance(change.get(name), str):
            raise _refused(f"{name} is missing: it says which {table} is meant")
    if stray := sorted(set(change) - {*_TELLING[table], *_FIELDS[table]}):
        raise _refused(f"a {table} has no {stray[0]!r} to change")
    if table == "mention" and store.taxonomy.find(change["touchpoint"]) is None:
        raise _refused(f"{change['touchpoint']!r} is no touchpoint of this home")
    if change.get("polarity") not in (None, *_POLARITIES):
        raise _refused(f"polarity is one of {', '.join(_POLARITIES)}")
    for name, (low, high) in _RANGES.items():
        if change.get(name) is not None and not (_is_number(change[name]) and low <= change[name] <= high):
            raise _refused(f"{name} lies between {low:g} and {high:g}")
    start, stop = change.get("start"), change.get("stop")
    if (start, stop) != (None, None) and not _is_span(start, stop, len(text)):
        raise _refused("start and stop are a span of the text")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_span(start: Any, stop: Any, length: int) -> bool:
    return isinstance(start, int) and isinstance(stop, int) and 0 <= start < stop <= length


def _refused(why: str) -> Refused:
    return Refused(f"{why}.", field="change", todo="See docs/rooms/act.md for what may be changed.")
