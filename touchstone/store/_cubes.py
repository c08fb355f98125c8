"""Counts kept beside the lake, so that a page never scans interactions: which there are, and the SQL that counts them.

`rollup` and `mention_rollup` hold every column by day. Each has narrower siblings with fewer columns, which hold the
same counts in far fewer rows; `_choose.py` reads from the smallest sibling that has every column a question names.
"""

from __future__ import annotations

SCORE = ("metric", "worst", "best", "value")
FACTS = ("unit", "touchpoint", "channel", "product", "level", "campaign", "incentive")
TYPES = {"day": "date", "month": "date", "worst": "double", "best": "double", "value": "double"}
"""SQL types of the columns that are not text; `n` is a bigint."""

CUBES: dict[str, tuple[str, ...]] = {
    "rollup": ("day", "month", *FACTS, "kind", *SCORE),
    "rollup_day": ("day", "month", "touchpoint", "channel", *SCORE),
    "rollup_month": ("month", *(fact for fact in FACTS if fact != "unit"), "kind", *SCORE),
    "rollup_month_unit": ("month", "unit", *SCORE),
    "rollup_month_unit_touchpoint": ("month", "unit", "touchpoint", "channel", *SCORE),
    "mention_rollup": ("day", "month", *FACTS, "polarity"),
    "mention_rollup_day": ("day", "month", "touchpoint", "channel", "polarity"),
    "mention_rollup_month": ("month", *(fact for fact in FACTS if fact != "unit"), "polarity"),
    "mention_rollup_month_unit": ("month", "unit", "touchpoint", "polarity"),
}
"""Every cube's columns but `n`, the number of interactions (of interactions and touchpoints, for mentions)."""

_DAY = "cast(occurred_at as date)"  # connections of the store run in UTC
_TIME = f"{_DAY} as day, cast(date_trunc('month', {_DAY}) as date) as month"
_SCORED = "value is not null"


def siblings(name: str) -> list[str]:
    """The cube `name` and the narrower ones made from it."""
    return [cube for cube in CUBES if cube == name or cube.startswith(f"{name}_")]


def count_interactions(table: str) -> str:
    """SQL that counts the interactions of `table` into the columns of `rollup`."""
    score = ", ".join(f"case when {_SCORED} then {column} end as {column}" for column in ("worst", "best", "value"))
    metric = f"case when {_SCORED} then coalesce(metric, 'number') end as metric"
    columns = ", ".join(CUBES["rollup"])
    return f"""select {columns}, count(*) as n from (
        select {_TIME}, {", ".join(FACTS)}, kind, {metric}, {score} from {table}
    ) group by all"""


def count_mentions(mentions: str, interactions: str) -> str:
    """SQL that counts, once per interaction and touchpoint, what its mentions say together."""
    facts = ", ".join(
        f"{'said' if fact == 'touchpoint' else 'interactions'}.{fact} as {fact}"
        for fact in CUBES["mention_rollup"][2:-1]
    )
    return f"""with said as (
        select interaction, touchpoint,
            case when bool_or(polarity = 'mixed') or (bool_or(polarity = 'positive') and bool_or(polarity = 'negative'))
                    then 'mixed'
                when bool_or(polarity = 'positive') then 'positive'
                when bool_or(polarity = 'negative') then 'negative' else 'neutral' end as polarity
        from {mentions} group by interaction, touchpoint
    ) select {_TIME}, {facts}, polarity, count(*) as n
    from said join {interactions} as interactions on interactions.id = said.interaction group by all"""


def narrow(cube: str, wide: str) -> str:
    """SQL that sums the widest cube, held in `wide`, into `cube`; cells that have come to nothing are left out."""
    columns = ", ".join(CUBES[cube])
    return (
        f"select {columns}, cast(sum(n) as bigint) as n from {wide} group by all having sum(n) <> 0 order by {columns}"
    )


def empty(cube: str) -> str:
    """SQL for the cube with no rows."""
    columns = ", ".join(f"cast(null as {TYPES.get(column, 'varchar')}) as {column}" for column in CUBES[cube])
    return f"select {columns}, cast(0 as bigint) as n where false"
