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
    """One place per customer, ordered by person: `keys` (person and the cuts), weeks, and money per priced day.

    `amounts` are of every day of every customer in turn (NaN: none), `whose` and `later` tell whose it is and whether
    it is a repeat day.
    """

    keys: pa.Table
    frequency: Floats
    recency: Floats
    age: Floats
    spent: Floats  # mean amount of the repeat days that have one; NaN without
    priced: Floats  # repeat days that have an amount
    first_amount: Floats
    amounts: Floats
    whose: NDArray[np.int64]
    later: NDArray[np.bool_]
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
        todo = "Say by person, or nothing."
        raise Refused("a file's customers are grouped by person or not at all.", field="by", where="by", todo=todo)
    days = _asked(ask, question, groups, kinds) if table is None else _filed(table, until)
    if not len(days):
        return None
    end = until or pc.max(days["day"]).as_py()
    days = _kept(days, groups, since)
    return _customers(days, groups, end) if len(days) else None


def _customers(days: pa.Table, groups: Sequence[str], end: date) -> Customers:
    """The customers of these days."""
    begins, ends = _turns(days)
    day = days["day"].to_numpy().astype("datetime64[D]")
    whose, later = np.repeat(np.arange(begins.size), ends - begins), np.ones(len(days), bool)
    later[begins] = False
    amounts = np.round(days["amount"].to_numpy(zero_copy_only=False).astype(float), 8)  # engines add in other orders
    again = later & ~np.isnan(amounts)
    priced = np.bincount(whose, again).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        spent = np.bincount(whose, np.where(again, amounts, 0.0)) / np.where(priced > 0, priced, np.nan)
    said = sorted({each for name in ("currency", "other") for each in pc.unique(days[name]).to_pylist() if each})
    return Customers(
        keys=days.select(["person", *groups]).take(pa.array(begins)),
        frequency=(ends - begins - 1).astype(float),
        recency=(day[ends - 1] - day[begins]).astype(float) / WEEK,
        age=(np.datetime64(end, "D") - day[begins]).astype(float) / WEEK,
        spent=spent,
        priced=priced,
        first_amount=amounts[begins],
        amounts=amounts,
        whose=whose,
        later=later,
        currency=said[0] if len(said) == 1 else "several" if said else "",
        until=end,
    )


def _turns(days: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each person's days begin and end."""
    ends = pc.run_end_encode(days["person"].combine_chunks()).run_ends.to_numpy().astype(np.int64)
    return np.concatenate([[0], ends[:-1]]), ends


def _kept(days: pa.Table, groups: Sequence[str], since: date | None) -> pa.Table:
    """The days of those who first came on `since` or later, and who have every column they are to be grouped by."""
    begins, ends = _turns(days)
    firsts = days.take(pa.array(begins))
    wanted = [pc.is_valid(firsts[each]) for each in groups]
    wanted += [] if since is None else [pc.greater_equal(firsts["day"], since)]
    kept = np.ones(begins.size, bool)
    for each in wanted:
        kept &= each.to_numpy()
    return days if kept.all() else days.filter(pa.array(np.repeat(kept, ends - begins)))


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


def _filed(table: pa.Table, until: date | None) -> pa.Table:
    """The days of the persons of a file, as `_asked` gives those of a home."""
    amount = table["amount"] if "amount" in table.column_names else pa.nulls(len(table), pa.float64())
    plain = pa.table({"person": table["person"], "day": table["occurred_at"].cast(pa.date32()), "amount": amount})
    plain = plain.filter(pc.and_(pc.is_valid(plain["person"]), pc.is_valid(plain["day"])))
    plain = plain if until is None else plain.filter(pc.less_equal(plain["day"], until))
    plain = plain.sort_by([("person", "ascending"), ("day", "ascending"), ("amount", "ascending")])
    days = plain.group_by(["person", "day"], use_threads=False).aggregate([("amount", "sum")])
    days = days.rename_columns(["person", "day", "amount"]).sort_by([("person", "ascending"), ("day", "ascending")])
    for name in ("currency", "other"):
        days = days.append_column(name, pa.nulls(len(days), TEXT))
    return days


def last_seen(ask: Ask, question: Question, known: Customers, *, kinds: Sequence[str], column: str) -> Any:
    """What each customer's last visit has as `column` (one of CUTS), in the order of `known`; None where unknown."""
    table = ask.given
    if table is not None and column not in table.column_names:
        return pa.nulls(len(known.keys), TEXT)
    if table is None:
        seen, parameters = _seen(question, kinds, (column,))
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


def _seen(question: Question, kinds: Sequence[str], groups: Sequence[str] = ()) -> tuple[str, list[Any]]:
    """The interactions that count, with their day and cuts, as SQL with its parameters."""
    condition = parse(question.where, dict.fromkeys(CUTS, "text")) if question.where else None
    until = day(question.until, field="until")
    narrowed = [f"({condition.sql})"] if condition else []
    narrowed += ["day <= ?"] if until else []
    placed = "region" in {*groups, *(condition.columns if condition else ())}
    sql = f"""
        SELECT * FROM (
            SELECT i.person, i.id, i.occurred_at, CAST(i.occurred_at AS DATE) AS day, i.amount, i.currency,
                {", ".join(f"i.{each}" for each in PLAIN)}{", u.region" if placed else ""}
            FROM interaction AS i {"LEFT JOIN unit AS u ON u.id = i.unit" if placed else ""}
            WHERE i.kind IN ({", ".join("?" for _ in kinds)}) AND i.person IS NOT NULL AND i.occurred_at IS NOT NULL
        ) AS came {"WHERE " + " AND ".join(narrowed) if narrowed else ""}
    """
    return sql, [*kinds, *(condition.parameters if condition else ()), *([until] if until else [])]


def _asked(ask: Ask, question: Question, groups: Sequence[str], kinds: Sequence[str]) -> pa.Table:
    """A row per person and day of a home, in their order: amount, least and greatest currency, and the cuts of the
    person's first interaction."""
    seen, parameters = _seen(question, kinds, groups)
    named = "".join(f", {each}" for each in groups)
    sql = f"""
        WITH seen AS ({seen}){_FIRSTS.format(named=named) if groups else ""}
        SELECT d.person, day, amount, currency, other{named} FROM (
            SELECT person, day, sum(amount) AS amount, min(currency) AS currency, max(currency) AS other
            FROM seen GROUP BY person, day
        ) AS d {"JOIN firsts AS f ON f.person = d.person" if groups else ""} ORDER BY d.person, day
    """
    return ask.lake(sql, parameters)


_FIRSTS = """, firsts AS (
            SELECT person{named} FROM (
                SELECT person{named}, row_number() OVER (PARTITION BY person ORDER BY occurred_at, id) AS place
                FROM seen
            ) AS placed WHERE place = 1
        )"""
