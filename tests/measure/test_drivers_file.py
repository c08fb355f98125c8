"""Drivers from a file's columns: whatever order its rows are in, and limits that hold what is true, nought too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.measure._answers import unfolded
from touchstone.measure.drivers import measure
from touchstone.store.scratch import scratch


@pytest.mark.parametrize("settings", [{}, {"scale_usage": "centred"}, {"missing": "pairwise"}, {"missing": "em"}])
def test_the_order_of_rows_does_not_matter_to_the_last_limit(settings: dict[str, Any]) -> None:
    random = np.random.default_rng(26)  # a mean of these ends in other digits when they are added in another order
    columns = {name: np.where(random.random(240) < 0.1, np.nan, random.integers(1, 6, 240)) for name in "abcde"}
    mean = np.nanmean(list(columns.values()), axis=0)
    columns["outcome"] = np.clip(np.round(mean + random.normal(0, 0.7, 240)), 1, 5)
    told = unfolded(measure(scratch([], given=pa.table(columns)), **settings))
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(240)
        mixed = pa.table({name: each[order] for name, each in columns.items()})
        again = unfolded(measure(scratch([], given=mixed), **settings))
        for one, other in zip(told, again, strict=True):
            assert (other["low"], other["high"]) == pytest.approx((one["low"], one["high"]), rel=1e-9)
            assert other["detail"] == one["detail"]


@pytest.mark.parametrize("method", ["lmg", "johnson"])
def test_limits_hold_the_share_of_what_matters_and_of_what_does_not(method: str) -> None:
    weights = np.array([0.6, 0.3, 0.0, 0.0])
    truth = dict(zip("abcd", weights**2 * 2 / (weights @ weights * 2 + 0.81), strict=True))
    held: dict[str, list[bool]] = {name: [] for name in truth}
    for seed in range(40):
        random = np.random.default_rng(seed)
        ratings = random.integers(1, 6, (200, 4)).astype(float)
        columns = dict(zip("abcd", ratings.T, strict=True)) | {
            "outcome": ratings @ weights + 0.9 * random.normal(size=200)
        }
        for row in unfolded(measure(scratch([], given=pa.table(columns)), method=method)):
            name = row["by"]["touchpoint"]
            held[name].append(row["low"] <= truth[name] <= row["high"])
    assert min(sum(held["c"]), sum(held["d"])) >= 38
    assert min(sum(held["a"]), sum(held["b"])) >= 34
