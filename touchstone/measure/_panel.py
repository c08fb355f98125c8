"""Units over periods: how they scored, in how many answers, and which got a fix, when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.errors import Refused
from touchstone.measure._series import Series, ends

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Panel:
    """`mean` and `n` have a row for each unit and a column for each period; `started` is NaT for untreated units.

    `within` is the variance of answers of one unit in one period, all together (0 where none has two).
    """

    units: tuple[str, ...]
    periods: NDArray[np.datetime64]
    stops: NDArray[np.datetime64]  # the day after each period
    mean: Floats
    n: Floats
    within: float
    started: NDArray[np.datetime64]

    @property
    def treated(self) -> Marks:
        """Units that got the fix."""
        return np.asarray(~np.isnat(self.started))

    def split(self, start: np.datetime64) -> tuple[Marks, Marks]:
        """Periods over when it starts, and those that begin with it or later; the one it falls into is neither."""
        return self.stops <= start, self.periods >= start


def panel(series: list[Series], every: str, started: dict[str, np.datetime64]) -> Panel:
    """The series of units side by side, in order of unit and period."""
    told = sorted(series, key=lambda each: each.keys)
    periods = np.unique(np.concatenate([each.starts for each in told]))
    mean = np.full((len(told), len(periods)), np.nan)
    n = np.zeros(mean.shape)
    squares = 0.0
    for row, each in enumerate(told):
        column = np.searchsorted(periods, each.starts)
        n[row, column] = each.counts.sum(axis=1)
        mean[row, column] = each.counts @ each.scores / n[row, column]
        squares += float((each.counts * (each.scores - mean[row, column][:, None]) ** 2).sum())
    units = tuple(each.keys[0] for each in told)
    starts = np.array([started.get(unit, NEVER) for unit in units], "datetime64[D]")
    free = float(np.fmax(n - 1, 0).sum())
    return Panel(units, periods, ends(periods, every), mean, n, squares / free if free else 0.0, starts)


def named(units: str, start: np.datetime64 | None) -> dict[str, np.datetime64]:
    """The units named in a setting, with the start; Refused where only one of both is said."""
    names = [each.strip() for each in units.split(",") if each.strip()]
    if bool(names) != (start is not None):
        field = "start" if names else "units"
        todo = "Say both, units and start, or neither."
        raise Refused("a fix needs both the units that got it and its first day.", field=field, todo=todo)
    return dict.fromkeys(names, start) if start is not None else {}


def started(table: pa.Table) -> dict[str, np.datetime64]:
    """The first day that each treated unit of a file bears in `started_at`."""
    told = table.filter(pc.and_(pc.is_valid(table["started_at"]), pc.is_valid(table["unit"])))
    first = told.group_by("unit").aggregate([("started_at", "min")])
    days = [np.datetime64(each.date(), "D") for each in first["started_at_min"].to_pylist()]
    return dict(zip(first["unit"].to_pylist(), days, strict=True))
