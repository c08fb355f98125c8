"""What is known of customers who might be asked for something: of a file, and of a home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.tables import ONE
from touchstone.decide._bought import complaining
from touchstone.decide._file import YES
from touchstone.rules import consent
from touchstone.rules.asking import PURPOSES, Known

_OUTSIDE = ("employee", "dealer", "distributor", "agency", "vendor", "department")
_NAMES = f"""
select p.id as person, coalesce(one.called, p.id) as called, p.consents
from person as p left join {ONE} as one on one.person = p.id
where coalesce(one.called, p.id) in (select coalesce(two.called, want.id)
    from (select unnest(?) as id) as want left join {ONE} as two on two.person = want.id)
order by called, person
"""
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
    max(occurred_at) filter (kind in ('offer', 'answer')) as asked_at,
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
    wanted = sorted({*person, *(ask.lake(_AT, [list(unit)])["person"].to_pylist() if unit else ())})
    names = ask.lake(_NAMES, [wanted]).to_pylist()
    called = {row["person"]: row["called"] for row in names}
    called |= {each: each for each in wanted if each not in called}
    facts = {row["person"]: row for row in ask.lake(_FACTS, [sorted(called)]).to_pylist()}
    complaints = complaining(ask, sorted(called))
    consents: dict[str, list[str | None]] = {}
    for row in names:
        consents.setdefault(row["called"], []).append(row["consents"])
    own: dict[str, list[str]] = {}
    for each, main in sorted(called.items()):
        own.setdefault(main, []).append(each)
    found = {}
    for main, ids in sorted(own.items()):
        told = [facts[each] for each in ids if each in facts]
        units = sorted({each for row in told for each in row["units"] or ()})
        found[main] = (_known(ask, told, consents.get(main, []), any(each in complaints for each in ids)), units)
    return found


def _known(ask: Ask, told: list[Row], consents: list[str | None], complains: bool) -> Known:
    """What the names of one customer tell together."""

    def some(name: str) -> bool:
        return any(row[name] for row in told)

    def days(name: str) -> float | None:
        last = max((row[name] for row in told if row[name] is not None), default=None)
        return None if last is None else (ask.now - last).total_seconds() / 86400

    scores = [row["score"] for row in told if row["score"] is not None]
    reviewed = days("reviewed_at")
    return Known(
        allowed=allowed(consents), objects=any(consent.objects(each) for each in consents),
        outside=any(row["level"] in _OUTSIDE for row in told), experienced=some("experienced"),
        open_complaint=complains, days=days("asked_at"), reviewed=reviewed is not None and reviewed < _YEAR,
        score=min(scores) if scores else None, recommends=some("recommends"), told_others=some("told_others"),
        rewarded=some("rewarded"), suggests=some("suggests"), taught=some("taught"),
        criticises=some("criticises") and not complains,
    )  # fmt: skip


def allowed(consents: Sequence[str | None]) -> frozenset[str]:
    """Purposes that one of their names allows and none refuses."""
    return frozenset(
        purpose
        for purpose in sorted(set(PURPOSES.values()))
        if any(consent.may(each, purpose) for each in consents)
        and not any(consent.stated(each).get(purpose) in consent.REFUSED for each in consents)
    )


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
        days=row.get("days_since_asked"), reviewed=yes("reviewed"),
        score=None if value is None else (value - worst) / (best - worst), recommends=yes("recommends"),
        told_others=yes("told_others"), rewarded=yes("rewarded"), suggests=yes("suggests"), taught=yes("taught"),
        criticises=yes("criticises"),
    )  # fmt: skip
