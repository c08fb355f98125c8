"""The share of each unit's spend that the company should pay, when the unit decides how much to spend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.decide._file import row
from touchstone.science.support import support

_NEEDED = ("unit", "response", "company_margin", "partner_margin")


def supported(maker: str, by: Mapping[str, str | None], table: pa.Table) -> list[dict[str, Any]]:
    """A row for each unit: what the company gains, the share it pays, and what the unit then spends and gains."""
    table = required(table, *_NEEDED).sort_by("unit")
    figures = [np.asarray(table[name].to_numpy(), float) for name in _NEEDED[1:]]
    for name, values in zip(_NEEDED[1:], figures, strict=True):
        if not (np.isfinite(values) & (values >= 0)).all():
            raise Refused(f"{name} is missing or below 0.", field=name, where="the file", todo="Give each unit one.")
    found = support(*figures)
    made = []
    for at, unit in enumerate(table["unit"].to_pylist()):
        detail = {
            "support_rate": float(found.rate[at]),
            "partner_spend": float(found.spend[at]),
            "company_pays": float(found.rate[at] * found.spend[at]),
            "partner_gain": float(found.partner[at]),
            "gain_as_one": float(found.together[at]),
        }
        value = float(found.company[at])
        made.append(row(maker, {**by, "unit": unit}, value, n=1, measured_in="money", detail=detail))
    return made
