"""Decisions about themes that speak in an erased person's words: names and words that nobody else says go."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, select, update

from touchstone.store.tables import correction, interaction

if TYPE_CHECKING:
    from touchstone.store._erase import Traces

_SPOKEN = ("name", "touchpoint", "words", "telling")
_DECIDED = select(correction.c.seq, correction.c.change).where(correction.c.table == "theme")


def theirs(connection: Connection, traces: Traces, naming: re.Pattern[str] | None) -> set[str]:
    """Names and words in decisions about themes that name the person, or that they have said and no text of others.

    To be asked before their texts go.
    """
    said = [each.casefold() for each in traces.said]
    changes = [json.loads(row.change or "{}") for row in connection.execute(_DECIDED).all()]
    every = {str(each) for change in changes for each in _spoken(change)}
    return {each for each in sorted(every) if _own(connection, each, traces.who, said, naming)}


def unsay(connection: Connection, words: set[str]) -> None:
    """Takes these words out of decisions about themes; one whose name, or every word to split by, goes is gone."""
    for row in connection.execute(_DECIDED).all() if words else ():
        change = json.loads(row.change or "{}")
        if not words.intersection(map(str, _spoken(change))):
            continue
        kept = {name: _left(value, words) if name in _SPOKEN else value for name, value in change.items()}
        own = correction.c.seq == row.seq
        if any(change.get(name) and not kept[name] for name in _SPOKEN if name != "telling"):
            connection.execute(delete(correction).where(own))
        else:
            written = json.dumps(kept, ensure_ascii=False, sort_keys=True)
            connection.execute(update(correction).where(own).values(change=written))


def _spoken(change: dict[str, Any]) -> list[Any]:
    """The names and words of a decision."""
    found: list[Any] = []
    for name in _SPOKEN:
        value = change.get(name) or []
        found += value if isinstance(value, list) else [value]
    return found


def _left(value: Any, words: set[str]) -> Any:
    if isinstance(value, list):
        return [each for each in value if str(each) not in words]
    return "" if str(value) in words else value


def _own(connection: Connection, words: str, who: str, said: list[str], naming: re.Pattern[str] | None) -> bool:
    if naming is not None and naming.search(words):
        return True
    plain = " ".join(words.casefold().split())
    if not any(plain in each for each in said):
        return False
    text = func.lower(interaction.c.text)
    others = select(interaction.c.seq).where(interaction.c.person.is_distinct_from(who))
    return connection.execute(others.where(text.contains(plain, autoescape=True)).limit(1)).first() is None
