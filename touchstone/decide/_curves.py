"""How to divide a budget among touchpoints whose gains follow curves of response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.decide._file import constant, row
from touchstone.science.curves import divide

_NEEDED = ("touchpoint", "scale", "half")
_FORMS = ("hill", "logistic")


def divided(maker: str, by: Mapping[str, str | None], table: pa.Table, budget: float | None) -> list[dict[str, Any]]:
    """A row for each touchpoint: what to spend and what that gains; the proof is the same in each."""
    table = required(table, *_NEEDED).sort_by("touchpoint")
    most = constant(table, "budget", budget)
    if most is None or not 0 <= most < np.inf:
        raise Refused("curves need a budget of 0 or more.", field="budget", todo="Give one with --set budget=….")
    logistic = _logistic(table)
    if not logistic.all():
        required(table, "slope")
    figures = {name: np.asarray(table[name].to_numpy(), float) for name in _NEEDED[1:]}
    slope = np.asarray(table["slope"].to_numpy(), float) if "slope" in table.column_names else np.ones(len(table))
    figures["slope"] = np.where(logistic, 1.0, slope)
    for name, values in figures.items():
        if not (np.isfinite(values) & ((values > 0) | ((values == 0) & (name == "scale")))).all():
            raise Refused(f"{name} is missing, or not above 0.", field=name, where="the file", todo="Give each one.")
    found = divide(**figures, budget=most, logistic=logistic)
    total = float(found.gain.sum())
    proof = {
        "total": total,
        "bound": found.bound,
        "gap": None if total == 0 else found.bound / total - 1,
        "price": found.price,
        "residual": found.residual,
    }
    return [
        row(maker, {**by, "touchpoint": name}, gain, n=1, measured_in="gain", detail={"spend": spend, **proof})
        for name, gain, spend in zip(
            table["touchpoint"].to_pylist(), found.gain.tolist(), found.spend.tolist(), strict=True
        )
    ]


def _logistic(table: pa.Table) -> NDArray[np.bool_]:
    """Which curves are logistic; those whose form is not said are Hill's."""
    forms = table["form"].to_pylist() if "form" in table.column_names else [None] * len(table)
    for form in forms:
        if form is not None and form.lower() not in _FORMS:
            raise Refused(f"{form!r} is no form of curve.", field="form", where="the file", todo="hill or logistic.")
    return np.array([form is not None and form.lower() == "logistic" for form in forms], bool)
