"""What is known of customers who might be asked for something: of a file, and of a home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.decide._bought import complaining
from touchstone.decide._contacted import consents, contacted
from touchstone.decide._file import YES
from touchstone.decide._same_customer import customers
from touchstone.rules import consent
from touchstone.rules.asking import PURPOSES, Known

_OUTSIDE = ("employee", "dealer", "distributor", "agency", "vendor", "department")
_AT = "select distinct person from interaction where unit in (select unnest(?)) and person is not null order by person"
_FACTS = """
with own as (select * from interaction where person in (select unnest(?))),
kinds as (
    select s.interaction, bool_or(s.layer = 'kind' and s.label in ('praise', 'recommendation')) as praise,
        bool_or(s.layer = 'kind' and s.label = 'suggestion') as suggests,
        bool_or(s.layer = 'promotion' and s.label = 'promotional') as promoted,
        bool_or(s.layer = 'word_of_mouth' and s.label = 'taught') as taught
    from signal as s where s.interaction in (select id from own) and s.score >= 0.5 group by s.interaction
),
bad as (
    select distinct m.interaction from mention as m
    where m.interaction in (select id from own) and m.polarity in ('negative', 'mixed')
),
told as (
    select i.*, coalesce(k.praise, false) as praise, coalesce(k.suggests, false) as suggests,
        coalesce(k.taught, false) as taught, bad.interaction is not null as bad,
        coalesce(i.incentive, '') = 'disclosed' or coalesce(k.promoted, false) as paid
    from own as i left join kinds as k on k.interaction = i.id left join bad on bad.interaction = i.id
)
select person, max(level) as level, list_sort(list(distinct unit) filter (unit is not null)) as units,
    count(*) filter (kind in ('visit', 'purchase', 'answer', 'review', 'message', 'turn', 'post', 'idea', 'claim'))
        as experienced,
    max(occurred_at) filter (kind = 'review') as reviewed_at,
    arg_max((value - worst) / nullif(best - worst, 0), occurred_at)
        filter (metric in ('nps', 'csat', 'rating') and touchpoint is null and not paid) as score,
    coalesce(bool_or(praise and not paid and not bad), false) as recommends,
    coalesce(bool_or(praise and paid), false) as rewarded,
    coalesce(bool_or(kind = 'referral' and campaign is null and coalesce(incentive, '') <> 'disclosed'
        and coalesce(attributes, '') not like '%"coupon"%'), false) as told_others,
    coalesce(bool_or(suggests and not paid), false) as suggests, coalesce(bool_or(taught), false) as taught,
    coalesce(bool_or(bad and text is not null), false) as criticises
from told group by person order by person
"""
_YEAR = 365.0
Row = dict[str, Any]


def of_home(ask: Ask, person: Sequence[str], unit: Sequence[str]) -> dict[str, tuple[Known, list[str]]]:
    """Customers by the id they are called by: what is known of them under all their names, and their units."""
    there = ask.lake(_AT, [list(unit)])["person"].to_pylist() if unit else ()
    own = customers(ask, [*person, *there])
    every = sorted({each for ids in own.values() for each in ids})
    facts = {row["person"]: row for row in ask.lake(_FACTS, [every]).to_pylist()}
    complaints, said, contacts = complaining(ask, every), consents(ask, own), contacted(ask, own)
    found = {}
    for main, ids in own.items():
        told = [facts[each] for each in ids if each in facts]
        units = sorted({each for row in told for each in row["units"] or ()})
        known = _known(ask, told, said[main], any(each in complaints for each in ids))
        found[main] = (replace(known, days=contacts[main].days, times=contacts[main].times), units)
    return found


def _known(ask: Ask, told: list[Row], said: Sequence[str | None], complains: bool) -> Known:
    """What the names of one customer tell together."""

    def some(name: str) -> bool:
        return any(row[name] for row in told)

    def days(name: str) -> float | None:
        last = max((row[name] for row in told if row[name] is not None), default=None)
        return None if last is None else (ask.now - last).total_seconds() / 86400

    scores = [row["score"] for row in told if row["score"] is not None]
    reviewed = days("reviewed_at")
    return Known(
        allowed=frozenset(each for each in PURPOSES.values() if consent.may_all(said, each)),
        objects=any(consent.objects(each) for each in said),
        outside=any(row["level"] in _OUTSIDE for row in told), experienced=some("experienced"),
        open_complaint=complains, reviewed=reviewed is not None and reviewed < _YEAR,
        score=min(scores) if scores else None, recommends=some("recommends"), told_others=some("told_others"),
        rewarded=some("rewarded"), suggests=some("suggests"), taught=some("taught"),
        criticises=some("criticises") and not complains,
    )  # fmt: skip


def of_file(table: pa.Table, *, best: float, worst: float) -> dict[str, Known]:
    """Customers of a file, one a row; of several rows of one the first in order of all they say."""
    found: dict[str, Known] = {}
    rows = [row for row in table.to_pylist() if row["person"] is not None]
    for row in sorted(rows, key=lambda each: (each["person"], str(sorted(each.items(), key=str)))):
        found.setdefault(row["person"], _of_row(row, best, worst))
    return found


def _of_row(row: Row, best: float, worst: float) -> Known:
    def yes(name: str) -> bool:
        return str(row.get(name) or "").strip().lower() in YES

    value = row.get("value")
    return Known(
        allowed=frozenset(PURPOSES.values()) if yes("consent") else frozenset(), objects=yes("objects"),
        outside=str(row.get("level") or "") in _OUTSIDE, open_complaint=yes("open_complaint"),
        days=row.get("days_since_asked"), times=int(row.get("times_asked") or 0), reviewed=yes("reviewed"),
        score=None if value is None else (value - worst) / (best - worst), recommends=yes("recommends"),
        told_others=yes("told_others"), rewarded=yes("rewarded"), suggests=yes("suggests"), taught=yes("taught"),
        criticises=yes("criticises"),
    )  # fmt: skip
