"""Customers of a home as they stood at some instant, and what they bought after it: a row for each look at one.

Persons who are one customer count as one, under the id the customer is called by.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.tables import ONE

Floats = NDArray[np.float64]
MOST = 100_000  # customers on either side that are looked at, drawn by their names
_TOLD = f"""
with told as (
    select coalesce(one.called, i.person) as person, i.id as id, i.kind as kind, i.occurred_at as occurred_at,
        i.campaign as campaign, i.amount as amount, i.attributes as attributes
    from interaction as i left join {ONE} as one on one.person = i.person
    where i.person is not null and i.occurred_at is not null and coalesce(i.level, 'end_customer') = 'end_customer'
), looked as (
"""
_OFFERED = """
    select person as id, person, offered, sent_at, cast(null as double) as propensity, since, upto from (
        select *, row_number() over (partition by offered order by md5(person), person) as place from (
            select person, max(case when kind = 'offer' and campaign = ? and occurred_at >= ? and occurred_at < ?
                    then campaign end) as offered,
                min(case when kind = 'offer' and campaign = ? and occurred_at >= ? and occurred_at < ?
                    then occurred_at end) as sent_at,
                min(occurred_at) as first, max(cast(? as timestamptz)) as since, max(cast(? as timestamptz)) as upto
            from told group by person
        ) as each_one where first < since
    ) as placed where place <= ?
"""
_DRAWN = """
    select id, person, case when kind = 'offer' then campaign end as offered, occurred_at as sent_at,
        cast(regexp_extract(attributes, '"propensity": *([0-9.eE+-]+)', 1) as double) as propensity,
        occurred_at as since, occurred_at + interval {days} day as upto
    from told where kind in ('offer', 'event') and attributes like '%"propensity": %'
        and occurred_at + interval {days} day <= cast(? as timestamptz)
"""
_NOW = """
    select person as id, person, cast(null as varchar) as offered, cast(null as timestamptz) as sent_at,
        cast(null as double) as propensity, since, since as upto from (
        select person, max(cast(? as timestamptz)) as since, min(occurred_at) as first from told {which} group by person
    ) as each_one where first < since order by md5(person), person limit {most}
"""
_COUNTED = """
)
select l.id as id, l.person as person, l.offered as offered, l.sent_at as sent_at, l.propensity as propensity,
    l.since as since,
    sum(case when t.kind = 'purchase' and t.occurred_at >= l.since and t.occurred_at < l.upto then 1 else 0 end)
        as bought,
    sum(case when t.kind = 'purchase' and t.occurred_at < l.since then 1 else 0 end) as purchases,
    sum(case when t.kind = 'purchase' and t.occurred_at < l.since then coalesce(t.amount, 0) else 0 end) as spent,
    sum(case when t.kind = 'visit' and t.occurred_at < l.since then 1 else 0 end) as visits,
    sum(case when t.kind = 'offer' and t.occurred_at < l.since then 1 else 0 end) as offers,
    sum(case when t.kind in ('answer', 'review', 'message', 'turn', 'post') and t.occurred_at < l.since
        then 1 else 0 end) as said,
    sum(case when t.kind = 'impression' and t.occurred_at < l.since then 1 else 0 end) as seen,
    max(case when t.occurred_at < l.since then t.occurred_at end) as last
from looked as l join told as t on t.person = l.person
group by l.id, l.person, l.offered, l.sent_at, l.propensity, l.since order by person, id
"""
FEATURES = ("purchases", "visits", "offers", "said", "seen")
"""What customers did before that an offer is adjusted for and learned from; and how long ago they did anything."""


def offered(ask: Ask, campaign: str, during: Sequence[date], *, since: date, upto: date) -> pa.Table:
    """Customers known before `since`: whether they were offered it, what they bought until `upto` and did before."""
    window = [campaign, *(_instant(each) for each in during)]
    return ask.lake(_TOLD + _OFFERED + _COUNTED, [*window, *window, _instant(since), _instant(upto), MOST])


def drawn(ask: Ask, *, days: int) -> pa.Table:
    """Draws whose probability was logged and that are `days` old: what was offered, and what was bought since."""
    table = ask.lake(_TOLD + _DRAWN.format(days=int(days)) + _COUNTED, [ask.now])
    usable = pc.and_(pc.greater(table["propensity"], 0.0), pc.less_equal(table["propensity"], 1.0))
    return table.filter(pc.and_(usable, pc.is_valid(table["last"])))


def now(ask: Ask, person: Sequence[str] | None) -> pa.Table:
    """Customers as they stand now: those of these ids, or all (of very many so many drawn by their names)."""
    which = "" if person is None else "where person in (select unnest(?))"
    given = [] if person is None else [sorted(set(person))]
    return ask.lake(_TOLD + _NOW.format(which=which, most=MOST) + _COUNTED, [ask.now, *given])


def columns(lives: pa.Table) -> dict[str, Floats]:
    """Features of each look as numbers: logs of counts, of what was spent, and of the days since anything was done."""
    counts = {name: np.log1p(lives[name].to_numpy().astype(float)) for name in (*FEATURES, "spent")}
    since, last = (lives[name].cast(pa.int64()).to_numpy() / 86_400e6 for name in ("since", "last"))
    return {**counts, "quiet": np.log1p(np.fmax(since - last, 0.0))}


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
