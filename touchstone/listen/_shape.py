"""Rows of a recognised table to interactions: one for the row itself, one for each further score or answer in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import INSTANT, KINDS, LEVELS
from touchstone.listen import _attributes, _cells, _dates, _scores
from touchstone.listen._columns import Column
from touchstone.listen._csv import ROW, Reject
from touchstone.listen._whole import Whole, contents, slug

REPEATS = "repeats the text"
LONGEST_CELL = 1_000_000  # characters: what is longer is no feedback
AS_GIVEN = ("person", "product", "channel", "url", "touchpoint", "campaign", "currency", "thread", "region")
SHARED = (
    "source",
    "occurred_at",
    "person",
    "level",
    "unit",
    "product",
    "channel",
    "language",
    "incentive",
    "campaign",
    "url",
)
"""What every interaction made of one row has in common."""


@dataclass
class Shape:
    """How the rows of one file become interactions."""

    columns: Sequence[Column]
    whole: Whole
    source: str
    units: Mapping[str, str]
    told: Mapping[str, str]
    reject: Reject
    since: datetime | None = None
    now: datetime | None = None
    noticed: dict[str, int] = field(default_factory=dict)
    values: dict[str, dict[str, float | None]] = field(default_factory=dict)
    _occurred: dict[str, int] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_field = {column.taken_for: column for column in reversed(self.columns)}
        for name, counts in self.whole.counts.items():
            self.values[name] = _scores.parse(counts)

    def batches(self, table: pa.Table, keys: pa.Array) -> list[pa.Table]:
        """The interactions of one batch of rows: the rows themselves first, then their further scores and answers."""
        table, keys = self._distinct(table, keys)
        if not len(table):
            return []
        common = self._common(table, keys)
        main, wrong = self._main(table)
        wrong = pc.coalesce(self._too_long(table), wrong)
        others = [other for column in self.columns if (other := self._other(table, column)) is not None]
        empty = pc.invert(_any([main["said"], *(other[1] for other in others)], len(table)))
        wrong = pc.coalesce(wrong, pc.if_else(empty, "nothing in it: no text, no score", None), common.pop("wrong"))
        keep = self._kept(table, wrong, common["occurred_at"])
        said = pc.and_(keep, main.pop("said"))
        spare = self._attributes(table, main.get("text"))
        out = [_select(said, {**common, **main, "attributes": spare})]
        placed = said
        for column, holds, values in others:
            has = pc.and_(holds, keep)
            extra = pc.if_else(pc.and_(has, pc.invert(placed)), spare, None)
            placed = pc.or_(placed, has)
            out.append(_select(has, self._answer(common, column, values, extra)))
        return [each for each in out if len(each)]

    def _answer(
        self, common: Mapping[str, Any], column: Column, values: Mapping[str, Any], extra: pa.Array
    ) -> dict[str, Any]:
        shared = {name: common[name] for name in SHARED if name in common}
        source_id = pc.binary_join_element_wise(common["source_id"], column.name, "#")
        if not column.touchpoint:
            extra = _attributes.with_field(extra, "question", column.name)
        own = {"source_id": source_id, "kind": "answer", "thread": common["source_id"], "attributes": extra}
        return {**shared, **own, **values, "touchpoint": column.touchpoint or None}

    def _distinct(self, table: pa.Table, keys: pa.Array) -> tuple[pa.Table, pa.Array]:
        """Keys made distinct: a copy with the same id is rejected, other rows of one key are numbered "~2", "~3"."""
        if not self.whole.repeated:
            return table, keys
        given = keys.to_pylist()
        places = [place for place, key in enumerate(given) if key in self.whole.repeated]
        if not places:
            return table, keys
        digests = contents(table.take(places)).to_pylist() if self.whole.by_id else [""] * len(places)
        copies = []
        for place, digest in zip(places, digests, strict=True):
            key = given[place]
            if self.whole.by_id and digest in (self._first.get(f"{key}\x1f{digest}") or "",) and digest:
                copies.append(place)
                continue
            self._first[f"{key}\x1f{digest}"] = digest
            self._occurred[key] = again = self._occurred.get(key, 0) + 1
            given[place] = key if again == 1 else f"{key}~{again}"
        for place in copies:
            self._reject(table, place, "a copy of an earlier row with the same id")
        keep = pa.array([place not in set(copies) for place in range(len(given))])
        return table.filter(keep), pa.array(given, pa.string()).filter(keep)

    def _reject(self, table: pa.Table, place: int, reason: str) -> None:
        row = table.slice(place, 1).to_pylist()[0]
        number = row.pop(ROW)
        record = {name: value if value is None else value[:10_000] for name, value in row.items()}
        self.reject({"row": number, "reason": reason, "record": record})

    def _kept(self, table: pa.Table, wrong: pa.Array, occurred_at: pa.Array) -> pa.Array:
        """Which rows go on; those with something wrong are rejected, those before `since` left out."""
        for place in pc.indices_nonzero(pc.is_valid(wrong)).to_pylist():
            self._reject(table, place, wrong[place].as_py())
        keep = pc.is_null(wrong)
        if self.since is not None:
            keep = pc.and_(keep, pc.fill_null(pc.greater_equal(occurred_at, pa.scalar(self.since, INSTANT)), True))
        return keep

    def _too_long(self, table: pa.Table) -> pa.Array:
        longest = [pc.max(pc.binary_length(table[name])).as_py() or 0 for name in table.column_names if name != ROW]
        if max(longest, default=0) <= LONGEST_CELL:
            return pa.nulls(len(table), pa.string())
        long = _any(
            [
                pc.fill_null(pc.greater(pc.binary_length(_flat(table[n])), LONGEST_CELL), False)
                for n in table.column_names
                if n != ROW
            ],
            len(table),
        )
        return pc.if_else(long, "a cell of more than a million characters", None)

    def _cell(self, table: pa.Table, name: str) -> pa.Array | None:
        """A field's cells without blanks around them; what says "no answer" is null. None where it has no column."""
        column = self.by_field.get(name)
        return None if column is None else _cells.trimmed(_flat(table[column.name]))

    def _common(self, table: pa.Table, keys: pa.Array) -> dict[str, Any]:
        common: dict[str, Any] = {"source": self.source, "source_id": keys, "incentive": "unknown"}
        for name in AS_GIVEN:
            if name != "region" and (cells := self._cell(table, name)) is not None:
                common[name] = cells
        common |= {name: _cells.told(value, name) for name, value in self.told.items() if name in _cells.CONSTANTS}
        if "unit" in self.told:
            common["unit"] = slug(self.told["unit"])
        elif (raw := self._raw(table, "unit")) is not None:
            common["unit"] = _cells.mapped(raw, self.units.get)
        if (column := self.by_field.get("incentive")) is not None:  # here "none" is an answer
            common["incentive"] = _cells.mapped(_flat(table[column.name]), _cells.incentive)
        makers: dict[str, Callable[[str], str | None]] = {
            "language": _cells.language, "level": _cells.one_of(LEVELS),
            "kind": _cells.one_of(KINDS),
        }  # fmt: skip
        for name, maker in makers.items():
            if (cells := self._cell(table, name)) is not None:
                common[name] = _cells.mapped(cells, maker)
        if (cells := self._cell(table, "inbound")) is not None:
            common["level"] = _cells.mapped(cells, lambda cell: "end_customer" if _cells.yes(cell) else "employee")
        return common | self._when(table)

    def _when(self, table: pa.Table) -> dict[str, pa.Array]:
        """When rows happened, and what is wrong with the dates of some."""
        cells = self._cell(table, "occurred_at")
        if cells is None:
            return {"occurred_at": pa.nulls(len(table), INSTANT), "wrong": pa.nulls(len(table), pa.string())}
        when = _dates.instants(cells, days_first=self.whole.days_first)
        unread = pc.and_(pc.is_valid(cells), pc.is_null(when))
        wrong = pc.if_else(unread, pc.binary_join_element_wise("its date cannot be read: ", cells, ""), None)
        odd = self._not_meant(when)
        if count := pc.sum(odd).as_py():
            self.noticed["occurred_at"] = self.noticed.get("occurred_at", 0) + count
        return {"occurred_at": pc.if_else(odd, None, when), "wrong": wrong}

    def _not_meant(self, when: pa.Array) -> pa.Array:
        """Dates that nobody can have meant: the first day of 1970, and what is yet to come."""
        first_day = pc.equal(
            pc.floor_temporal(when, unit="day"), pa.scalar(datetime(1970, 1, 1), pa.timestamp("us")).cast(INSTANT)
        )
        odd = pc.fill_null(first_day, False)
        if self.now is not None:
            late = pc.greater(when, pa.scalar(self.now + timedelta(days=1), INSTANT))
            odd = pc.or_(odd, pc.fill_null(late, False))
        return odd

    def _main(self, table: pa.Table) -> tuple[dict[str, Any], pa.Array]:
        """What a row itself says (text, overall score, money), and what is wrong with it."""
        main: dict[str, Any] = {"kind": self._kind()} if "kind" not in self.by_field else {}
        text = _cells.text(self._raw(table, "text"), self._raw(table, "title"))
        said, wrong = [], pa.nulls(len(table), pa.string())
        if text is not None:
            main["text"] = text
            said.append(pc.is_valid(text))
        if column := self.by_field.get("value"):
            score, unread = self._score(table, column)
            main |= score
            said.append(pc.is_valid(score["value"]))
            shown = pc.binary_join_element_wise("its score is no score of this scale: ", _flat(table[column.name]), "")
            wrong = pc.if_else(unread, shown, None)
        if (amount := self._cell(table, "amount")) is not None:
            main["amount"] = _cells.numbers(amount)
            said.append(pc.is_valid(main["amount"]))
        if (reply := self._cell(table, "reply_to")) is not None:
            main["reply_to"] = pc.replace_substring_regex(reply, r"^(\d+)\.0$", r"\1")
        events = not said and not any(column.taken_for in ("rating", "score", "answer") for column in self.columns)
        main["said"] = pa.array([True] * len(table)) if events else _any(said, len(table))
        return main, wrong

    def _raw(self, table: pa.Table, name: str) -> pa.Array | None:
        column = self.by_field.get(name)
        return None if column is None else _flat(table[column.name])

    def _score(self, table: pa.Table, column: Column) -> tuple[dict[str, Any], pa.Array]:
        """A score column's values on its scale, and which cells are no score of it."""
        return _cells.score(
            _flat(table[column.name]), column, self.values[column.name],
            own={name: self._cell(table, name) for name in ("metric", "best", "worst") if column.taken_for == "value"},
        )  # fmt: skip

    def _other(self, table: pa.Table, column: Column) -> tuple[Column, pa.Array, dict[str, Any]] | None:
        """A further score or open answer of the rows: which rows have it, and its values."""
        if column.taken_for == "answer":
            text = _cells.text(_flat(table[column.name]), None)
            return None if text is None else (column, pc.is_valid(text), {"text": text})
        if column.taken_for not in ("score", "rating") or column.scale is None:
            return None
        score, unread = self._score(table, column)
        if count := pc.sum(unread).as_py():
            self.noticed[column.name] = self.noticed.get(column.name, 0) + count
        return column, pc.is_valid(score["value"]), score

    def _attributes(self, table: pa.Table, text: pa.Array | None) -> pa.Array:
        """Everything no field took, as a JSON object; also scores that lie outside their scale, and dates not meant."""
        parts: dict[str, pa.Array] = {}
        for column in self.columns:
            cells = _flat(table[column.name])
            if column.taken_for == "attributes":
                repeats = text is not None and column.why == REPEATS
                parts[column.name] = self._unless_repeated(cells, table, text) if repeats else cells
            elif column.taken_for in ("score", "rating"):
                unread = self._score(table, column)[1] if column.scale else pc.is_valid(cells)
                parts[column.name] = pc.if_else(unread, cells, None)
            elif column.taken_for == "occurred_at" and "occurred_at" in self.noticed:
                odd = self._not_meant(_dates.instants(cells, days_first=self.whole.days_first))
                parts[column.name] = pc.if_else(odd, cells, None)
        return _attributes.join(parts, len(table))

    def _unless_repeated(self, cells: pa.Array, table: pa.Table, text: pa.Array) -> pa.Array:
        """Cells that say no more than the text, or the text with its title, are not kept twice."""
        same = pc.or_kleene(pc.equal(cells, text), pc.equal(cells, self._raw(table, "text")))
        return pc.if_else(pc.fill_null(same, False), None, cells)

    def _kind(self) -> str:
        text, value = self.by_field.get("text"), self.by_field.get("value")
        if "kind" in self.told:
            return self.told["kind"]
        if {"inbound", "reply_to", "thread"} & set(self.by_field) and text:
            return "message"
        if text and not (value and value.scale and value.scale.metric in ("nps", "csat", "ces")):
            return "message" if text.name.casefold() in ("message", "tweet", "body") else "review"
        if text or any(column.taken_for in ("value", "rating", "score") for column in self.columns):
            return "answer"
        return "purchase" if "amount" in self.by_field else "event"


def _flat(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks()
    return flat if isinstance(flat, pa.Array) else pa.concat_arrays(flat.chunks)


def _any(masks: Sequence[pa.Array], size: int) -> pa.Array:
    result = pa.array([False] * size)
    for mask in masks:
        result = pc.or_(result, mask)
    return result


def _select(mask: pa.Array, columns: Mapping[str, Any]) -> pa.Table:
    """The chosen rows of some columns; a value that is no column stands in every row."""
    size = pc.sum(mask).as_py() or 0
    arrays = {
        name: value.filter(mask) if isinstance(value, pa.Array) else pa.repeat(pa.scalar(value, pa.string()), size)
        for name, value in columns.items()
        if value is not None
    }
    return pa.table(arrays)
