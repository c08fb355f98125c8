"""A small lake, and a question for each use of SQL that both engines agree on (docs/engines.md lists them)."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import INTERACTION, METRIC, UNIT, conform

ROWS = 3_000
UNITS = [f"unit-{number}" for number in range(12)]


def interactions() -> pa.Table:
    """Scores over two years of twelve units, with gaps in every column and text of every kind."""
    draw = np.random.default_rng(7)
    day = draw.integers(0, 730, ROWS)
    second = draw.integers(0, 86_400, ROWS)
    start = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
    instants = [int((start + 86_400 * int(d) + int(s)) * 1_000_000) for d, s in zip(day, second, strict=True)]
    rows = {
        "seq": pa.array(range(1, ROWS + 1), pa.int64()),
        "id": pa.array([f"{number:032x}" for number in range(ROWS)]),
        "kind": pa.array(["review"] * ROWS),
        "channel": pa.array(draw.choice(["web", "phone", "store"], ROWS)),
        "occurred_at": pa.array(instants, pa.timestamp("us", tz="UTC")),
        "person": pa.array([f"person-{number}" for number in draw.integers(0, 1_500, ROWS)]),
        "unit": pa.array([UNITS[number] if number < 12 else None for number in draw.integers(0, 13, ROWS)]),
        "text": pa.array(draw.choice(["", "it's a \\ slash", "très bien", "日本", '100 % "sure"'], ROWS)),
        "metric": pa.array(draw.choice(["nps", "rating"], ROWS)),
        "value": pa.array([None if each > 10 else float(each) for each in draw.integers(0, 12, ROWS)], pa.float64()),
        "worst": pa.array([0.0] * ROWS),
        "best": pa.array([10.0] * ROWS),
    }
    return conform(pa.table(rows), INTERACTION)


def units() -> pa.Table:
    return conform(
        [{"id": unit, "name": unit.upper(), "region": f"region {number % 3}"} for number, unit in enumerate(UNITS)],
        UNIT,
    )


def metrics() -> pa.Table:
    return conform(
        [
            {
                "id": f"{number}", "name": "nps", "by": [("unit", unit), ("channel", "web")], "value": number / 7,
                "n": number, "detail": '{"rank": 1}', "about": [unit], "rests_on": UNITS[: number % 3],
            }
            for number, unit in enumerate(UNITS)
        ],
        METRIC,
    )  # fmt: skip


QUESTIONS: dict[str, tuple[str, list[Any]]] = {
    "counts by group": ("select unit, channel, count(*) as n from interaction group by all order by unit, channel", []),
    "weeks": (
        "select date_trunc('week', occurred_at) as week, count(*) as n from interaction group by 1 order by 1", []
    ),
    "months of days": (
        "select date_trunc('month', cast(occurred_at as date)) as month, count(*) as n, sum(value) as total "
        "from interaction group by 1 order by 1", [],
    ),
    "a period": (
        "select count(*) as n from interaction where occurred_at >= ? and occurred_at < ?",
        [datetime(2024, 3, 1, tzinfo=UTC), datetime(2025, 1, 1)],
    ),
    "a day": ("select count(*) as n from interaction where cast(occurred_at as date) = ?", [date(2024, 5, 5)]),
    "net promoter sums": (
        "select unit, count(*) filter (where value >= 9) as promoters, "
        "count(*) filter (where value <= 6) as detractors, "
        "100.0 * (sum(case when value >= 9 then 1 when value <= 6 then -1 else 0 end)) / count(value) as nps "
        "from interaction where metric = ? and value is not null group by unit order by unit", ["nps"],
    ),
    "moments": (
        "select channel, avg(value) as mean, var_samp(value) as variance, stddev_pop(value) as spread, "
        "sum(value * value) as squares, min(value) as low, max(occurred_at) as last "
        "from interaction group by channel order by channel", [],
    ),
    "a join": (
        "select u.region, count(*) as n, avg(i.value) as mean from interaction i join unit u on u.id = i.unit "
        "group by u.region order by u.region", [],
    ),
    "an outer join": (
        "select u.id, count(i.id) as n from unit u left join interaction i on i.unit = u.id and i.value > ? "
        "group by u.id order by u.id", [9.5],
    ),
    "first of each": (
        "select unit, id, row_number() over (partition by unit order by occurred_at, id) as place from interaction "
        "qualify place <= 2 order by unit nulls first, place", [],
    ),
    "a rolling sum": (
        "with days as (select cast(occurred_at as date) as day, count(*) as n from interaction group by 1) "
        "select day, sum(n) over (order by day rows between 27 preceding and current row) as rolled from days "
        "order by day", [],
    ),
    "maps and lists": (
        "select \"by\"['unit'] as unit, \"by\"['region'] as region, about[1] as first, "
        "array_length(rests_on) as leans, \"by\", about "
        "from metric where list_contains(about, ?) or \"by\"['channel'] = ? order by unit", ["unit-3", "web"],
    ),
    "overlap of lists": (
        "select id from metric where list_has_any(rests_on, ['unit-1', 'unit-9']) order by id", []
    ),
    "unnested": ("select unnest(rests_on) as unit from metric order by unit", []),
    "text": (
        "select text, length(text) as characters, lower(text) as small, count(*) as n, "
        "strpos('0123456789abcdef', substr(md5(text), 1, 1)) - 1 as digit from interaction "
        "where text <> ? group by all order by text", ["it's a \\ slash"],
    ),
    "one of many": ("select count(*) as n from interaction where unit in (?, ?)", ["unit-1", "unit-2"]),
    "nothing there": ("select unit, sum(value) as total from interaction where unit = ? group by unit", ["nowhere"]),
    "division": ("select value / nullif(0, 0) as a, 7 / 2 as b, 7 // 2 as c, 0.1 + 0.2 as d, best * 0.3 as e "
        "from interaction order by id limit 1", []),
    "quantiles": (
        "select channel, quantile_cont(value, 0.9) as high, median(value) as middle from interaction "
        "group by channel order by channel", [],
    ),
}  # fmt: skip


def lengths(batch: pa.RecordBatch) -> pa.RecordBatch:
    """One row for each interaction that has words: its id, how many characters, and which process read it."""
    table = pa.table(
        {
            "interaction": batch["id"],
            "characters": pc.cast(pc.utf8_length(batch["text"]), pa.int64()),
            "about": pa.array([[f"{os.getpid()}"]] * len(batch), pa.list_(pa.string())),
            "occurred_at": batch["occurred_at"],
        }
    )
    return table.filter(pc.greater(table["characters"], 0)).combine_chunks().to_batches()[0]
