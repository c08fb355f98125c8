"""What a page asks of 20 million interactions: from the counts kept beside the lake, and from the raw Parquet.

The interactions (500 units, two years, 20 touchpoints, 5 channels, 8 products; each with a score and a mention) are
made straight as files of the lake, in the folder of a home that goes away afterwards.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from touchstone.core.ask import Ask
from touchstone.core.settings import Settings
from touchstone.core.tables import INTERACTION, MENTION, conform
from touchstone.core.taxonomy import Taxonomy
from touchstone.store._cubes import count_mentions
from touchstone.store._derive import MARK, written
from touchstone.store._lake import Bench, Draft, Lake, Piece
from touchstone.store._merge import merge
from touchstone.store.home import Store, create_store

ROWS = 20_000_000
SLICE = 1_000_000
TARGET = 150  # milliseconds
NPS = "100.0 * (sum(n) filter (value >= 9) - sum(n) filter (value <= 6)) / sum(n) as nps, sum(n) as n"
YEAR = "metric = 'nps' and month >= ? and month < ?"
QUESTIONS: dict[str, tuple[str, list[Any]]] = {
    "NPS by month": (f"select month, {NPS} from rollup where metric = 'nps' group by month order by month", []),
    "NPS by unit, a year": (
        f"select unit, {NPS} from rollup where {YEAR} group by unit order by unit",
        [date(2024, 1, 1), date(2025, 1, 1)],
    ),
    "NPS by touchpoint and channel, a year": (
        f"select touchpoint, channel, {NPS} from rollup where {YEAR} group by all order by all",
        [date(2024, 1, 1), date(2025, 1, 1)],
    ),
    "scores of one unit by touchpoint, a quarter": (
        "select touchpoint, value, sum(n) as n from rollup where unit = 'unit-7' and month >= ? and month < ? "
        "group by all order by all",
        [date(2025, 1, 1), date(2025, 4, 1)],
    ),
    "volume by day, 30 days": (
        "select day, sum(n) as n from rollup where day >= ? and day < ? group by day order by day",
        [date(2025, 3, 5), date(2025, 4, 4)],
    ),
    "sentiment by touchpoint, a quarter": (
        "select touchpoint, polarity, sum(n) as n from mention_rollup where month >= ? and month < ? "
        "group by all order by all",
        [date(2025, 1, 1), date(2025, 4, 1)],
    ),
    "sentiment by unit and touchpoint, a quarter": (
        "select unit, touchpoint, polarity, sum(n) as n from mention_rollup where month >= ? and month < ? "
        "group by all order by all",
        [date(2025, 1, 1), date(2025, 4, 1)],
    ),
}


def bench(rows: int = ROWS) -> Iterator[str]:
    """Lines with the milliseconds of each question, from counts and from raw Parquet, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        store = create_store(Path(folder) / "home", taxonomy=Taxonomy("none", ()), settings=Settings())
        fill(store, rows)
        size = sum(path.stat().st_size for path in (store.path / "lake").rglob("*.parquet"))
        yield f"{rows:,} interactions made in {time.perf_counter() - began:.0f} s, {size / 1e6:,.0f} MB of Parquet"
        ask, slowest = store.ask(), 0.0
        for name, (sql, parameters) in QUESTIONS.items():
            kept = _milliseconds(ask, sql, parameters, times=7)
            raw = _milliseconds(ask, _raw(sql), parameters, times=1)
            if ask.lake(sql, parameters).to_pylist() != ask.lake(_raw(sql), parameters).to_pylist():
                raise AssertionError(f"{name}: the counts and the rows do not agree")
            slowest = max(slowest, kept)
            yield f"{name}: {kept:,.0f} ms, raw {raw:,.0f} ms, ratio {raw / kept:,.0f}"
        store.close()
        yield f"slowest {slowest:,.0f} ms (target {TARGET} ms)"


def fill(store: Store, rows: int) -> None:
    """Makes `rows` interactions and as many mentions, a million at a time."""
    lake = store._lake
    for low in range(0, rows, SLICE):
        lake.change(lambda connection, low=low: _slice(lake, connection, low, min(low + SLICE, rows)))
        merge(lake)


def _slice(lake: Lake, connection: Connection, low: int, high: int) -> Draft:
    """Interactions in no order of time, as after many imports: the hard case for what is counted by month."""
    maker, draft, bench = Bench(lake), Draft(lake.state(connection)), Bench(lake)
    made = maker.duck.sql(
        f"""select i as seq, cast(i as varchar) as id, 'made' as source, cast(i as varchar) as source_id,
            'answer' as kind, 'channel-' || hash(i, 1) % 5 as channel,
            timestamptz '2024-01-01' + to_seconds(cast(hash(i, 2) % 63072000 as bigint)) as occurred_at,
            'unit-' || hash(i, 3) % 500 as unit, 'product-' || hash(i, 4) % 8 as product,
            'touchpoint-' || hash(i, 5) % 20 as touchpoint, 'nps' as metric,
            cast(greatest(hash(i, 6) % 11, hash(i, 7) % 11) as double) as value, 10.0 as best, 0.0 as worst
        from range({low + 1}, {high + 1}) as t(i)"""
    ).to_arrow_table()
    fresh = conform(made, INTERACTION)
    draft.come = written(bench, fresh, Piece("interaction", "", low, high, 0, ""))
    said = bench.duck.sql(
        """select 'm' || id as id, id as interaction, touchpoint, 0.0 as sentiment, 'bench@1' as maker,
            case hash(id) % 4 when 0 then 'negative' when 1 then 'neutral' else 'positive' end as polarity from fresh"""
    ).to_arrow_table()
    mentions = conform(said, MENTION)
    bench.take("said", mentions)
    like = Piece("mention", "bench@1", low, high, 0, "")
    piece = bench.write("select *, cast(substr(id, 2) as bigint) as seq from said", like)
    draft.come += [piece] if piece else []
    draft.come += bench.stack(count_mentions("said", "fresh"), replace(like, name="mention_rollup"))
    draft.marks = {MARK: high, "mention/bench@1": high}
    return draft


def _raw(sql: str) -> str:
    """The same question, counted from the interactions themselves."""
    day = "cast(occurred_at as date)"
    time = f"{day} as day, cast(date_trunc('month', {day}) as date) as month, 1 as n"
    if "mention_rollup" in sql:
        said = "mention as m join interaction as i on i.id = m.interaction"
        return sql.replace("mention_rollup", f"(select {time}, unit, m.touchpoint, polarity from {said})", 1)
    return sql.replace("rollup", f"(select {time}, unit, touchpoint, channel, metric, value from interaction)", 1)


def _milliseconds(ask: Ask, sql: str, parameters: list[Any], *, times: int) -> float:
    """The middle time of `times` answers."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask.lake(sql, parameters)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)
