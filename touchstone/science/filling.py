"""A relaxed plan made whole in a moment: one choice a unit changes at a time, until every limit is kept and used.

At prices units hang together no more, so all change at once to what is worth more; then what breaks a limit gives way
where that costs the least, and what is left goes where it is worth the most (greedy rounding: Dantzig 1957). This
proves nothing by itself: the bound is that of the prices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from touchstone.science.portfolio import NONE, Flags, Floats, Ints, Model
from touchstone.science.pricing import Judged

WHOLE = 1 - 1e-6  # a share from which on a choice is taken as a whole
_ROUNDS = 60  # of changes, one a unit in each
_LEAST = 1e-9  # so small a share of the largest is nothing
_MOSTLY = 0.5  # a share from which on a choice is taken to begin with


def filled(model: Model, judged: Judged, x: Floats) -> Floats | None:
    """The columns of a plan in whole choices near `x`, which may be in part; None where limits stay broken.

    Bundles that go together, and whatever else stands in linked places, are left as in `x` where they are whole there.
    """
    plan = _Plan(model, judged, x)
    plan.improve()
    if not plan.repair():
        return None
    plan.fill()
    return plan.columns()


@dataclass(frozen=True)
class _Moves:
    """What each place that stands apart may turn to: one of its bundles, or nothing (bundle NONE).

    `rows` (caps x moves) numbers the row of each cap; NONE, the last row, is without limit.
    """

    bundle: Ints
    place: Ints
    unit: Ints
    gain: Floats
    cost: Floats
    short: Floats
    standard: Ints
    rows: Ints


class _Plan:
    """A plan while it changes: `at` has the move of each place (NONE: it is linked), and figures are against those."""

    def __init__(self, model: Model, judged: Judged, x: Floats) -> None:
        self.model, self.moves = model, _moves(model)
        self.price = float(judged.price[0]) if np.isfinite(model.limits.budget) else 0.0
        self.caps = np.append(np.concatenate([np.zeros(0), *(cap.most for cap in model.limits.caps)]), np.inf)
        self.capped = np.append(judged.price[model.cap_row], 0.0)[self.moves.rows].sum(axis=0) * self.moves.cost
        self.tiny = _LEAST * float(np.abs(self.moves.gain).max(initial=0.0))
        self.fixed = np.where(x >= WHOLE, 1.0, 0.0)
        self.fixed[np.flatnonzero(model.place != NONE)] = 0.0
        self.at = _begun(self.moves, x, len(model.opening))
        self._add_up()

    def improve(self) -> None:
        """Every unit turns to what is worth more at the prices, until none would."""
        for _ in range(_ROUNDS):
            worth = self.gain - self.price * self.spend - (self.capped - self.capped[self.now])
            some = np.flatnonzero(self.free & (worth > self.tiny))
            if not len(some):
                return
            self._take(self._best(worth, some))

    def repair(self) -> bool:
        """What breaks a limit gives way, the most broken limit first; False where that does not help."""
        for _ in range(_ROUNDS):
            over, less = self._broken()
            if over <= _LEAST * max(self.paid, 1.0):
                return True
            some = np.flatnonzero(self.free & (less > 0))
            if not len(some):
                return False
            best = self._best(np.divide(self.gain, less, out=np.zeros(len(less)), where=less > 0), some)
            self._take(best[: int(np.searchsorted(np.cumsum(less[best]), over)) + 1])
        return False

    def fill(self) -> None:
        """What is left of the budget and the caps is used, by what is worth the most at the prices first."""
        rows, cost = self.moves.rows, self.moves.cost
        for _ in range(_ROUNDS):
            room, left, taken = -self._over(), self.caps - self.used, []
            some = np.flatnonzero(self.free & (self.gain > self.tiny) & (self.spend <= room))
            for each in self._best(self.gain - self.price * self.spend, some[self._fit(some, left)]):
                if self.spend[each] <= room and self._fit(np.array([each]), left)[0]:
                    taken.append(each)
                    room -= float(self.spend[each])
                    left[rows[:, each]] -= cost[each]
                    left[rows[:, self.now[each]]] += cost[self.now[each]]
            if not taken:
                return
            self._take(np.array(taken))

    def columns(self) -> Floats:
        """The plan as columns of the model."""
        made, bundle = self.fixed.copy(), self.moves.bundle[self.at[self.at != NONE]]
        made[bundle[bundle != NONE]] = 1.0
        return made

    def _take(self, some: Ints) -> None:
        self.at[self.moves.place[some]] = some
        self._add_up()

    def _add_up(self) -> None:
        """What is paid, units lack and caps have used; and what each move would change."""
        model, moves = self.model, self.moves
        choices, taken = model.choices, model.taken(self.columns())
        self.paid = float(choices.cost[taken].sum())
        self.lack = np.bincount(choices.unit, np.where(taken, choices.shortfall, 0.0))
        self.used = np.zeros(len(self.caps))
        for row in _rows(model):
            np.add.at(self.used, row[taken], choices.cost[taken])
        self.now = self.at[moves.place]
        self.gain, short = (each - each[self.now] for each in (moves.gain, moves.short))
        lack = self.lack[moves.unit]
        self.support = np.fmax(lack + short, 0.0) - np.fmax(lack, 0.0)
        self.spend = moves.cost - moves.cost[self.now] + self.support
        held = moves.standard[self.now]
        self.free = ((held == NONE) | (held == moves.standard)) & (self.now != np.arange(len(self.now)))
        if not model.limits.support:
            self.free &= self.support <= 0

    def _best(self, score: Floats, some: Ints) -> Ints:
        """Of each unit the move with the highest score, the highest first."""
        ranked = some[np.lexsort((-score[some], self.moves.unit[some]))]
        first = ranked[np.diff(self.moves.unit[ranked], prepend=NONE) != 0]
        return np.asarray(first[np.argsort(-score[first], kind="stable")], np.int64)

    def _over(self) -> float:
        return self.paid + float(np.fmax(self.lack, 0.0).sum()) - self.model.limits.budget

    def _broken(self) -> tuple[float, Floats]:
        """By how much the most broken limit is, and how much less of it each move would use."""
        lacking = float(np.fmax(self.lack, 0.0).sum())
        if not self.model.limits.support and lacking > _LEAST * max(self.paid, 1.0):
            return lacking, -self.support
        row = int(np.argmax(self.used - self.caps))
        beyond = float((self.used - self.caps)[row])
        if (over := self._over()) >= beyond:
            return over, -self.spend
        own = np.where((self.moves.rows == row).any(axis=0), self.moves.cost, 0.0)
        return beyond, np.asarray(own[self.now] - own, float)

    def _fit(self, some: Ints, left: Floats) -> Flags:
        """Which moves keep to what is left of the caps."""
        rows, cost, now = self.moves.rows, self.moves.cost, self.now[some]
        back = np.where(rows[:, now] == rows[:, some], cost[now], 0.0)
        return np.asarray((cost[some] <= left[rows[:, some]] + back).all(axis=0), bool)


def _moves(model: Model) -> _Moves:
    choices, standard = model.choices, model.limits.standard
    apart = np.flatnonzero(model.place != NONE)
    choice = np.zeros(model.bundles, np.int64)
    choice[model.bundle] = np.arange(len(choices))
    own, places = choice[apart], np.unique(model.place[apart])
    place = np.concatenate([model.place[apart], places])

    def known(of: Any, otherwise: float) -> Any:
        """By move; `otherwise` where nothing is taken."""
        return np.concatenate([of[own], np.full(len(places), otherwise, of.dtype)])

    rows = [known(row, NONE) for row in _rows(model)]
    return _Moves(
        bundle=np.concatenate([apart, np.full(len(places), NONE)]),
        place=place,
        unit=model.place_name[0][place],
        gain=known(choices.gain, 0.0),
        cost=known(choices.cost, 0.0),
        short=known(choices.shortfall, 0.0),
        standard=known(np.full(len(choices), NONE) if standard is None else standard, NONE),
        rows=np.array(rows, np.int64).reshape(len(rows), len(place)),
    )


def _rows(model: Model) -> Iterator[Ints]:
    """Of each cap the number of every choice's row, counted through all caps; NONE where it has none."""
    start = 0
    for cap in model.limits.caps:
        yield np.where(cap.group == NONE, NONE, cap.group + start)
        start += len(cap.most)


def _begun(moves: _Moves, x: Floats, places: int) -> Ints:
    """By place the move to begin with: what is mostly taken, or nothing; of each standard what is taken the most."""
    share = np.where(moves.bundle == NONE, _MOSTLY, x[moves.bundle])
    inside = np.flatnonzero(moves.standard != NONE)
    ranked = inside[np.lexsort((-share[inside], moves.standard[inside]))]
    share[ranked[np.diff(moves.standard[ranked], prepend=NONE) != 0]] += 1.0
    at, ranked = np.full(places, NONE), np.lexsort((-share, moves.place))
    best = ranked[np.diff(moves.place[ranked], prepend=NONE) != 0]
    at[moves.place[best]] = best
    return at
