"""What each measure takes over millions of interactions, against the bare SQL count it rests on, cut by cut.

TOUCHSTONE_BENCH_MANY says over how many interactions (a million), TOUCHSTONE_BENCH_ONLY which measures (names with
commas between), TOUCHSTONE_BENCH_HOME where the home is kept (else it is made anew and goes away). CPU time, the least
of a few where it is short; both on one engine, in one run. A count groups as the measure does: by person where it looks
at people. What counts words rests on a count of words, not of rows: in how many texts each side says each, in as many
texts as the measure draws, two-word runs left out. Where the counts stand ready, as in the rollups, they take
milliseconds, and what a cut takes is its rows: intervals, ranks, words. So both are printed, times and seconds.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench._many import many
from touchstone.core import finder
from touchstone.core.ask import Ask
from touchstone.measure._price_words import pattern

ROWS = 1_000_000
WANTED = 5.0
LONG, SHORT = 2.0, 0.2  # seconds; what takes longer is timed once, what is shorter twenty-five times, all else twice
USUAL = ((), ("unit",), ("unit", "touchpoint"))
"""The cuts of a measure that names none."""
FINER = {"drivers": (("unit",),), "lifetime_value": (("person",),)}
"""Cuts that are not stored, and yet asked for."""
_DAYS = "count(distinct cast(occurred_at as date)) + epoch(max(occurred_at) - min(occurred_at))"
_DEPTH = """cast(nullif(regexp_extract(attributes, '"depth": *(-?[0-9]+)', 1), '') as double)"""
_NUMBER = """cast(nullif(regexp_extract(attributes, '"wait_seconds": *(-?[0-9]+)', 1), '') as double)"""
_SHARE = "(value - worst) / nullif(best - worst, 0)"
_KINDS = (
    "join (select interaction, label from signal where layer = 'kind' and score >= 0.5) as s on s.interaction = i.id"
)
_PROMOTED = """left join (select interaction, probability from signal where layer = 'promotion') as s
    on s.interaction = i.id"""
_MET = "'impression', 'visit', 'offer', 'redemption', 'referral', 'purchase'"


def _rollup(where: str = "value is not null", extra: str = "") -> str:
    return f"select {{by}}{extra}count(*), sum(n), sum(n * value) from rollup as i{{joins}} where {where} group by all"


def _moods(extra: str = "") -> str:
    return f"select {{by}}{extra}polarity, count(*), sum(n) from mention_rollup as i{{joins}} group by all"


def _rows(where: str, *, total: str = "value", extra: str = "", beside: str = "") -> str:
    return (
        f"select {{by}}{extra}count(*), sum({total}) from interaction as i {beside}{{joins}} where {where} group by all"
    )


def _people(where: str, *, total: str = "value", extra: str = "", beside: str = "", of: str = "count(*)") -> str:
    """Groups of people, each counted by person first."""
    own = extra.split(" as ")[1].strip(", ") + ", " if extra else ""
    return f"""select {{names}}{own}count(*), sum(n), sum(total) from (
        select {{by}}{extra}person, {of} as n, sum({total}) as total from interaction as i {beside}{{joins}}
        where {where} group by all) as people group by all"""


_PAIRS = f"""with told as (select {{by}}thread, touchpoint, {_SHARE} as v from interaction as i{{joins}}
    where thread is not null and value is not null)
    select {{own}}a.touchpoint, b.touchpoint, count(*), sum(a.v * b.v) from told as a join told as b
    on b.thread = a.thread where coalesce(a.touchpoint, '') <= coalesce(b.touchpoint, '') group by all"""
_WEEK = "date_trunc('week', i.day) as week, "
_OF_WEEK = "date_trunc('week', i.occurred_at) as week, "
_COMPLAINED = f"(s.interaction is not null or {_SHARE} < 0.5)"
_PRICED = pattern("any").replace("'", "''").replace("{", "{{").replace("}", "}}")
_SIDES = {
    "customers": "i.kind is distinct from 'claim' and i.level is distinct from 'employee'",
    "brand": "(i.kind = 'claim' and i.level is distinct from 'vendor') "
    "or (i.level = 'employee' and i.kind is distinct from 'turn')",
}
_TEXTS = " union all ".join(
    f"""select * from (select {{by}}'{name}' as side, text from interaction as i{{joins}} where text <> '' and ({said}))
        using sample reservoir(20000 rows) repeatable (1)"""
    for name, said in _SIDES.items()
)
_WORDS = f"""select {{names}}side, word, count(*) from (select {{names}}side,
    unnest(list_distinct(regexp_extract_all(lower(text), '[a-zà-ÿ0-9]+'))) as word from ({_TEXTS}) as texts) as words
    group by all"""
_HEARD = "text is not null and coalesce(i.kind, '') <> 'claim' and coalesce(i.level, '') <> 'employee'"

BARE: dict[str, tuple[str, ...]] = {
    **{name: (_rollup(f"metric = '{name}'"),) for name in ("nps", "csat", "ces", "rating")},
    "yes_share": (_rollup("metric = 'boolean'"),),
    "volume": (_rollup("true"),),
    "sentiment": (_moods(),),
    "difference": (
        *(_rollup(f"metric = '{each}'", "month, ") for each in ("nps", "csat", "ces", "rating", "boolean")),
        _moods("month, "), _rollup("true", "month, "),
    ),
    "change": (
        _rollup(extra="metric, " + _WEEK), _moods(_WEEK), _rollup("true", _WEEK),
        _rows("text is not null", extra="label, " + _OF_WEEK, beside=_KINDS),
    ),
    "league": (_rollup(extra="metric, unit, level, channel, product, "),),
    "effect": (_rollup(extra="metric, unit, " + _WEEK),),
    "promise_gap": (
        _rollup("metric = 'rating'", "touchpoint, unit, level, kind, "), _moods("touchpoint, unit, level, "),
        _rollup("kind = 'claim'", "touchpoint, unit, "),
    ),
    "source_bias": (_rows("metric = 'rating' and touchpoint is null", extra="unit, "),),
    "organic": (_rows("kind in ('review', 'post') and value is not null", beside=_PROMOTED),),
    "drivers": (_PAIRS,),
    "advocacy": (_people("true", total="probability", beside=_PROMOTED), _people("true", total="1", beside=_KINDS)),
    "engagement": (
        _people("true", total=_DEPTH),
        _people("kind in ('impression', 'visit', 'purchase', 'answer', 'review')", total="1"),
    ),
    "resonance": (
        _people("kind = 'impression'", total=_DEPTH, extra="campaign as named, "),
        _people("kind in ('visit', 'purchase', 'impression')", total="1"),
    ),
    "trust": (
        _people("true", total=_SHARE), _people("label = 'churn_threat'", total="1", beside=_KINDS),
        _people("text is not null", total="case when regexp_matches(lower(text), 'honest|cheat') then 1 else 0 end"),
    ),
    "loyalty": (_people("person is not null", total=_SHARE), _people("person is not null", total="amount")),
    "lifetime_value": (_people("kind = 'purchase' and person is not null", total="amount", of=_DAYS),),
    "silence": (
        _people("kind in ('visit', 'purchase', 'redemption')", total="1", of=_DAYS),
        _people(_COMPLAINED, total="1", beside="left " + _KINDS),
        "select count(*), sum(n) from (select person, count(*) as n from mention as m join interaction as i "
        "on i.id = m.interaction where m.polarity = 'negative' group by person) as people",
    ),
    "equity": (_people("kind = 'purchase'", total="amount", extra="product as named, "),),
    "paths": (_people(f"kind in ({_MET})", total="amount", extra="touchpoint as named, "),),
    "inside_out": (
        _rows("attributes is not null", total=_NUMBER, extra=_OF_WEEK), _rollup(extra="metric, " + _WEEK),
        "select count(*), sum(n) from (select thread, count(*) as n, min(occurred_at) as first from interaction "
        "where thread is not null group by thread) as talks",
    ),
    "price": (
        _rows(_HEARD, total=f"case when regexp_matches(lower(text), '{_PRICED}') then 1 else 0 end"),
    ),
    "needs": (_rows(_HEARD, total="length(text)", extra="i.level, label, ", beside="left " + _KINDS),),
    "language_gap": (_WORDS,),
}  # fmt: skip
"""The counts that each measure rests on, in SQL."""
_JOINS = {
    "region": " left join unit as u on u.id = i.unit",
    "stage": " left join touchpoint as t on t.name = i.touchpoint",
}


def lines() -> Iterator[str]:
    """A line for each measure: whether all its cuts keep within, and each cut against the count that it rests on."""
    rows = int(os.environ.get("TOUCHSTONE_BENCH_MANY", ROWS))
    only = [each for each in os.environ.get("TOUCHSTONE_BENCH_ONLY", "").split(",") if each]
    with tempfile.TemporaryDirectory() as folder:
        kept = os.environ.get("TOUCHSTONE_BENCH_HOME")
        store = many(Path(kept or folder), rows)
        ask = store.ask()
        count = ask.lake("select count(*) as n from interaction")["n"][0].as_py()
        yield f"speed: over {count:,} interactions, CPU time; wanted: no more than {WANTED:g} times the bare SQL count"
        over = []
        for name in only or finder.names("measure"):
            most, words = _told(ask, name)
            over += [f"{name} {most:.1f}"] if most > WANTED else []
            yield f"speed: {name} {'OVER' if most > WANTED else 'within'} {WANTED:g}: {words}"
        yield f"speed: over {WANTED:g} times: {', '.join(over) or 'none'}"
        store.close()


def _told(ask: Ask, name: str) -> tuple[float, str]:
    """How many times its count the dearest cut of a measure takes, and what each takes, the dearest first."""
    cuts = (*getattr(finder.part("measure", name), "CUTS", USUAL), *FINER.get(name, ()))
    told = [(*_times(ask, name, by), ", ".join(by) or "all") for by in cuts]
    told.sort(key=lambda each: each[1] / each[0])
    words = [f"by {cut} {ours / bare:.1f} times ({ours:.3f} s of {bare:.3f})" for ours, bare, cut in told]
    return told[0][0] / told[0][1], "; ".join(words)


def _times(ask: Ask, name: str, by: tuple[str, ...]) -> tuple[float, float]:
    """CPU seconds of the measure and of its count."""
    counts = [_written(sql, by, rolled="rollup" in sql) for sql in BARE[name]]
    bare = _seconds(lambda: [ask.lake(sql) for sql in counts])
    return _seconds(lambda: finder.verb("measure", name)(ask, by=by)), bare


def _written(sql: str, by: tuple[str, ...], *, rolled: bool) -> str:
    """The count by these columns."""
    own = [each for each in by if each not in ("source", "brand") and f"{each}, " not in sql]
    place = {"region": "u.region", "stage": "t.stage"}
    place |= {each: f"date_trunc('{each}', i.{'month' if rolled else 'occurred_at'})" for each in ("month", "quarter")}
    named = {each: f'{place.get(each, f"i.{each}")} as "by {each}", ' for each in own}
    return sql.format(
        by="".join(named.values()), names="".join(f'"by {each}", ' for each in own),
        own="".join(f'a."by {each}", ' for each in own), joins="".join(_JOINS.get(each, "") for each in own),
    )  # fmt: skip


def _seconds(work: Callable[[], Any]) -> float:
    """The least CPU time of a piece of work."""
    took: list[float] = []
    while len(took) < (25 if not took or min(took) < SHORT else 2):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
        if took[-1] > LONG:
            break
    return min(took)
