"""Drivers from a file's columns: whatever order its rows are in."""

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
