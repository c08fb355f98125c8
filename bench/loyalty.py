"""The chain from satisfaction to money against what was planted, 200 seeds: `python -m bench loyalty`.

How often something is found where nothing is planted, how often the truth lies within its interval, and what twice the
dose does to each figure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.measure.loyalty import measure
from touchstone.science.chain import Terms, periods
from touchstone.store.scratch import scratch

SLOPES = {"retention": 0.03, "spend": 5.0, "referrals": 0.04}


def customers(seed: int, *, dose: float, n: int) -> pa.Table:
    """Satisfaction 1-7, coupons that go to the satisfied, and what either goes with, in proportion to `dose`."""
    random = np.random.default_rng(seed)
    liking = random.integers(1, 8, n).astype(float)
    coupon = (random.random(n) < 0.2 + 0.06 * (liking - 4)).astype(float)
    stays = random.random(n) < 0.6 + dose * (SLOPES["retention"] * (liking - 4) + 0.1 * (coupon - 0.2))
    spend = 100 + dose * (SLOPES["spend"] * (liking - 4) + 8 * (coupon - 0.2)) + 20 * random.standard_normal(n)
    referrals = random.poisson(0.3 + dose * SLOPES["referrals"] * (liking - 4))
    columns = {"satisfaction": liking, "coupon": coupon, "retained": stays, "spend": np.where(stays, spend, np.nan)}
    columns["referrals"] = referrals
    return pa.table({name: pa.array(np.asarray(each, float), from_pandas=True) for name, each in columns.items()})


def told(seed: int, *, dose: float, n: int) -> list[dict[str, Any]]:
    """The rows of the measure, experience first."""
    rows = measure(scratch([], given=customers(seed, dose=dose, n=n))).to_pylist()
    return [{**row, **dict(row["by"]), "detail": json.loads(row["detail"])} for row in rows]


def truth() -> dict[str, float]:
    """What one step of satisfaction truly goes with."""
    terms = Terms(1.0, 5, 0.1)
    long, longer = (float(periods(np.array(each), terms)) for each in (0.6, 0.6 + SLOPES["retention"]))
    money = 100 * (longer - long) + SLOPES["spend"] * long + SLOPES["referrals"] * long * 100 * long
    return {**SLOPES, "money": money}


def bench(*, quick: bool = False) -> Iterator[str]:
    """Lines: the null world, recovery by link, dose and response."""
    seeds = 40 if quick else 200
    false = sum(any(row["detail"].get("real") for row in told(seed, dose=0, n=300)) for seed in range(seeds))
    yield f"nothing planted: something found in {false} of {seeds} ({false / seeds:.3f}; at most .05 is promised)"
    held = {name: [] for name in truth()}  # type: dict[str, list[bool]]
    for seed in range(seeds):
        for row in told(seed, dose=1, n=800):
            if row["of"] == "experience":
                held[row["link"]].append(row["low"] <= truth()[row["link"]] <= row["high"])
    for name, inside in held.items():
        yield f"planted {name}: within its interval in {np.mean(inside):.3f} of {seeds} (at least .93 is promised)"
    one, two = (told(7, dose=dose, n=20_000) for dose in (1, 2))
    for first, second in zip(one, two, strict=True):
        if first["of"] == "experience":
            yield f"twice the dose: {first['link']} x {second['value'] / first['value']:.2f}"
