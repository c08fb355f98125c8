"""What an offer adds, on average and for whom: doubly robust, each row judged by models that have not seen it.

Each row gets an unbiased effect of its own: what outcome models say of it, put right by its own outcome over the
probability of its arm (augmented inverse probability weighting: Robins, Rotnitzky & Zhao 1994; cross-fitted as in
Chernozhukov et al. 2018). Their mean is the average effect; a line through them tells for whom it is larger (the
doubly robust learner: Kennedy 2023). Lines leave out features that say nothing (`science.sparse`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from touchstone.science.lot import Lot, lot
from touchstone.science.qini import Estimate
from touchstone.science.sparse import Line, Sums, sparse, sums

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Trial:
    """Who got what and what came of it; arm 0 is the control. `logged` is the probability of each row's arm, or None.

    `features` are rows by features, without a column of ones; `person` numbers from 0, rows of one stay together.
    """

    features: Floats
    arm: Whole
    outcome: Floats
    person: Whole
    arms: int
    seed: int
    logged: Floats | None = None

    @cached_property
    def fold(self) -> Whole:
        """The fold of each row: persons dealt out by lot."""
        dealt = np.random.default_rng(self.seed).permutation(int(self.person.max()) + 1) % FOLDS
        return np.asarray(dealt[self.person], np.int64)

    @cached_property
    def whole(self) -> Floats:
        """Features with a first column of ones."""
        return np.column_stack([np.ones(len(self.arm)), self.features])


@dataclass(frozen=True, eq=False)
class Uplift:
    """By offer (arms but the control): each row's own effect, held-apart estimates of it, and the line through all."""

    own: Floats  # rows by offers: unbiased and noisy
    apart: Floats  # rows by offers: from features, by lines that have not seen the row
    lines: list[Line]
    views: Floats  # folds by offers by features: coefficients learned without each fold
    lot: Lot


def uplift(trial: Trial) -> Uplift:
    """Effects of every offer against control; each arm needs some rows in all but any two folds."""
    given = lot(trial.whole, trial.arm, trial.arms, trial.fold, trial.logged)
    held = _Held(trial, given.probability)
    own = np.zeros((len(trial.arm), trial.arms - 1))
    apart, views = np.zeros_like(own), []
    for fold in range(FOLDS):
        own[trial.fold == fold] = held.effects(fold, frozenset({fold}))
    for fold in range(FOLDS):
        others = [each for each in range(FOLDS) if each != fold]
        told = {each: held.effects(each, frozenset({fold, each})) for each in others}
        views.append(np.array([each.coefficient for each in held.lines(told)]))
        apart[trial.fold == fold] = trial.whole[trial.fold == fold] @ views[-1].T
    every = {each: own[trial.fold == each] for each in range(FOLDS)}
    return Uplift(own, apart, held.lines(every), np.array(views), given)


class _Held:
    """Sums by fold and arm, from which outcome lines without some folds are made."""

    def __init__(self, trial: Trial, probability: Floats) -> None:
        self.trial, self.probability = trial, probability
        self.rows = [np.flatnonzero(trial.fold == fold) for fold in range(FOLDS)]
        self.sums = [[self._sums(rows[trial.arm[rows] == arm]) for arm in range(trial.arms)] for rows in self.rows]
        self.kept: dict[frozenset[int], Floats] = {}

    def _sums(self, rows: Whole) -> Sums:
        return sums(self.trial.whole[rows], self.trial.outcome[rows])

    def outcomes(self, without: frozenset[int]) -> Floats:
        """Coefficients by arm of the outcome's lines, learned without these folds."""
        if without not in self.kept:
            used = [self.sums[fold] for fold in range(FOLDS) if fold not in without]
            lines = [sparse(_total([each[arm] for each in used])) for arm in range(self.trial.arms)]
            self.kept[without] = np.array([each.coefficient for each in lines])
        return self.kept[without]

    def effects(self, fold: int, without: frozenset[int]) -> Floats:
        """Each row's own effect of every offer, in one fold, by outcome lines without some folds."""
        rows = self.rows[fold]
        arm, place = self.trial.arm[rows], np.arange(len(rows))
        expected = self.trial.whole[rows] @ self.outcomes(without).T
        put_right = np.zeros_like(expected)
        left = self.trial.outcome[rows] - expected[place, arm]
        put_right[place, arm] = left / self.probability[rows][place, arm]
        level = expected + put_right
        return np.asarray(level[:, 1:] - level[:, :1], float)

    def lines(self, own: dict[int, Floats]) -> list[Line]:
        """By offer, the line through the rows' own effects in these folds."""
        gram = _total([each for fold in own for each in self.sums[fold]]).gram
        made = []
        for offer in range(self.trial.arms - 1):
            cross = np.sum([self.trial.whole[self.rows[fold]].T @ own[fold][:, offer] for fold in own], axis=0)
            square = float(sum(own[fold][:, offer] @ own[fold][:, offer] for fold in own))
            made.append(sparse(Sums(gram, cross, square)))
        return made


def _total(parts: list[Sums]) -> Sums:
    total = parts[0]
    for each in parts[1:]:
        total = total + each
    return total


def average(own: Floats, person: Whole) -> Estimate:
    """The mean of rows' own effects with its limits; rows of one person count as one draw."""
    mean = float(own.mean())
    far = np.bincount(person, own - mean)
    count = max(int((np.bincount(person) > 0).sum()), 2)
    error = float(np.sqrt((far**2).sum() * count / (count - 1))) / len(own)
    return Estimate(mean, mean - 1.959964 * error, mean + 1.959964 * error)


def difference(trial: Trial, offer: int) -> Estimate:
    """The mean outcome of who got an offer (from 0) less that of the control: the effect, where arms were by lot."""
    told = np.zeros(len(trial.arm))
    value = 0.0
    for arm, sign in ((offer + 1, 1.0), (0, -1.0)):
        rows = trial.arm == arm
        mean = float(trial.outcome[rows].mean())
        value += sign * mean
        told[rows] = sign * (trial.outcome[rows] - mean) * len(told) / rows.sum()
    return average(told + value, trial.person)
