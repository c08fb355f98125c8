"""Correct what was understood of an interaction: a mention or a signal. Kept for good, over every later run."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from touchstone.act._reader import Reader
from touchstone.core.errors import Refused
from touchstone.core.tables import CORRECTION

WHO = ("insight", "contact_centre", "marketing")

_TELLING = {"mention": ("touchpoint",), "signal": ("layer", "label")}
_FIELDS = {
    "mention": ("becomes", "component", "sentiment", "polarity", "confidence", "start", "stop", "words"),
    "signal": ("score", "probability"),
}
_POLARITIES = ("positive", "negative", "neutral", "mixed")
_RANGES = {"sentiment": (-1.0, 1.0), "confidence": (0.0, 1.0), "score": (0.0, 1.0), "probability": (0.0, 1.0)}


def act(
    store: Any,
    *,
    interaction: str,
    table: Literal["mention", "signal"] = "mention",
    change: dict[str, Any] | None = None,
    takes_back: str | None = None,
) -> dict[str, Any]:
    """The correction kept: {"correction": id, "new": bool}; saying again what stands already keeps nothing.

    `change` says which row is meant (`touchpoint` of a mention; `layer` and `label` of a signal) and what it should
    say: `polarity`, `sentiment` -1 to 1, `words` of the text that say so (or `start` and `stop`), `becomes` for another
    touchpoint, `score` and so on; all of them null takes the row away. A mention nobody made yet is added. Or
    `takes_back` names a correction of this interaction, which then holds no more. The change is seen at once, in what
    was understood and its counts; stored figures follow with the next `run`. `Refused`: an unknown interaction or
    field, or a value that the field cannot have.
    """
    text = _text(store, interaction)
    made = store.corrections(interaction)
    if takes_back is not None:
        said = _taking_back(made, takes_back)
    else:
        said = _change(store, table, change or {}, text)
        if (standing := _standing(made, table, said)) is not None:
            return {"correction": standing, "new": False}
    kept = _kept(store, made, table, interaction, said)
    Reader(store).catch_up()
    return kept


def _kept(store: Any, made: list[dict[str, Any]], table: str, interaction: str, said: dict[str, Any]) -> dict[str, Any]:
    """The correction's id follows from what it says and from what was corrected before it."""
    written = json.dumps(said, ensure_ascii=False, sort_keys=True)
    before = made[-1]["id"] if made and "takes_back" not in said else ""
    id = hashlib.sha256("\x1f".join((table, interaction, written, before)).encode()).hexdigest()[:32]
    row = {"id": id, "table": table, "interaction": interaction, "change": written}
    who = {"person": store.viewer.account or None, "made_at": store.now}
    new = store.correct([{**dict.fromkeys(CORRECTION.names), **row, **who}])
    store.log("correct", correction=id, interaction=interaction)
    return {"correction": id, "new": bool(new)}


def _taking_back(made: list[dict[str, Any]], id: str) -> dict[str, Any]:
    meant = next((each for each in made if each["id"] == id and each["table"] in _TELLING), None)
    if meant is None:
        raise Refused("this interaction has no such correction.", field="takes_back", todo="Look at its history.")
    return {"takes_back": id}


def _standing(made: list[dict[str, Any]], table: str, said: dict[str, Any]) -> str | None:
    """The id of the correction that stands for the same row, where it says the same."""
    changes = [(each["id"], json.loads(each["change"])) for each in made if each["table"] == table]
    undone = {change.get("takes_back") for _, change in changes}
    same = [(id, change) for id, change in changes if id not in undone and _row(table, change) == _row(table, said)]
    return same[-1][0] if same and same[-1][1] == said else None


def _row(table: str, change: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(change.get(name) for name in _TELLING[table])


def _text(store: Any, interaction: str) -> str:
    found = store.ask().lake("select text from interaction where id = ?", [interaction])["text"].to_pylist()
    if not found:
        raise Refused(f"there is no interaction {interaction!r}.", field="interaction", todo="Look at its id.")
    return found[0] or ""


def _change(store: Any, table: str, change: dict[str, Any], text: str) -> dict[str, Any]:
    """The change as it is kept: checked, touchpoints as the taxonomy spells them, quoted words as a span."""
    for name in _TELLING[table]:
        if not isinstance(change.get(name), str):
            raise _refused(f"{name} is missing: it says which {table} is meant")
    if stray := sorted(set(change) - {*_TELLING[table], *_FIELDS[table]}):
        raise _refused(f"a {table} has no {stray[0]!r} to change")
    said = dict(change)
    for name in ("touchpoint", "becomes"):
        if said.get(name) is not None:
            said[name] = _touchpoint(store, said[name])
    if (words := said.pop("words", None)) is not None:
        said |= _span(words, text)
    _check(said, text)
    return said


def _touchpoint(store: Any, name: Any) -> str:
    if (found := store.taxonomy.find(str(name))) is None:
        raise _refused(f"{name!r} is no touchpoint of this home")
    return str(found.name)


def _span(words: Any, text: str) -> dict[str, int]:
    """Where the text says these words, capitals and spaces aside; nothing where none are given."""
    quoted = " ".join(str(words).split())
    if not quoted:
        return {}
    found = _search(quoted, text)
    if found is None:
        raise _refused(f"the text does not say {quoted[:80]!r}: quote it as it stands")
    return {"start": found[0], "stop": found[1]}


def _search(quoted: str, text: str) -> tuple[int, int] | None:
    import re  # only where words are quoted

    pattern = r"\s+".join(re.escape(word) for word in quoted.split())
    found = re.search(pattern, text) or re.search(pattern, text, re.IGNORECASE)
    return None if found is None else found.span()


def _check(change: dict[str, Any], text: str) -> None:
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
