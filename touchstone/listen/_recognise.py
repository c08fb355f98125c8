"""Which column of a table is what: judged from names and from contents, each with a confidence and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

import pyarrow as pa

from touchstone.core.tables import INTERACTION, LEVELS
from touchstone.listen import _ratings, _scores, _words
from touchstone.listen._columns import Column, Evidence, evidence, mapped

REPEATS = "repeats the text"
ENOUGH = 0.7  # a name less like a field than this is not taken for it
NOT_A_PERSON = frozenset(
    (
        "country", "location", "product", "file", "count", "age", "type", "class", "category", "status",
        "group", "segment",
    )
)  # fmt: skip
NOT_A_DATE = frozenset(
    (
        "birth", "birthday", "updated", "modified", "expiry", "naissance", "geburtsdatum", "nacimiento",
    )
)  # fmt: skip
ABOUT_A_PERSON = frozenset(
    (
        "author", "customer", "user", "reviewer", "passenger", "guest", "respondent", "nationality",
    )
)  # fmt: skip


class Judgement:
    """What each column of a sample has been taken for so far."""

    def __init__(self, table: pa.Table, given: Mapping[str, Any]) -> None:
        self.table, self.seen = table, evidence(table)
        self.taken = mapped(given, table.column_names)

    def has(self, field: str) -> bool:
        return any(column.taken_for == field for column in self.taken.values())

    def column(self, field: str) -> str | None:
        return next((column.name for column in self.taken.values() if column.taken_for == field), None)

    def take(self, name: str, field: str, confidence: float, why: str, *, kind: str = "") -> None:
        self.taken[name] = Column(name, field, confidence, why, kind=kind)

    def free(self) -> list[Evidence]:
        return [each for each in self.seen if each.name not in self.taken]


def recognise(table: pa.Table, given: Mapping[str, Any] | None = None) -> list[Column]:
    """One `Column` for every column of a sample whose cells are strings; `given` maps fields to columns and wins.

    Scales are set from the sample; `_ratings.scaled` sets them again from whole columns.
    """
    judgement = Judgement(table, given or {})
    _own_names(judgement)
    _fields(judgement)
    _units(judgement)
    _texts(judgement)
    _ratings.take(judgement.seen, judgement.taken)
    rest = "kept as it is, in attributes"
    return [judgement.taken.get(each.name) or Column(each.name, "attributes", 0.5, rest) for each in judgement.seen]


def _own_names(judgement: Judgement) -> None:
    """A table that already speaks our words (two that no one else has) needs no judging of these."""
    names = {each.name for each in judgement.seen}
    ours = {"source_id", "occurred_at", "touchpoint", "incentive", "reply_to", "worst", "metric"}
    if len(names & ours) < 2:
        return
    own = {*INTERACTION.names, "region", "title"} - {"seq", "received_at", "source", "id"} | {"source_id"}
    for each in judgement.free():
        field = "id" if each.name == "source_id" else each.name
        if each.name in own and not judgement.has(field):
            judgement.take(each.name, field, 0.99, "its name is the field's")


def _fits(field: str, each: Evidence) -> bool:
    """Whether the contents allow this field at all."""
    short, coded = each.words <= 12 and each.dates < 0.8, each.words <= 6 and each.numeric < 0.5
    tests = {
        "id": each.filled > 0.9 and each.distinct > 0.98 and each.words < 3 and each.dates < 0.8,
        "occurred_at": each.dates >= 0.8,
        "person": short and each.distinct > 0.01,
        "url": sum("/" in cell or "." in cell for cell in each.cells) >= 0.9 * len(each.cells),
        "language": coded and len(each.counts) <= 200,
        "amount": each.numeric > 0.95 and len(each.counts) > 5,
        "currency": all(len(cell) <= 4 for cell in each.counts),
        "level": {cell.casefold() for cell in each.counts} <= set(LEVELS),
        "kind": coded and len(each.counts) <= 30,
        "incentive": len(each.counts) <= 3,
        "inbound": len(each.counts) <= 2,
        "metric": coded and len(each.counts) <= 12,
        "best": each.numeric == 1,
        "worst": each.numeric == 1,
        "touchpoint": short and each.numeric < 0.5,
        "reply_to": True,
        "channel": coded,
        "attributes": all(cell.startswith("{") for cell in each.counts),
    }
    return bool(each.cells) and tests.get(field, short)


def _fields(judgement: Judgement) -> None:
    """Fields that one column bears: the best name whose contents fit."""
    for field, phrases in _words.FIELDS.items():
        if field in ("text", "title", "value") or judgement.has(field):
            continue
        offers = [(_offer(field, phrases, each), each.name) for each in judgement.free()]
        likeness, name = max(offers, default=(0.0, ""))
        if likeness >= ENOUGH:
            judgement.take(name, field, min(0.97, likeness), f"named like {field}, and its contents fit")
    if not judgement.has("occurred_at"):
        dated = [each for each in judgement.free() if each.dates > 0.95 and all(len(cell) >= 8 for cell in each.counts)]
        if len(dated) == 1 and dated[0].cells and not dated[0].named & NOT_A_DATE:
            judgement.take(dated[0].name, "occurred_at", 0.6, "the only column of dates")


def _offer(field: str, phrases: tuple[str, ...], each: Evidence) -> float:
    """How well a column serves as a field: likeness of its name, 0 where its contents or another word forbid it."""
    likeness = _words.likeness(each.name, phrases)
    if field == "occurred_at" and likeness < ENOUGH and "date" in each.named:
        likeness = 0.72
    forbidden = {"occurred_at": NOT_A_DATE, "person": NOT_A_PERSON}.get(field, frozenset())
    if field == "id" and likeness < 0.9 and not each.named & {"review", "response", "answer", "feedback", "record"}:
        return 0.0
    if field == "product" and "aircraft" in each.named and each.filled < 0.5:
        return 0.0
    return likeness if likeness and not each.named & forbidden and _fits(field, each) else 0.0


def _units(judgement: Judgement) -> None:
    """The unit, the unit above it where each belongs to one, and the region each lies in."""
    if not judgement.has("unit"):
        offers = [offer for each in judgement.free() if (offer := _unit_offer(each))]
        if offers:
            _, sure, name, kind = min(offers, key=lambda offer: (offer[0], -offer[1]))
            judgement.take(name, "unit", sure, f"named like a {kind}", kind=kind)
    unit = judgement.column("unit")
    if unit is None:
        return
    for each in judgement.free():
        kind, sure = _words.unit_kind(each.name)
        if (
            sure > 0.9
            and each.numeric < 0.5
            and not judgement.has("parent")
            and _above(judgement.table, unit, each.name)
        ):
            judgement.take(each.name, "parent", 0.8, "each unit belongs to one of these", kind=kind)
        elif (
            not judgement.has("region")
            and _words.likeness(each.name, _words.REGIONS) > ENOUGH
            and not each.named & ABOUT_A_PERSON
            and _above(judgement.table, unit, each.name)
        ):
            judgement.take(each.name, "region", 0.8, "each unit lies in one of these")


def _unit_offer(each: Evidence) -> tuple[int, float, str, str] | None:
    kind, sure = _words.unit_kind(each.name)
    if not kind or each.words > 20 or each.dates > 0.5 or len(each.counts) < 1:
        return None
    if each.numeric > 0.5 and sure > 0.9 and (scale := _ratings.natural(each.counts, each.name)) and scale.best <= 10:
        return None  # a rating of the branch or the location
    return list(_words.UNITS).index(kind), sure, each.name, kind


def _above(table: pa.Table, unit: str, other: str) -> bool:
    """Whether every unit has one value in the other column, and some share it."""
    held: dict[str, set[str]] = {}
    for one, above in zip(table[unit].to_pylist(), table[other].to_pylist(), strict=True):
        if one and above:
            held.setdefault(one, set()).add(above)
    single = sum(len(values) == 1 for values in held.values())
    shared = len(set().union(*held.values())) if held else 0
    return len(held) > 1 and single >= 0.98 * len(held) and shared < 0.9 * len(held)


def _texts(judgement: Judgement) -> None:
    """The words themselves, their title, and further open answers."""
    bought = judgement.has("amount") and judgement.has("product")  # then a description is the product's
    free = [each for each in judgement.free() if not (bought and "description" in each.named)]
    offers = sorted(((_text_offer(each), each.words, each) for each in free), key=lambda offer: offer[:2], reverse=True)
    if not judgement.has("text") and offers and offers[0][0] > 0:
        sure, _, best = offers[0]
        judgement.take(
            best.name, "text", sure, "named like the text" if sure > ENOUGH else "longer texts, all different"
        )
    _title(judgement)
    main = judgement.column("text")
    for sure, _, each in offers:
        if each.name in judgement.taken or sure < 0.5 or each.words < 3 or main is None:
            continue
        if each.words >= 5 and _repeats(judgement.table, main, each.name):
            judgement.take(each.name, "attributes", 0.9, REPEATS)
        elif sure >= 0.9:
            judgement.take(each.name, "answer", sure - 0.1, "a further open answer")


def _text_offer(each: Evidence) -> float:
    if not each.cells or each.numeric > 0.5 or each.dates > 0.5:
        return 0.0
    likeness = _words.likeness(each.name, _words.FIELDS["text"])
    question = each.name.strip().endswith("?") and each.words >= 3
    if likeness >= 0.9 or (likeness >= 0.55 and each.words >= 3):
        return likeness
    return 0.6 if question or (each.words >= 5 and each.distinct > 0.3) else 0.0


def _title(judgement: Judgement) -> None:
    if judgement.has("title"):
        return
    phrases = _words.FIELDS["title"]
    offers = [
        (_words.likeness(each.name, phrases), each) for each in judgement.free() if each.cells and each.words <= 20
    ]
    likeness, best = max(offers, key=lambda offer: offer[0], default=(0.0, None))
    if best is None or likeness < ENOUGH or best.numeric > 0.5:
        return
    if not judgement.has("text"):
        judgement.take(best.name, "text", 0.7, "titles, and there is no longer text")
    elif _says_nothing_new(judgement, best.name):
        judgement.take(best.name, "attributes", 0.8, "titles that only repeat other columns: not joined to the text")
    else:
        judgement.take(best.name, "title", min(0.95, likeness), "named like a title: joined before the text")


def _says_nothing_new(judgement: Judgement, title: str) -> bool:
    """Whether titles only name what other columns name, in the same few words ("X customer review")."""
    rows = judgement.table.slice(0, 400).to_pylist()
    often: dict[str, int] = {}
    for row in rows:
        for word in set(_scores.plain(row[title] or "").split()):
            often[word] = often.get(word, 0) + 1
    left = []
    main = judgement.column("text")
    for row in rows:
        others = " ".join(
            _scores.plain(value)
            for name, value in row.items()
            if value and name not in (title, main) and len(value) < 200
        ).replace("-", " ")
        words = _scores.plain(row[title] or "").split()
        left.append(sum(often[word] < 0.3 * len(rows) and word not in others for word in words))
    return len(rows) >= 20 and median(left) < 1


def _repeats(table: pa.Table, main: str, other: str) -> bool:
    """Whether one column is found within the other, or nearly, in most rows."""
    pairs = [
        (" ".join(one.split()), " ".join(two.split()))
        for one, two in zip(table[main].to_pylist(), table[other].to_pylist(), strict=True)
        if one and two
    ]
    return sum(one in two or two in one for one, two in pairs) > 0.8 * max(1, len(pairs))
