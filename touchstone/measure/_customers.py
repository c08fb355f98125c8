"""Customers as lifetime models see them: who came again how often, when last, and what was spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import TEXT
from touchstone.core.where import parse
from touchstone.measure._answers import PLAIN, Question, day
from touchstone.measure._given import given

Floats = NDArray[np.float64]
WEEK = 7.0  # days
CUTS = (*PLAIN, "region")
"""What customers may be grouped by: as their first purchase (or visit) has it."""
FEW = 30  # of so many customers at least a covariate must be known


@dataclass(frozen=True)
class Customers:
    """One place per customer, ordered by person: `keys` (person and the cuts), weeks, and money per priced day."""

    keys: pa.Table
    frequency: Floats
    recency: Floats
    age: Floats
    spent: Floats  # mean amount of the repeat days that have one; NaN without
    priced: Floats  # repeat days that have an amount
    first_amount: Floats
    currency: str  # empty where amounts say none, "several" where they say more than one
    until: date

    @property
    def spenders(self) -> NDArray[np.bool_]:
        """Who spent money on a repeat day."""
        return np.asarray((self.priced > 0) & (self.spent > 0))

    @property
    def money(self) -> bool:
        """Whether there are amounts to reckon in, all in one currency."""
        return bool(self.priced.any()) and self.currency != "several"


def customers(ask: Ask, question: Question, *, kinds: Sequence[str]) -> Customers | None:
    """The customers of the file or home, None where there are none; the days of one person are counted once each.

    `question.until` is the end of what is known (otherwise the last day there is); with `since` only those who first
    came on that day or later count, so that nobody's history lacks its beginning.
    """
    groups = tuple(each for each in question.by if each != "person")
    if stray := [each for each in groups if each not in CUTS]:
        known = ", ".join(("person", *CUTS))
        raise Refused(f"customers cannot be grouped by {stray[0]!r}.", field="by", where="by", todo=f"Known: {known}.")
    since, until = day(question.since, field="since"), day(question.until, field="until")
    table = given(ask, Question(question.by, question.where, question.since), "person", "occurred_at")
    if table is not None and groups:
        raise Refused("a file's customers are grouped by person or not at all.", field="by", where="by")
    days = _asked(ask, question, groups, kinds) if table is None else _filed(table, until)
    days = days if since is None else days.filter(pc.greater_equal(days["first"], since))
    days = days.filter(_whole(days, groups))
    if not len(days):
        return None
    end = until or days["end"][0].as_py()
    first, last = (days[each].to_numpy().astype("datetime64[D]") for each in ("first", "last"))
    money = {each: days[each].to_numpy(zero_copy_only=False).astype(float) for each in ("later", "priced", "start")}
    with np.errstate(invalid="ignore", divide="ignore"):  # rounded: engines add in different orders
        spent = np.round(money["later"], 8) / np.where(money["priced"] > 0, money["priced"], np.nan)
    said = sorted({each for each in pc.unique(days["currency"]).to_pylist() if each})
    return Customers(
        keys=days.select(["person", *groups]),
        frequency=days["days"].to_numpy().astype(float) - 1,
        recency=(last - first).astype(float) / WEEK,
        age=(np.datetime64(end, "D") - first).astype(float) / WEEK,
        spent=spent,
        priced=money["priced"],
        first_amount=money["start"],
        currency=said[0] if len(said) == 1 else "several" if said else "",
        until=end,
    )


def scores(ask: Ask, known: Customers, names: Sequence[str]) -> Floats:
    """What is known of each customer under each name (customers x names), NaN where nothing is.

    `first_amount` is the logarithm of the money of the first day; on a file another name is a column of numbers; on a
    home it is a touchpoint, and the score the mean of the person's ratings and mentions of it, 0 (worst) to 1.
    """
    columns = [np.log1p(np.fmax(known.first_amount, 0)) if each == "first_amount" else None for each in names]
    wanted = [each for each in names if each != "first_amount"]
    table = ask.given
    if table is not None and (missing := [each for each in wanted if each not in table.column_names]):
        raise Refused(f"no column {missing[0]!r}.", field="covariates", where="the file", todo="Name its columns.")
    strange = [each for each in wanted if table is None and each not in ask.taxonomy.names]
    if strange:
        raise Refused(f"there is no touchpoint {strange[0]!r}.", field="covariates", todo="Name one of the taxonomy.")
    people = known.keys["person"].combine_chunks()
    found = {each: _of_file(table, each) if table is not None else _felt(ask, each, known.until) for each in wanted}
    for place, name in enumerate(names):
        if name in found:
            at = pc.index_in(people, value_set=found[name][0].combine_chunks())
            columns[place] = found[name][1].take(at).to_numpy(zero_copy_only=False).astype(float)
    return np.column_stack([each for each in columns if each is not None]) if names else np.zeros((len(people), 0))


def _of_file(table: pa.Table, name: str) -> tuple[Any, Any]:
    """Persons, and the mean of a column over the rows of each."""
    try:
        numbers = table[name].cast(pa.float64())
    except pa.ArrowInvalid as error:
        raise Refused(f"column {name!r} holds no numbers.", field="covariates", todo="Name one that does.") from error
    person = table["person"].cast(TEXT)
    means = pa.table({"person": person, "score": numbers}).group_by("person").aggregate([("score", "mean")])
    return means["person"], means["score_mean"].combine_chunks()


def _felt(ask: Ask, touchpoint: str, until: date) -> tuple[Any, Any]:
    """Persons, and the mean of what each said of a touchpoint."""
    found = ask.lake(
        """
        SELECT person, avg(score) AS score FROM (
            SELECT person, (value - worst) / nullif(best - worst, 0) AS score FROM interaction
            WHERE touchpoint = ? AND person IS NOT NULL AND value IS NOT NULL AND occurred_at < ?
            UNION ALL
            SELECT i.person, (m.sentiment + 1) / 2 AS score
            FROM mention AS m JOIN interaction AS i ON i.id = m.interaction
            WHERE m.touchpoint = ? AND i.person IS NOT NULL AND i.occurred_at < ?
        ) AS felt WHERE score IS NOT NULL GROUP BY person ORDER BY person
        """,
        [touchpoint, until + timedelta(days=1)] * 2,
    )
    return found["person"], found["score"].combine_chunks()


def filed_days(table: pa.Table, until: date | None) -> pa.Table:
    """A row per person and day of a file: `person`, `day`, `amount` of the day, and the `first` and `last` day."""
    amount = table["amount"] if "amount" in table.column_names else pa.nulls(len(table), pa.float64())
    plain = pa.table({"person": table["person"], "day": table["occurred_at"].cast(pa.date32()), "amount": amount})
    plain = plain.filter(pc.and_(pc.is_valid(plain["person"]), pc.is_valid(plain["day"])))
    plain = plain if until is None else plain.filter(pc.less_equal(plain["day"], until))
    plain = plain.sort_by([("person", "ascending"), ("day", "ascending"), ("amount", "ascending")])
    sums = plain.group_by(["person", "day"], use_threads=False).aggregate([("amount", "sum")])
    spans = plain.group_by("person", use_threads=False).aggregate([("day", "min"), ("day", "max")])
    spans = spans.rename_columns(["person", "first", "last"])
    return sums.rename_columns(["person", "day", "amount"]).join(spans, "person", use_threads=False)


def _filed(table: pa.Table, until: date | None) -> pa.Table:
    """The persons of a file, as `_asked` gives those of a home."""
    dated = filed_days(table, until)
    later = pc.greater(dated["day"], dated["first"])
    dated = dated.append_column("later", pc.if_else(later, dated["amount"], None))
    dated = dated.append_column("start", pc.if_else(later, None, dated["amount"]))
    found = dated.group_by(["person", "first", "last"], use_threads=False).aggregate(
        [("day", "count"), ("later", "sum"), ("later", "count"), ("start", "sum")]
    )
    found = found.rename_columns(["person", "first", "last", "days", "later", "priced", "start"])
    end = pc.max(found["last"]).as_py() if len(found) else None
    found = found.append_column("currency", pa.nulls(len(found), TEXT))
    return found.append_column("end", pa.array([end] * len(found), pa.date32())).sort_by("person")


def last_seen(ask: Ask, question: Question, known: Customers, *, kinds: Sequence[str], column: str) -> Any:
    """What each customer's last visit has as `column` (one of CUTS), in the order of `known`; None where unknown."""
    table = ask.given
    if table is not None and column not in table.column_names:
        return pa.nulls(len(known.keys), TEXT)
    if table is None:
        seen, parameters = _seen(question, kinds)
        sql = f"""
            SELECT person, {column} FROM (
                SELECT person, {column},
                    row_number() OVER (PARTITION BY person ORDER BY occurred_at DESC, id DESC) AS place
                FROM ({seen}) AS seen
            ) AS placed WHERE place = 1 ORDER BY person
        """
        found = ask.lake(sql, parameters)
    else:
        plain = pa.table({"person": table["person"], "at": table["occurred_at"], column: table[column].cast(TEXT)})
        end = pa.scalar(known.until, pa.date32())
        plain = plain.filter(pc.less_equal(plain["at"].cast(pa.date32()), end))
        plain = plain.sort_by([("person", "ascending"), ("at", "ascending"), (column, "ascending")])
        found = (
            plain.group_by("person", use_threads=False).aggregate([(column, "last")]).rename_columns(["person", column])
        )
    at = pc.index_in(known.keys["person"].combine_chunks(), value_set=found["person"].combine_chunks())
    return found[column].combine_chunks().take(at)


def _seen(question: Question, kinds: Sequence[str]) -> tuple[str, list[Any]]:
    """The interactions that count, with their day and cuts, as SQL with its parameters."""
    condition = parse(question.where, dict.fromkeys(CUTS, "text")) if question.where else None
    until = day(question.until, field="until")
    narrowed = [f"({condition.sql})"] if condition else []
    narrowed += ["day <= ?"] if until else []
    sql = f"""
        SELECT * FROM (
            SELECT i.person, i.id, i.occurred_at, CAST(i.occurred_at AS DATE) AS day, i.amount, i.currency,
                {", ".join(f"i.{each}" for each in PLAIN)}, u.region
            FROM interaction AS i LEFT JOIN unit AS u ON u.id = i.unit
            WHERE i.kind IN ({", ".join("?" for _ in kinds)}) AND i.person IS NOT NULL AND i.occurred_at IS NOT NULL
        ) AS came {"WHERE " + " AND ".join(narrowed) if narrowed else ""}
    """
    return sql, [*kinds, *(condition.parameters if condition else ()), *([until] if until else [])]


def asked_days(question: Question, kinds: Sequence[str]) -> tuple[str, list[Any]]:
    """A row per person and day of a home, as `filed_days` of a file, as SQL with its parameters."""
    seen, parameters = _seen(question, kinds)
    return (
        f"""
        SELECT person, day, sum(amount) AS amount, min(day) OVER (PARTITION BY person) AS first
        FROM ({seen}) AS seen GROUP BY person, day
    """,
        parameters,
    )


def _asked(ask: Ask, question: Question, groups: Sequence[str], kinds: Sequence[str]) -> pa.Table:
    """One row per person of a home: first and last day, days, money of later days and of the first, currency, cuts."""
    seen, parameters = _seen(question, kinds)
    cuts = "".join(f", f.{each}" for each in groups)
    named = "".join(f", {each}" for each in groups)
    placed = "row_number() OVER (PARTITION BY person ORDER BY occurred_at, id) AS place"
    firsts = f""", firsts AS (
            SELECT person{named} FROM (SELECT person{named}, {placed} FROM seen) AS placed WHERE place = 1
        )"""
    sql = f"""
        WITH seen AS ({seen}), days AS (
            SELECT person, day, sum(amount) AS amount, min(currency) AS currency, max(currency) AS other
            FROM seen GROUP BY person, day
        ), spans AS (
            SELECT person, min(day) AS first, max(day) AS last, count(*) AS days, min(currency) AS currency,
                max(other) AS other
            FROM days GROUP BY person
        ){firsts if groups else ""}
        SELECT s.person, s.first, s.last, s.days,
            sum(CASE WHEN d.day > s.first THEN d.amount END) AS later,
            count(CASE WHEN d.day > s.first THEN d.amount END) AS priced,
            sum(CASE WHEN d.day = s.first THEN d.amount END) AS start,
            CASE WHEN s.currency <> s.other THEN 'several' ELSE s.currency END AS currency,
            max(max(s.last)) OVER () AS "end"{cuts}
        FROM spans AS s JOIN days AS d ON d.person = s.person
            {"JOIN firsts AS f ON f.person = s.person" if groups else ""}
        GROUP BY s.person, s.first, s.last, s.days, s.currency, s.other{cuts}
        ORDER BY s.person
    """
    return ask.lake(sql, parameters)


def _whole(days: pa.Table, groups: Sequence[str]) -> Any:
    """Which customers have every column they are to be grouped by."""
    known = pa.chunked_array([pa.array([True] * len(days), pa.bool_())])
    for each in groups:
        known = pc.and_(known, pc.is_valid(days[each]))
    return known
