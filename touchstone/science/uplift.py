"""What an offer adds, on average and for whom: doubly robust, each row judged by models that have not seen it.

Each row gets an unbiased effect of its own: what outcome models say of it, put right by its own outcome over the
probability of its arm (augmented inverse probability weighting: Robins, Rotnitzky & Zhao 1994; cross-fitted as in
Chernozhukov et al. 2018, "Double/debiased machine learning"). Their mean is the average effect. For whom it is larger
is the difference of the arms' outcome models, brought to scale by a line of rows' own effects on it (the best linear
predictor of Chernozhukov, Demirer, Duflo & Fernandez-Val 2018): a difference that rows bear out by half counts half,
and one they do not bear out counts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from touchstone.science.logistic import logistic
from touchstone.science.lot import Lot, lot
from touchstone.science.qini import Estimate
from touchstone.science.sparse import Line, sparse, sums

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
FOLDS = 5
_PULL = 20.0  # of outcome models of marks: a coefficient of a standardised feature is .2 or so


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
        """Standardised features with a first column of ones."""
        return self.standard(self.features)

    def standard(self, features: Floats) -> Floats:
        """Features of any rows as the trial's are standardised, with a first column of ones."""
        width = self.features.std(axis=0)
        far = (features - self.features.mean(axis=0)) / np.where(width > 0, width, 1.0)
        return np.column_stack([np.ones(len(features)), far])

    @cached_property
    def marks(self) -> bool:
        """Whether every outcome is 0 or 1."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())


@dataclass(frozen=True, eq=False)
class Scale:
    """By one offer: the mean difference of outcome models, and the line of effects on what is beyond it."""

    centre: float
    line: Line

    def __call__(self, difference: Floats) -> Floats:
        """Expected effects."""
        level, slope = self.line.coefficient
        return np.asarray(level + max(float(slope), 0.0) * (difference - self.centre), float)


@dataclass(frozen=True, eq=False)
class Uplift:
    """Effects of offers (arms but the control), of the trial's rows and of any others."""

    trial: Trial
    own: Floats  # rows by offers: each row's own effect, unbiased and noisy
    apart: Floats  # rows by offers: expected from features, by models that have not seen the row
    level: Floats  # rows by arms: the outcome expected, by models that have not seen the row
    views: Floats  # folds by rows by offers: differences of outcome models learned without each fold
    models: Floats  # arms by features: of all rows
    scales: list[Scale]
    lot: Lot

    def difference(self, features: Floats) -> Floats:
        """Rows by offers: what the outcome models of all rows say."""
        return _differences(_told(self.trial, self.trial.standard(features), self.models))

    def expected(self, features: Floats) -> Floats:
        """Rows by offers: the effect to expect."""
        difference = self.difference(features)
        return np.column_stack([scale(difference[:, at]) for at, scale in enumerate(self.scales)])


def uplift(trial: Trial) -> Uplift:
    """Effects of every offer against control; each arm needs rows in all folds but any one."""
    given = lot(trial.whole, trial.arm, trial.arms, trial.fold, trial.logged)
    own, level = np.zeros((len(trial.arm), trial.arms - 1)), np.zeros((len(trial.arm), trial.arms))
    views = np.zeros((FOLDS, *own.shape))
    for fold in range(FOLDS):
        held = trial.fold == fold
        told = _told(trial, trial.whole, _models(trial, ~held))
        views[fold] = _differences(told)
        own[held], level[held] = _effects(trial, told, given.probability, held), told[held]
    apart = np.zeros_like(own)
    seen = views[trial.fold, np.arange(len(own))]
    for offer in range(trial.arms - 1):
        for fold in range(FOLDS):
            held = trial.fold == fold
            apart[held, offer] = _scale(own[~held, offer], seen[~held, offer])(seen[held, offer])
    scales = [_scale(own[:, offer], seen[:, offer]) for offer in range(trial.arms - 1)]
    return Uplift(trial, own, apart, level, views, _models(trial, np.ones(len(own), bool)), scales, given)


def _models(trial: Trial, used: NDArray[np.bool_]) -> Floats:
    """Coefficients of each arm's outcome model: logistic where outcomes are marks, else a sparse line."""
    models = []
    for arm in range(trial.arms):
        rows = used & (trial.arm == arm)
        whole, outcome = trial.whole[rows], trial.outcome[rows]
        models.append(logistic(whole, outcome, pull=_PULL) if trial.marks else sparse(sums(whole, outcome)).coefficient)
    return np.array(models)


def _told(trial: Trial, whole: Floats, models: Floats) -> Floats:
    """Rows by arms: the outcome that models expect."""
    line = whole @ models.T
    return np.asarray(expit(line) if trial.marks else line, float)


def _differences(told: Floats) -> Floats:
    return np.asarray(told[:, 1:] - told[:, :1], float)


def _effects(trial: Trial, told: Floats, probability: Floats, held: NDArray[np.bool_]) -> Floats:
    """The own effects of the rows held: models' word, put right by the outcome over the probability of the arm."""
    arm, place, level = trial.arm[held], np.arange(int(held.sum())), told[held].copy()
    left = trial.outcome[held] - level[place, arm]
    level[place, arm] += left / probability[held][place, arm]
    return _differences(level)


def _scale(own: Floats, difference: Floats) -> Scale:
    centre = float(difference.mean())
    return Scale(centre, sparse(sums(np.column_stack([np.ones(len(own)), difference - centre]), own)))


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
