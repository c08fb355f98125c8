"""What paths, silence and lifetime_value tell of worlds whose truth is known; cdnow's silent against recency alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from touchstone.home.one_shot import one_shot
from touchstone.measure import lifetime_value, paths, silence
from touchstone.science.lifetime import History, Lifetime
from touchstone.store.scratch import scratch

SEEDS = 200
FIRST, LAST = date(2024, 1, 1), 730  # days
LIFE = np.log([0.8, 12.0, 0.7, 40.0])  # Pareto/NBD, in weeks
CAR, REPAIR, CARS = 30_000.0, float(np.exp(5.5 + 0.3**2)), 0.1
DAYS = {"1997-05-19": "1997-09-30", "1997-07-31": "1998-01-31", "1997-09-30": "1998-06-30", "1997-12-31": "1998-06-30"}


def lines() -> Iterator[str]:
    """A line for each world, and for each day that cdnow is known by."""
    told = [rows(paths, journeys(seed)) for seed in range(SEEDS)]
    yield _found("paths, touchpoints all alike", [any(row["detail"]["real"] for row in each) for each in told])
    yield _held("paths", [row["low"] <= 40 <= row["high"] for each in told for row in each])
    told = [rows(silence, lives(seed)[0], by=["touchpoint"]) for seed in range(SEEDS)]
    yield _found("silence, last seen anywhere", [any(row["detail"].get("real") for row in each) for each in told])
    yield _held("silence", [_within(rows(silence, table)[0], left) for table, left, _ in map(lives, range(SEEDS))])
    worth = [
        (rows(lifetime_value, table, model="pareto_nbd")[0], truth) for table, _, truth in map(lives, range(SEEDS))
    ]
    yield _held("lifetime_value, cars and repairs", [_within(*each) for each in worth])
    yield from cdnow()


def rows(measure: Any, table: pa.Table, **asked: Any) -> list[dict[str, Any]]:
    """The rows of one answer."""
    made = measure.measure(scratch([], given=table), **asked).to_pylist()
    return [{**row, "detail": json.loads(row["detail"])} for row in made]


def journeys(seed: int) -> pa.Table:
    """400 journeys of one to five steps, each any of three touchpoints; three in ten end with a purchase."""
    random = np.random.default_rng(seed)
    ways = [" > ".join(random.choice(["poster", "site", "till"], random.integers(1, 6))) for _ in range(400)]
    bought = (random.random(400) < 0.3).astype(float)
    return pa.table({"path": ways, "conversions": bought, "nulls": 1 - bought})


def lives(seed: int, customers: int = 400) -> tuple[pa.Table, float, float]:
    """Visits with what they paid, of customers who come until they leave; the share gone of those who came again, and
    the money that the world's own parameters expect of all in the next 52 weeks, per customer."""
    random = np.random.default_rng(seed)
    r, alpha, s, beta = np.exp(LIFE)
    came: list[tuple[str, int, str, float]] = []
    again, history = [], []
    for person in range(customers):
        first, rate = int(random.integers(0, 365)), random.gamma(r, 1 / alpha) / 7
        end = min(first + 7 * random.exponential(1 / random.gamma(s, 1 / beta)), LAST)
        days = np.unique(first + np.cumsum(random.exponential(1 / rate, 400)).astype(int))
        days = np.append(first, days[(days > first) & (days <= end)])
        again += [end < LAST] if days.size > 1 else []
        history.append((days.size - 1, (days[-1] - first) / 7, (LAST - first) / 7))
        cars = random.random(days.size) < CARS
        small = np.exp(random.normal(5.5, 0.3 * np.sqrt(2), days.size))
        paid = np.where(cars, random.normal(CAR, 3_000, days.size), small).tolist()
        place = random.choice(["sales", "service"], days.size).tolist()
        came += zip([f"c{person}"] * days.size, days.tolist(), place, paid, strict=True)
    columns = dict(zip(("person", "occurred_at", "touchpoint", "amount"), zip(*came, strict=True), strict=True))
    table = pa.table(columns | {"occurred_at": [FIRST + timedelta(days=each) for each in columns["occurred_at"]]})
    table = table.set_column(1, "occurred_at", table["occurred_at"].cast(pa.timestamp("us", tz="UTC")))
    known = History.of(*np.array(history).T)
    expected = Lifetime("pareto_nbd", LIFE, np.eye(4), 0.0).expected(known, 52).mean()
    return table, float(np.mean(again)), float(expected * (CARS * CAR + (1 - CARS) * REPAIR))


def cdnow() -> Iterator[str]:
    """Of those called silent the share truly gone, less that of as many by recency alone, with its interval."""
    folder = Path(os.environ.get("TOUCHSTONE_TEST_DATA", "../shared/data")) / "cdnow_clv"
    if not folder.is_dir():
        return
    for name in ("cdnow_sample", "cdnow_log_dev"):
        for known, until in DAYS.items():
            yield f"silence: {name}, known by {known}: {gained(folder / f'{name}.parquet', known, until)}"


def gained(file: Path, known: str, until: str) -> str:
    """The difference in words; bootstrap over customers."""
    table = parquet.read_table(file)
    dated = zip(table["customer_id"].to_pylist(), table["date"].to_pylist(), strict=True)
    back = {str(person) for person, day in dated if known < day <= until}
    weeks = (date.fromisoformat(until) - date.fromisoformat(known)).days / 7
    fields = {"person": "customer_id", "occurred_at": "date"}
    asked = {"until": known, "weeks": str(weeks)}
    told = one_shot("measure", "silence", file=str(file), map=fields, set=asked, by=["person"])
    gone = np.array([row["person"] not in back for row in told])
    silent = np.array([row["detail"]["silent"] for row in told])
    since = np.array([row["detail"]["weeks_since_last"] for row in told])

    def gain(of: Any) -> float:
        longest = np.argsort(-since[of], kind="stable")[: silent[of].sum()]
        return float(gone[of][silent[of]].mean() - gone[of][longest].mean())

    random, size = np.random.default_rng(1), len(told)
    low, high = np.quantile([gain(random.integers(0, size, size)) for _ in range(300)], [0.025, 0.975])
    return f"{silent.sum()} of {size}, {gain(np.arange(size)):+.4f} ({low:+.4f} to {high:+.4f}) more truly gone"


def _within(row: dict[str, Any], truth: float) -> bool:
    return row["value"] is not None and bool(row["low"] <= truth <= row["high"])


def _found(name: str, found: list[bool]) -> str:
    return f"{name}: something called real in {np.mean(found):.3f} of {len(found)} (at most .05 is promised)"


def _held(name: str, held: list[bool]) -> str:
    return f"{name}: the truth within its interval in {np.mean(held):.3f} of {len(held)} (at least .93 is promised)"
