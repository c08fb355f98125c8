"""Possible choices and what a plan of them keeps to, written as a programme in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array

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
    """What a plan keeps to; `standard` numbers sets of choices, of each of which at least one must be taken.

    Without `support` units take part only in what they lose nothing by themselves.
    """

    budget: float = np.inf
    caps: tuple[Cap, ...] = ()
    touchpoints: int | None = None
    standard: Ints | None = None
    support: bool = True


class Model:
    """The programme's columns (bundles of choices that go together, units' support, open touchpoints) and its rows.

    A unit's support pays for what it lacks over all it takes part in, and is paid from the budget; without a budget it
    costs nothing. Where touchpoints are counted, a choice is taken only where its touchpoint is open. `links` are the
    rows that tie choices of different places (units and touchpoints) to each other. The row of a place stands apart:
    at most one of its levels; but of places with locked choices or larger bundles it is a link too.
    """

    def __init__(self, choices: Choices, limits: Limits) -> None:
        self.choices, self.limits = choices, limits
        self.bundle, self.bundles = _bundles(choices.together)
        paid = np.isfinite(limits.budget) or not limits.support
        short = np.unique(choices.unit[choices.shortfall > 0]) if paid else _nothing()
        self.short, self.counted = (
            short,
            np.unique(choices.touchpoint) if limits.touchpoints is not None else _nothing(),
        )
        self.support = self.bundles + np.arange(len(short))
        self.open = self.bundles + len(short) + np.arange(len(self.counted))
        self.size = self.bundles + len(short) + len(self.counted)
        self._places()
        self._columns()
        self._links()

    def settled(self, x: Floats) -> Floats:
        """`x` with bundles as whole numbers, and support and open touchpoints exactly what these need."""
        made = np.zeros(self.size)
        made[: self.bundles] = np.round(x[: self.bundles])
        taken = self.taken(made)
        made[self.support] = least_support(self.choices, taken)[self.short]
        made[self.open] = np.isin(self.counted, self.choices.touchpoint[taken])
        return made

    def taken(self, x: Floats) -> Flags:
        """Which choices `x` takes."""
        return np.asarray(x[self.bundle] > 0.5, bool)

    def linked_name(self) -> list[list[int]]:
        """Unit and touchpoint of each linked place."""
        return [[int(each) for each in pair] for pair in self.place_name[:, self.linked].T]

    def _places(self) -> None:
        """Of each choice its place; of each bundle the place whose row stands apart; of each place its touchpoint."""
        choices = self.choices
        pair = choices.unit * (choices.touchpoint.max(initial=0) + 1) + choices.touchpoint
        _, first, self.place_of = np.unique(pair, return_index=True, return_inverse=True)
        tied = (np.bincount(self.bundle)[self.bundle] > 1) | (choices.locked != NONE)
        self.linked = np.bincount(self.place_of, tied, minlength=len(first)) > 0
        self.place = np.full(self.bundles, NONE)
        apart = ~self.linked[self.place_of]
        self.place[self.bundle[apart]] = self.place_of[apart]
        self.place_name = np.stack([choices.unit[first], choices.touchpoint[first]])
        opening = np.searchsorted(self.counted, choices.touchpoint[first])
        self.opening = self.open[opening] if len(self.counted) else np.full(len(first), NONE)

    def _columns(self) -> None:
        choices = self.choices
        self.lower, self.upper = np.zeros(self.size), np.ones(self.size)
        self.profit, self.whole = np.zeros(self.size), np.ones(self.size, bool)
        np.maximum.at(self.lower, self.bundle, (choices.locked == 1).astype(float))
        np.minimum.at(self.upper, self.bundle, (choices.locked != 0).astype(float))
        if self.limits.touchpoints is not None:  # what needs more touchpoints than may be open is never taken
            names = np.unique(np.stack([self.bundle, choices.touchpoint]), axis=1)[0]
            self.upper[np.flatnonzero(np.bincount(names) > self.limits.touchpoints)] = 0.0
        most = np.bincount(choices.unit, np.fmax(choices.shortfall, 0.0))[self.short]
        self.upper[self.support] = most if self.limits.support else 0.0
        np.add.at(self.profit, self.bundle, choices.gain)
        self.whole[self.support] = False

    def _links(self) -> None:
        """The rows, in this order: budget, units' support, caps, standards, counted touchpoints, linked places."""
        rows, choices, limits = Rows(), self.choices, self.limits
        if np.isfinite(limits.budget):
            rows.add([limits.budget], (0, self.bundle, choices.cost), (0, self.support, 1.0))
        number = np.full(choices.unit.max(initial=NONE) + 1, NONE)
        number[self.short] = np.arange(len(self.short))
        self.unit_row = len(rows.most) + np.arange(len(self.short))
        shortfall = (number[choices.unit], self.bundle, choices.shortfall)
        rows.add(
            np.zeros(len(self.short)),
            shortfall,
            (np.arange(len(self.short)), self.support, -1.0),
        )
        before = len(rows.most)
        for cap in limits.caps:
            known = np.isfinite(cap.most)
            group = np.where((cap.group != NONE) & known[cap.group], cap.group, NONE)
            rows.add(np.where(known, cap.most, 0.0), (group, self.bundle, choices.cost))
        self.cap_row = np.arange(before, len(rows.most))
        before = len(rows.most)
        if limits.standard is not None:
            rows.add(
                -np.ones(limits.standard.max(initial=NONE) + 1),
                (limits.standard, self.bundle, -1.0),
            )
        self.standard_row = np.arange(before, len(rows.most))
        if limits.touchpoints is not None:
            rows.add([float(limits.touchpoints)], (0, self.open, 1.0))
        self.count_row = np.arange(len(rows.most) - (limits.touchpoints is not None), len(rows.most))
        inside = np.flatnonzero(self.linked[self.place_of])
        self.linked_row = np.arange(len(rows.most), len(rows.most) + self.linked.sum())
        self.add_places(rows, self.place_of[inside], self.bundle[inside])
        self.links, self.most = rows.matrix(self.size), rows.most

    def add_places(self, rows: Rows, place: Ints, bundle: Ints) -> None:
        """Adds the rows of these bundles' places: at most one of each, and none whose touchpoint is not open."""
        names, number = np.unique(place, return_inverse=True)
        if not len(self.open):
            rows.add(np.ones(len(names)), (number, bundle, 1.0))
        else:
            opening = (np.arange(len(names)), self.opening[names], -1.0)
            rows.add(np.zeros(len(names)), (number, bundle, 1.0), opening)


def least_support(choices: Choices, taken: Flags) -> Floats:
    """By unit: the least support with which it loses nothing by what is taken."""
    units = int(choices.unit.max(initial=NONE)) + 1
    short = np.bincount(choices.unit[taken], choices.shortfall[taken], minlength=units)
    return np.asarray(np.fmax(short, 0.0), float)


def _nothing() -> Ints:
    return np.zeros(0, np.int64)


def shared_out(choices: Choices, taken: Flags, support: Floats) -> Floats:
    """By choice: each unit's support handed out to those taken that it loses by, in proportion to what it loses."""
    short = np.where(taken, np.fmax(choices.shortfall, 0.0), 0.0)
    total = np.bincount(choices.unit, short, minlength=len(support))
    share = np.divide(support, total, out=np.zeros(len(total)), where=total > 0)
    return np.asarray(short * share[choices.unit], float)


def _bundles(together: Ints) -> tuple[Ints, int]:
    """The number of each choice's bundle, and how many there are; what goes with nothing is a bundle by itself."""
    alone = together.max(initial=NONE) + 1 + np.arange(len(together))
    names, bundle = np.unique(np.where(together == NONE, alone, together), return_inverse=True)
    return np.asarray(bundle, np.int64), len(names)


class Rows:
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
