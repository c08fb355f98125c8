"""Possible choices and what a plan of them must keep to, written as a programme in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array

from touchstone.science.programme import Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
NONE = -1
"""In a column of numbered groups: of no group."""


@dataclass(frozen=True)
class Choices:
    """What may be chosen: a figure, or the number of a group (from 0; NONE where allowed), for each."""

    gain: Floats
    cost: Floats
    unit: Ints
    touchpoint: Ints
    shortfall: Floats  # what it costs the unit beyond what the unit gains by it; below 0: the unit gains more
    together: Ints  # taken together or not at all; or NONE
    locked: Ints  # 1 must, 0 must not, NONE as it comes

    def __len__(self) -> int:
        return len(self.gain)


@dataclass(frozen=True)
class Cap:
    """The most that the cost of each group's choices may add up to: of a region, of a quarter; inf for no limit."""

    group: Ints
    most: Floats


@dataclass(frozen=True)
class Limits:
    """What a plan keeps to; `standard` numbers sets of choices, of each of which at least one must be taken."""

    budget: float = np.inf
    caps: tuple[Cap, ...] = ()
    touchpoints: int | None = None
    standard: Ints | None = None


class Model:
    """The programme: variables are bundles (choices that go together), then units' support, then open touchpoints.

    A unit's support is what it lacks over all it takes part in: it pays for a unit's shortfall and is paid from the
    budget. Where there is no limit on the budget support costs nothing, and where touchpoints are not counted none has
    to be opened; such variables are then left out.
    """

    def __init__(self, choices: Choices, limits: Limits) -> None:
        self.choices, self.limits = choices, limits
        self.bundle, self.bundles = _bundles(choices.together)
        short = np.unique(choices.unit[choices.shortfall > 0]) if np.isfinite(limits.budget) else np.zeros(0, np.int64)
        opened = np.unique(choices.touchpoint) if limits.touchpoints is not None else np.zeros(0, np.int64)
        self.short, self.opened = short, opened
        self.support = self.bundles + np.arange(len(short))
        self.open = self.bundles + len(short) + np.arange(len(opened))
        self.programme = self._programme()

    def settled(self, x: Floats) -> Floats:
        """`x` with bundles as whole numbers, and support and open touchpoints exactly what these need."""
        made = np.zeros(len(x))
        made[: self.bundles] = np.round(x[: self.bundles])
        taken = self.taken(made)
        made[self.support] = least_support(self.choices, taken)[self.short]
        made[self.open] = np.isin(self.opened, self.choices.touchpoint[taken])
        return made

    def taken(self, x: Floats) -> Flags:
        """Which choices `x` takes."""
        return np.asarray(x[self.bundle] > 0.5, bool)

    def margin(self, price: Floats) -> Floats:
        """What each choice (with those it goes with) is worth after paying for what it uses."""
        return self.programme.margin(price)[self.bundle]

    def _programme(self) -> Programme:
        rows, choices, limits = _Rows(), self.choices, self.limits
        if np.isfinite(limits.budget):
            rows.add([limits.budget], (0, self.bundle, choices.cost), (0, self.support, 1.0))
        for cap in limits.caps:
            known = np.isfinite(cap.most)
            group = np.where((cap.group != NONE) & known[cap.group], cap.group, NONE)
            rows.add(np.where(known, cap.most, 0.0), (group, self.bundle, choices.cost))
        self._levels(rows)
        if limits.standard is not None:
            rows.add(-np.ones(limits.standard.max(initial=NONE) + 1), (limits.standard, self.bundle, -1.0))
        number = np.full(choices.unit.max(initial=NONE) + 1, NONE)
        number[self.short] = np.arange(len(self.short))
        rows.add(
            np.zeros(len(self.short)),
            (number[choices.unit], self.bundle, choices.shortfall),
            (np.arange(len(self.short)), self.support, -1.0),
        )
        return self._with(rows)

    def _levels(self, rows: _Rows) -> None:
        """At most one level of each unit and touchpoint; none of a touchpoint that is not open; not too many open."""
        choices = self.choices
        pair = choices.unit * (choices.touchpoint.max(initial=0) + 1) + choices.touchpoint
        _, first, place, size = np.unique(pair, return_index=True, return_inverse=True, return_counts=True)
        if self.limits.touchpoints is None:
            several = size > 1  # of a single one its own limits say so
            number = np.where(several, np.cumsum(several) - 1, NONE)
            rows.add(np.ones(several.sum()), (number[place], self.bundle, 1.0))
            return
        opening = self.open[np.searchsorted(self.opened, choices.touchpoint[first])]
        rows.add(np.zeros(len(first)), (place, self.bundle, 1.0), (np.arange(len(first)), opening, -1.0))
        rows.add([float(self.limits.touchpoints)], (0, self.open, 1.0))

    def _with(self, rows: _Rows) -> Programme:
        choices, size = self.choices, self.bundles + len(self.short) + len(self.opened)
        lower, upper, profit, whole = np.zeros(size), np.ones(size), np.zeros(size), np.ones(size, bool)
        np.maximum.at(lower, self.bundle, (choices.locked == 1).astype(float))
        np.minimum.at(upper, self.bundle, (choices.locked != 0).astype(float))
        upper[self.support] = np.bincount(choices.unit, np.fmax(choices.shortfall, 0.0))[self.short]
        np.add.at(profit, self.bundle, choices.gain)
        whole[self.support] = False
        return Programme(profit, rows.matrix(size), rows.most, lower, upper, whole)


def least_support(choices: Choices, taken: Flags) -> Floats:
    """By unit: the least support with which it loses nothing by what is taken."""
    units = int(choices.unit.max(initial=NONE)) + 1
    short = np.bincount(choices.unit[taken], choices.shortfall[taken], minlength=units)
    return np.asarray(np.fmax(short, 0.0), float)


def _bundles(together: Ints) -> tuple[Ints, int]:
    """The number of each choice's bundle, and how many there are; what goes with nothing is a bundle by itself."""
    alone = together.max(initial=NONE) + 1 + np.arange(len(together))
    names, bundle = np.unique(np.where(together == NONE, alone, together), return_inverse=True)
    return np.asarray(bundle, np.int64), len(names)


class _Rows:
    """Rows of a matrix as they are added, several at once."""

    def __init__(self) -> None:
        self.most: Floats = np.zeros(0)
        self._entries: list[tuple[Ints, Ints, Floats]] = []

    def add(self, most: ArrayLike, *parts: tuple[ArrayLike, Ints, ArrayLike]) -> None:
        """Rows that are at most `most`; a part gives of each entry the row (among these; NONE: none), column, value."""
        for group, column, value in parts:
            row = np.broadcast_to(np.asarray(group, np.int64), column.shape)
            inside = row != NONE
            values = np.broadcast_to(np.asarray(value, float), column.shape)
            self._entries.append((row[inside] + len(self.most), column[inside], values[inside]))
        self.most = np.concatenate([self.most, np.asarray(most, float)])

    def matrix(self, columns: int) -> csc_array:
        """The matrix of all rows; entries of one place are added up."""
        row, column, value = (np.concatenate([each[part] for each in self._entries]) for part in range(3))
        return csc_array((value, (row, column)), shape=(len(self.most), columns))
