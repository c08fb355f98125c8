"""How well a score picks those whom an offer moves: the area between its gain curve and the line of chance.

The gain curve says what is gained, per customer, when the offer goes to the share x with the highest scores; the area
is divided by the number of customers, which in a randomised trial is the Qini area of Radcliffe (2007) divided by the
treated. It equals the mean of each row's gain times (1/2 - its rank from the top), so that any unbiased gain of single
rows (a doubly robust one, here) will do. Equal scores share their rank. Of several offers each row gains by its best,
and the line of chance is that of the one offer that gains most when sent to all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_SHARED = 0.75  # of five folds, what two that lack one each have in common: scores of nothing agree so much
_WIDEST = 2.0  # times the variance of independent folds that may be added: what trials without any effect showed
_CELLS = 4_000_000  # draws times rows held at once
_POISSON = np.repeat(np.arange(9.0), np.diff(np.round(65536 * pdtr(np.arange(9.0), 1.0)), prepend=0).astype(int))
"""How often a person stands in a draw, for each of 65,536 lots: Poisson's law of mean 1."""


@dataclass(frozen=True)
class Estimate:
    """A value with its limits of 95 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Aim:
    """Rows of a trial as somebody would target them: `score`, `gain` by its offer, `plain` gain by one offer for all.

    Gains are effects of single rows: unbiased, however noisy. `person` numbers from 0. Scores are learned without the
    row's `fold`; `agreed` is how far those of different folds agree.
    """

    score: Floats
    gain: Floats
    plain: Floats
    fold: Whole
    person: Whole
    agreed: float = 1.0


def qini(aim: Aim, *, draws: int, seed: int) -> Estimate:
    """The Qini of scores made apart in each fold, by bootstrap of persons; rows are ranked within their fold.

    The less the scores of folds agree, the wider the limits.
    """
    parts = [_Part(aim, aim.fold == each) for each in np.unique(aim.fold)]
    persons = int(aim.person.max()) + 1
    value = float(_areas(parts, np.ones((1, persons)))[0])
    random, found = np.random.default_rng(seed), list[Floats]()
    step = max(_CELLS // len(aim.score), 1)
    for first in range(0, draws, step):
        lots = _POISSON[random.integers(0, len(_POISSON), (min(step, draws - first), persons), dtype=np.uint16)]
        found.append(_areas(parts, lots))
    low, high = np.quantile(np.concatenate(found), [0.025, 0.975])
    wider = np.sqrt(1 + min(max((1 - aim.agreed) / (1 - _SHARED), 0.0), _WIDEST))
    return Estimate(value, value - wider * max(value - float(low), 0.0), value + wider * max(float(high) - value, 0.0))


@dataclass(frozen=True)
class Curve:
    """What is gained per customer by the share it is sent to, highest scores first, with 95 % limits; and by chance."""

    share: Floats
    value: Floats
    low: Floats
    high: Floats
    plain: Floats


def curve(aim: Aim, *, draws: int, seed: int, steps: int = 20) -> Curve:
    """The gain curve at even shares, by bootstrap of persons; rows keep the rank they have within their fold."""
    rank = np.empty(len(aim.score))
    for each in np.unique(aim.fold):
        held = np.flatnonzero(aim.fold == each)
        order = held[np.lexsort((aim.person[held], -aim.score[held]))]
        rank[order] = np.arange(len(held)) / len(held)
    step = np.fmin((rank * steps).astype(np.int64), steps - 1)
    gained = np.zeros((int(aim.person.max()) + 1, steps))
    np.add.at(gained, (aim.person, step), aim.gain)
    count = np.bincount(aim.person, minlength=len(gained)).astype(float)
    random, size = np.random.default_rng(seed), len(gained)
    found = [_curves(gained, count, np.ones((1, size)))]
    for first in range(0, draws, width := max(_CELLS // size, 1)):
        lots = _POISSON[random.integers(0, len(_POISSON), (min(width, draws - first), size), dtype=np.uint16)]
        found.append(_curves(gained, count, lots))
    value = found[0][0]
    low, high = np.quantile(np.concatenate(found[1:]), [0.025, 0.975], axis=0)
    share = np.arange(steps + 1) / steps
    return Curve(share, value, np.fmin(low, value), np.fmax(high, value), share * float(aim.plain.mean()))


def _curves(gained: Floats, count: Floats, lots: Floats) -> Floats:
    total = np.fmax(lots @ count, 1.0)[:, None]
    reached = np.cumsum(lots @ gained, axis=1) / total
    return np.asarray(np.concatenate([np.zeros((len(lots), 1)), reached], axis=1), float)


def agreement(scores: Floats) -> float:
    """The mean correlation of scores (folds by rows by offers) between folds, rows held to their offer's mean.

    Folds lend their rows to each other's scores. Where there is nothing to learn this doubles the variance of the Qini
    and more, where scores agree it adds nothing.
    """
    folds = len(scores)
    far = (scores - scores.mean(axis=1, keepdims=True)).reshape(folds, -1)
    width = np.sqrt((far**2).sum(axis=1, keepdims=True))
    some = width > 1e-9 * np.fmax(np.abs(scores).max(initial=0.0), 1e-300)
    far = np.where(some, far / np.fmax(width, 1e-300), 0.0)
    same = far @ far.T
    return float((same.sum() - np.trace(same)) / (folds * (folds - 1)))


class _Part:
    """The rows of one fold from the highest score, and where each run of equal scores begins."""

    def __init__(self, aim: Aim, held: NDArray[np.bool_]) -> None:
        order = np.flatnonzero(held)[np.lexsort((aim.person[held], -aim.score[held]))]
        self.gain, self.plain, self.person = aim.gain[order], aim.plain[order], aim.person[order]
        self.first = np.flatnonzero(np.diff(aim.score[order], prepend=np.inf) != 0)


def _areas(parts: list[_Part], lots: Floats) -> Floats:
    """The area of each draw, `lots` being how often each person stands in it (draws by persons)."""
    total, area = np.zeros(len(lots)), np.zeros(len(lots))
    for part in parts:
        weight = lots[:, part.person]
        count = np.add.reduceat(weight, part.first, axis=1)
        gained = np.add.reduceat(weight * part.gain, part.first, axis=1)
        whole = np.fmax(count.sum(axis=1, keepdims=True), 1.0)
        rank = (np.cumsum(count, axis=1) - count / 2) / whole
        area += (gained * (1 - rank)).sum(axis=1) - weight @ part.plain / 2
        total += count.sum(axis=1)
    return np.asarray(area / np.fmax(total, 1.0), float)
