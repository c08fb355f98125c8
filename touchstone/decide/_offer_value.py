"""What another way of choosing would have brought: a row for each estimator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.decide._file import row
from touchstone.science.logged import doubly_robust, effective, inverse, normalised
from touchstone.science.qini import Estimate

Floats = NDArray[np.float64]
_LEAST = 50  # effective rows; of fewer no value is told
_NEEDED = ("reward", "logged_probability", "target_probability")
_MODEL = ("expected_reward", "target_expected_reward")


def valued(maker: str, by: Mapping[str, str | None], table: pa.Table) -> Iterator[dict[str, Any]]:
    """IPS and SNIPS, and DR where a reward model's columns are there."""
    required(table, *_NEEDED)
    model = all(name in table.column_names for name in _MODEL)
    names = (*_NEEDED, *(_MODEL if model else ()))
    known = table.select(names).drop_null()
    columns = {name: known[name].to_numpy().astype(float) for name in names}
    order = np.lexsort([columns[name] for name in names])
    columns = {name: each[order] for name, each in columns.items()}
    _check(columns)
    weight, reward = columns["target_probability"] / columns["logged_probability"], columns["reward"]
    size = effective(weight)
    detail: dict[str, Any] = {
        "effective_sample_size": size, "rows_left_out": len(table) - len(known),
        "mean_weight": float(weight.mean()) if len(weight) else None, "greatest_weight": float(weight.max(initial=0.0)),
    }  # fmt: skip
    found: dict[str, Estimate | None] = dict.fromkeys(("ips", "snips", *(("dr",) if model else ())))
    if size < _LEAST:
        detail["why"] = f"an effective sample size of {size:.1f} is under {_LEAST}"
    else:
        found |= {"ips": inverse(weight, reward), "snips": normalised(weight, reward)}
        if model:
            found["dr"] = doubly_robust(weight, reward, *(columns[name] for name in _MODEL))
    for name, each in found.items():
        value, limits = (each.value, (each.low, each.high)) if each else (None, (None, None))
        yield row(maker, {**by, "estimator": name}, value, n=len(known), measured_in="reward per choice",
                  detail=detail, limits=limits)  # fmt: skip


def _check(columns: Mapping[str, Floats]) -> None:
    for name, least in (("logged_probability", 0.0), ("target_probability", -1.0)):
        if not ((columns[name] > least) & (columns[name] >= 0) & (columns[name] <= 1)).all():
            beyond = "above 0" if least == 0 else "0 or more"
            raise Refused(f"{name} is {beyond} and at most 1.", field=name, where="the file")
