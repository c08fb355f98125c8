"""Counts of answers and mentions from the rollups, by any mix of columns: the one SQL all measures share.

The SQL keeps to the agreed subset (docs/rooms/store.md), so SQLGlot can render it for Spark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.where import Condition, parse

PLAIN = ("unit", "touchpoint", "channel", "product", "level", "campaign", "incentive")
PERIODS = ("day", "week", "month", "quarter", "year")
WHOLE = "whole"
"""A column to count by: whether an answer is about the whole experience and names no touchpoint."""
COLUMNS = {"rollup": (*PLAIN, "kind"), "mention_rollup": PLAIN}
OWN = {
    "rollup": {"metric": "text", "value": "number", "worst": "number", "best": "number"},
    "mention_rollup": {"polarity": "text"},
}
"""Columns of each rollup that only a condition may name, with the kind of their values."""


@dataclass(frozen=True)
class Question:
    """What is asked: the columns to count by, and what the count is narrowed to."""

    by: tuple[str, ...] = ()
    where: str | None = None
    since: str | date | None = None  # first day counted
    until: str | date | None = None  # last day counted
    worst: float | None = None  # these two overrule the scale that answers say
    best: float | None = None

    def __post_init__(self) -> None:
        if self.best is not None and self.best == self.worst:
            raise Refused("a scale has two ends.", field="best", todo="Give best and worst that differ.")


def count(
    ask: Ask, question: Question, *, rollup: str, columns: Sequence[str] = (), only: dict[str, Any] | None = None
) -> pa.Table:
    """Counts from `rollup`: the by columns as text, then `columns` of the rollup, then `n`; completely ordered.

    `only` keeps rows whose column has the value given. Rows that lack one of the by columns are left out: they are
    about no group. A `by` or `where` that this rollup cannot answer is Refused.
    """
    condition = check(question, rollup)
    sql, parameters = _select(rollup, question, columns=tuple(columns), only=only or {}, condition=condition)
    table = ask.lake(sql, parameters)
    for name in set(question.by) & set(PERIODS):
        place = table.column_names.index(name)
        table = table.set_column(place, name, period_text(table[name], name))
    return table


def check(question: Question, rollup: str) -> Condition | None:
    """The question's condition, read; Refused where it or a by column is none of this rollup's."""
    known = _known(rollup)
    for name in question.by:
        if name not in known:
            raise Refused(f"cannot count by {name!r}.", field="by", where="by", todo=f"Known: {', '.join(known)}.")
    return parse(question.where, _kinds(rollup)) if question.where else None


def parts(question: Question, rollup: str) -> bool:
    """Whether the question itself says which touchpoints it is about."""
    condition = check(question, rollup)
    return bool({"touchpoint", "stage"} & {*question.by, *(condition.columns if condition else ())})


def answers(question: Question, rollup: str) -> bool:
    """Whether the rollup has every column that a question names (one that another rollup has understood)."""
    named = parse(question.where, {**_kinds("rollup"), **_kinds(rollup)}).columns if question.where else frozenset()
    return {*question.by, *named} <= set(_kinds(rollup))


def period_text(starts: Any, period: str) -> Any:
    """The first days of periods as text: 2026, 2026-Q1, 2026-01, and a date for weeks (their Monday) and days."""
    encoded = pa.chunked_array(starts).combine_chunks() if isinstance(starts, list) else starts.combine_chunks()
    encoded = encoded.dictionary_encode()
    words = [None if each is None else _period(each, period) for each in encoded.dictionary.to_pylist()]
    return pc.take(pa.array(words, pa.string()), encoded.indices)


def by_words(column: Any, name: str) -> list[str]:
    """What a by column says, row by row: periods as text, others as they are."""
    words: list[str] = (period_text(column, name) if name in PERIODS else column).to_pylist()
    return words


def day(value: str | date | None, *, field: str) -> date | None:
    """A day from text, date or instant; Refused where it is none."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise Refused(f"{value!r} is not a date.", field=field, where=field, todo="Write 2026-01-31.") from error


def _period(start: date, period: str) -> str:
    if period == "year":
        return f"{start.year:04d}"
    if period == "quarter":
        return f"{start.year:04d}-Q{(start.month + 2) // 3}"
    return f"{start.year:04d}-{start.month:02d}" if period == "month" else start.isoformat()


def _known(rollup: str) -> tuple[str, ...]:
    return (*COLUMNS[rollup], "region", "stage", *PERIODS)


def _kinds(rollup: str) -> dict[str, str]:
    """The columns a condition may name, with the kind of their values."""
    days = ("day", "week")
    return {each: "day" if each in days else "text" for each in _known(rollup)} | OWN[rollup]


def expression(name: str, *, as_text: bool) -> str:
    """How a column is read; months, quarters and years as text only where a condition compares them."""
    if name == "region":
        return "u.region"
    if name == "stage":
        return "t.stage"
    if name == WHOLE:
        return "(r.touchpoint IS NULL)"
    if name in PERIODS[1:]:
        return _written(name) if as_text and name != "week" else _start(name)
    return f"r.{name}"


def _start(period: str) -> str:
    """The first day of a period; whole months are read from `month`, which smaller rollups have too."""
    return "r.month" if period == "month" else f"CAST(date_trunc('{period}', r.{_base(period)}) AS DATE)"


def _base(period: str) -> str:
    return "day" if period in ("day", "week") else "month"


def _written(period: str) -> str:
    year = "CAST(year(r.month) AS VARCHAR)"
    if period == "year":
        return year
    if period == "quarter":
        return f"{year} || '-Q' || CAST(quarter(r.month) AS VARCHAR)"
    return f"{year} || '-' || lpad(CAST(month(r.month) AS VARCHAR), 2, '0')"


def _select(
    rollup: str, question: Question, *, columns: tuple[str, ...], only: dict[str, Any], condition: Condition | None
) -> tuple[str, list[Any]]:
    named = condition.columns if condition else frozenset()
    inner = [f'{expression(each, as_text=False)} AS "by {each}"' for each in question.by]
    inner += [f'{expression(each, as_text=True)} AS "{each}"' for each in sorted(named | set(columns))]
    narrowed, parameters = narrowing(question, only)
    joined = joins({*question.by, *named})
    lines = [f"SELECT {', '.join([*inner, 'r.n AS n'])} FROM {rollup} AS r{joined}{narrowed}"]
    keys = [f'"by {each}"' for each in question.by]
    conditions = [f"{key} IS NOT NULL" for key in keys]
    if condition:
        conditions.append(f"({condition.sql})")
        parameters.extend(condition.parameters)
    outer = [f'{key} AS "{each}"' for key, each in zip(keys, question.by, strict=True)]
    plain = [f'"{each}"' for each in columns]
    order = ", ".join([*keys, *plain])
    lines.insert(0, f"SELECT {', '.join([*outer, *plain, 'CAST(sum(n) AS BIGINT) AS n'])} FROM (")
    lines.append(") AS counted" + (f" WHERE {' AND '.join(conditions)}" if conditions else ""))
    lines.append(f"GROUP BY {order} ORDER BY {order}" if order else "HAVING sum(n) > 0")
    return "\n".join(lines), parameters


def narrowing(question: Question, only: dict[str, Any]) -> tuple[str, list[Any]]:
    """The where clause over `r` of a question's period and of columns that must have one value, with its parameters."""
    wanted: list[tuple[str, Any]] = [(f"r.{name} = ?", value) for name, value in only.items()]
    since, until = day(question.since, field="since"), day(question.until, field="until")
    whole = (since is None or since.day == 1) and (until is None or (until + timedelta(days=1)).day == 1)
    column = "r.month" if whole else "r.day"
    wanted += [(f"{column} >= ?", since)] if since else []
    wanted += [(f"{column} <= ?", until)] if until else []
    return (" WHERE " + " AND ".join(each for each, _ in wanted) if wanted else ""), [value for _, value in wanted]


def joins(names: set[str]) -> str:
    """The joins to `r` that columns by these names need."""
    unit = " LEFT JOIN unit AS u ON u.id = r.unit" if "region" in names else ""
    return unit + (" LEFT JOIN touchpoint AS t ON t.name = r.touchpoint" if "stage" in names else "")
