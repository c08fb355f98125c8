"""What each initiative would cost and bring at each unit, taken or not: what other plans are chosen from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.decide._budget_choices import TAIL, Possible
from touchstone.decide._budget_told import Made
from touchstone.science.portfolio import NONE

Floats = NDArray[np.float64]
_STATED = ("name", "touchpoint", "level", "partner_share", "quarter")


def initiative_rows(told: Made, free: Possible) -> list[dict[str, Any]]:
    """A row for each initiative that stands: what it would gain were it done wherever it can be, unit by unit.

    `free` has the same choices before touchpoints were held in or left out: what binds them whatever is wished.
    """
    return [_row(told, at, free) for at in np.unique(told.of.initiative).tolist()]


def _row(told: Made, at: int, free: Possible) -> dict[str, Any]:
    """`cost` (in all), `gain` and `worst` (the mean of its worst tenth) by `unit`; `draws` of the gain of all.

    Draws are told as multiples of what is expected: of any part of its units they are about the same. Where there are
    such, `start` has the place of the quarter, and `locked`, `together` and `standard` number groups (-1: of none).
    """
    of = told.of
    stated, mine = of.known.rows[at], np.flatnonzero(of.initiative == at)
    drawn = of.drawn(mine)
    tail = max(1, int(TAIL * len(drawn)))
    worst = np.partition(drawn, tail - 1, axis=0)[:tail].mean(axis=0)
    gain, total = float(of.gain[mine].sum()), drawn.sum(axis=1)
    found = told.ask.taxonomy.find(stated["touchpoint"])
    detail = {
        **{name: stated[name] for name in _STATED},
        "owner": found.owner if found is not None else "",
        "unit": [of.chain.sales.units[unit] for unit in of.unit[mine]],
        "cost": _short(of.cost[mine]),
        "gain": _short(of.gain[mine]),
        "worst": _short(worst),
        "draws": _short(total / gain if gain else np.zeros(len(total)), digits=4),
        **_groups(free, mine),
    }
    return told.row({"initiative": stated["id"]}, gain, total, detail=detail, about=[])


def _groups(of: Possible, mine: NDArray[np.int64]) -> dict[str, list[int]]:
    """What binds choices to one another, where anything does."""
    standard = of.limits.standard
    every = {"start": of.start if of.quarters else None, "locked": of.choices.locked, "together": of.choices.together,
             "standard": standard}  # fmt: skip
    return {
        name: group[mine].tolist() for name, group in every.items() if group is not None and (group[mine] != NONE).any()
    }


def _short(values: Floats, *, digits: int = 9) -> Sequence[float]:
    return [float(f"{each:.{digits}g}") for each in values.tolist()]
