"""Decisions about themes that speak in an erased person's words, and the touchpoints they made: such words go."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, or_, select, update

from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.store._lake import Bench, Lake
from touchstone.store.tables import correction, initiative, interaction

if TYPE_CHECKING:
    from touchstone.store._erase import Traces

_SPOKEN = ("name", "touchpoint", "words", "telling")
_DECIDED = select(correction.c.seq, correction.c.change).where(correction.c.table == "theme")


def theirs(connection: Connection, traces: Traces, naming: re.Pattern[str] | None, taxonomy: Taxonomy) -> set[str]:
    """Names and words in decisions about themes that name the person, or that they have said and no text of others.

    Those of touchpoints that such decisions made count too. To be asked before their texts go.
    """
    said = [each.casefold() for each in traces.said]
    every = {str(each) for change in _changes(connection) for each in _spoken(change)}
    every |= {each for point in _made(connection, taxonomy) for each in _told(point)}
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


def named(connection: Connection, words: set[str]) -> set[str]:
    """Those of these words that a decision made the name of a touchpoint."""
    return words & {str(change["touchpoint"]) for change in _changes(connection) if _makes(change)}


def untold(connection: Connection, taxonomy: Taxonomy, traces: Traces, naming: re.Pattern[str] | None) -> Taxonomy:
    """The taxonomy without these words in touchpoints that decisions made; one whose name goes is gone."""
    gone = named(connection, traces.alone)
    made = {each.name for each in _made(connection, taxonomy)} - gone
    points = (_without(each, traces, naming) if each.name in made else each for each in taxonomy)
    return replace(taxonomy, touchpoints=tuple(each for each in points if each.name not in gone))


def mentioning(lake: Lake, connection: Connection, names: set[str]) -> list[int]:
    """The seqs of interactions that mention touchpoints of these names."""
    if not names or not (pieces := lake.state(connection).of("mention")):
        return []
    found = Bench(lake).duck.execute(
        f"select distinct seq from {Bench(lake).rows(pieces, '')} where list_contains(?, touchpoint)", [sorted(names)]
    )
    return sorted(int(seq) for (seq,) in found.fetchall())


def unname(connection: Connection, names: set[str]) -> None:
    """Takes out what people stated of touchpoints of these names: corrections, examples, initiatives."""
    if not names:
        return
    every = select(correction.c.seq, correction.c.change).where(correction.c.change.contains("touchpoint"))
    for row in connection.execute(every).all():
        if names & set(_touchpoints(json.loads(row.change or "{}"))):
            connection.execute(delete(correction).where(correction.c.seq == row.seq))
    own = initiative.c
    connection.execute(delete(initiative).where(or_(own.touchpoint.in_(names), own.spills_to.in_(names))))


def _changes(connection: Connection) -> list[dict[str, Any]]:
    return [json.loads(row.change or "{}") for row in connection.execute(_DECIDED).all()]


def _makes(change: dict[str, Any]) -> bool:
    """Whether a decision made a touchpoint that the taxonomy had not."""
    return bool(change.get("touchpoint") and change.get("made"))


def _made(connection: Connection, taxonomy: Taxonomy) -> list[Touchpoint]:
    """The touchpoints of the taxonomy that decisions made."""
    names = {str(change["touchpoint"]) for change in _changes(connection) if _makes(change)}
    return [each for each in taxonomy if each.name in names]


def _told(point: Touchpoint) -> list[str]:
    """What a touchpoint is told by, but for its description."""
    return [point.name, *point.components, *point.examples, *(each for some in point.words.values() for each in some)]


def _without(point: Touchpoint, traces: Traces, naming: re.Pattern[str] | None) -> Touchpoint:
    """The touchpoint without words that only the person said, and without a description that tells of them."""

    def kept(some: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in some if each not in traces.alone)

    plain = " ".join(point.description.casefold().split())
    theirs = {" ".join(each.casefold().split()) for each in (*traces.alone, *traces.quoted)}
    telling = (naming is not None and naming.search(point.description)) or any(each in plain for each in theirs)
    return replace(
        point,
        description=f"What customers say of {point.name}." if telling else point.description,
        components=kept(point.components),
        examples=kept(point.examples),
        words={language: left for language, some in point.words.items() if (left := kept(some))},
    )


def _touchpoints(value: Any) -> Iterator[str]:
    """The touchpoints that a change names, however deep."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield from [held] if name == "touchpoint" and isinstance(held, str) else _touchpoints(held)
    elif isinstance(value, list):
        for held in value:
            yield from _touchpoints(held)


def _spoken(change: dict[str, Any]) -> list[Any]:
    """The names and words of a decision; of a touchpoint that was there before it is no word."""
    found: list[Any] = []
    for name in _SPOKEN:
        value = change.get(name) or []
        if name != "touchpoint" or change.get("made", True):
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
