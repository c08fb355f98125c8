"""What each step of journeys adds to their ends: removal effects in a Markov chain, and Shapley values.

A journey is a row of steps that ended in conversions, worth so much, or was lost. Whatever the method, what it hands
out adds up to all there was.
Sources: Anderl, Becker, von Wangenheim & Schumann 2016 (removal effect); Zhao, Mahboobi & Bagheri 2018 (Shapley values
of the sets of steps that converted).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, eye_array
from scipy.sparse.linalg import splu

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
DENSE = 400  # states up to which a chain is solved as a full table


@dataclass(frozen=True)
class Journeys:
    """Steps (0 .. kinds-1) of all journeys one after the other, and which journey (0 ..) each belongs to, in order."""

    step: Places
    journey: Places
    kinds: int

    @classmethod
    def of(cls, step: ArrayLike, journey: ArrayLike, *, kinds: int) -> Journeys:
        """The journeys from plain arrays; ValueError where they are not in order or a step is unknown."""
        steps, whose = np.asarray(step, np.int64), np.asarray(journey, np.int64)
        if steps.shape != whose.shape or (steps.size and (steps.min() < 0 or steps.max() >= kinds)):
            raise ValueError("needs a known step and a journey at each place")
        if whose.size and (whose[0] != 0 or not np.isin(np.diff(whose), (0, 1)).all()):
            raise ValueError("journeys must be numbered from 0 and lie one after the other")
        return cls(steps, whose, kinds)

    @property
    def count(self) -> int:
        """How many journeys there are."""
        return int(self.journey[-1]) + 1 if self.journey.size else 0

    def visits(self) -> csr_array:
        """Which kinds of step each journey has: journeys x kinds, 1 or 0."""
        table = csr_array((np.ones(self.step.size), (self.journey, self.step)), shape=(self.count, self.kinds))
        table.data[:] = 1.0  # several of one kind were added up
        return table

    def last(self) -> Places:
        """The last step of each journey."""
        ends = np.flatnonzero(np.append(np.diff(self.journey) > 0, True)) if self.step.size else np.zeros(0, int)
        return np.asarray(self.step[ends], np.int64)


def last_touch(journeys: Journeys, amount: ArrayLike, block: Places | None = None) -> Floats:
    """All of each journey's `amount` to its last step; per kind of step, and of each `block` of journeys a column."""
    table = csr_array((np.ones(journeys.count), (journeys.last(), np.arange(journeys.count))),
                      shape=(journeys.kinds, journeys.count))  # fmt: skip
    return _summed(table, amount, block)


def shapley(journeys: Journeys, amount: ArrayLike, block: Places | None = None) -> Floats:
    """Each journey's `amount` in equal parts to the kinds of step it has; as `last_touch`.

    That is the Shapley value where a set of steps is worth what those journeys bring that need no other.
    """
    visits = journeys.visits()
    share = np.asarray(amount, float) / visits.sum(axis=1)
    return _summed(visits.T.tocsr(), share, block)


def _summed(table: csr_array, amount: ArrayLike, block: Places | None) -> Floats:
    """`table` (kinds x journeys) times what each journey has, over all journeys or block by block."""
    each = np.asarray(amount, float)
    if block is None:
        return np.asarray(table @ each, float)
    dealt = csr_array((each, (np.arange(each.size), block)), shape=(each.size, int(block.max(initial=-1)) + 1))
    return np.asarray((table @ dealt).toarray(), float)


class Chain:
    """Journeys as a Markov chain whose states are the last `order` steps."""

    def __init__(self, journeys: Journeys, *, order: int = 1) -> None:
        if order < 1:
            raise ValueError("the order of a chain is 1 at least")
        step, whose = journeys.step, journeys.journey
        codes = np.zeros(step.size, np.int64)
        for back in range(order):  # a state is the last steps, the latest first; before the beginning stands `kinds`
            earlier = np.full(step.size, journeys.kinds)
            earlier[back:] = np.where(
                whose[back:] == whose[: step.size - back], step[: step.size - back], journeys.kinds
            )
            codes = codes * (journeys.kinds + 1) + earlier
        states, state = np.unique(codes, return_inverse=True)
        self.journeys, self.size = journeys, states.size
        self.holds = np.zeros((journeys.kinds + 1, states.size), bool)
        for _ in range(order):
            self.holds[states % (journeys.kinds + 1), np.arange(states.size)] = True
            states = states // (journeys.kinds + 1)
        same = np.flatnonzero(np.diff(whose) == 0)
        pairs, pair = np.unique(state[same] * self.size + state[same + 1], return_inverse=True)
        self._from, self._to = pairs // self.size, pairs % self.size
        self._moves = csr_array((np.ones(same.size), (pair, whose[same])), shape=(pairs.size, journeys.count))
        first = np.flatnonzero(np.append(True, np.diff(whose) > 0)) if step.size else np.zeros(0, int)
        last = np.flatnonzero(np.append(np.diff(whose) > 0, True)) if step.size else np.zeros(0, int)
        at, ones = np.arange(journeys.count), np.ones(journeys.count)
        self._starts = csr_array((ones, (state[first], at)), shape=(self.size, journeys.count))
        self._ends = csr_array((ones, (state[last], at)), shape=(self.size, journeys.count))

    def removal(self, times: ArrayLike, brought: ArrayLike) -> Floats:
        """Share of what the journeys bring that would be lost without each kind of step.

        `times`: how often each journey was made, with success or without; `brought`: conversions or money of it all.
        Without a step, who would take it next is lost.
        """
        return self.removal_of(self.sums(times, brought))

    def sums(self, times: ArrayLike, brought: ArrayLike, block: Places | None = None) -> Floats:
        """All that removal effects rest on, summed over the journeys; of each `block` of journeys a column."""
        parts = [_summed(table, times, block) for table in (self._starts, self._moves, self._ends)]
        return np.concatenate([*parts, _summed(self._ends, brought, block)])

    def removal_of(self, sums: Floats) -> Floats:
        """As `removal`, from sums."""
        start, moves, ends, gain = np.split(sums, np.cumsum([self.size, self._from.size, self.size]))
        out = np.bincount(self._from, moves, minlength=self.size) + ends
        seen = np.where(out > 0, out, 1.0)
        reward = gain / seen
        chance = moves / seen[self._from]
        whole = float(start @ self._worth(chance, reward, np.ones(self.size, bool)))
        if whole <= 0:
            return np.full(self.journeys.kinds, np.nan)
        kept = [float(start @ self._worth(chance, reward, ~self.holds[kind])) for kind in range(self.journeys.kinds)]
        return np.asarray(1 - np.array(kept) / whole, float)

    def attributed(self, times: ArrayLike, brought: ArrayLike) -> Floats:
        """All that was brought, handed out in proportion to the removal effects."""
        return self.attributed_of(self.sums(times, brought))

    def attributed_of(self, sums: Floats) -> Floats:
        """As `attributed`, from sums."""
        effect = np.fmax(self.removal_of(sums), 0.0)
        total = effect.sum()
        return np.asarray(sums[-self.size :].sum() * effect / (total if total > 0 else np.nan), float)

    def _worth(self, chance: Floats, reward: Floats, kept: NDArray[np.bool_]) -> Floats:
        """What is still to be brought from each state, where only the states `kept` can be entered."""
        alive = kept[self._from] & kept[self._to]
        at, to, share = self._from[alive], self._to[alive], chance[alive]
        hope = np.where(kept, reward, 0.0)
        if self.size <= DENSE:
            table = np.eye(self.size)
            np.subtract.at(table, (at, to), share)
            return np.asarray(np.linalg.solve(table, hope), float)
        moves = csr_array((share, (at, to)), shape=(self.size, self.size))
        return np.asarray(splu((eye_array(self.size) - moves).tocsc()).solve(hope), float)
