"""Convex regression by Newton steps, each solved by conjugate gradients, all classes at once."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]

_LOOSE, _FREE = 0.02, 0.01  # slope at which it is enough, beside the first; pull of the bias
_ROUNDS, _STEPS, _HALVES = 12, 20, 6


class Features(Protocol):
    """What is learned on: linear in the weights, (width, classes), of which the last row is the bias."""

    @property
    def width(self) -> int:
        """How many weights a class has."""
        ...

    def scores(self, weights: Numbers) -> Numbers:
        """(n, classes) sums."""
        ...

    def slopes(self, slope: Numbers) -> Numbers:
        """The transpose of `scores`."""
        ...


def margins(features: Features, labels: Numbers, *, known: Numbers, cost: float, weight: float = 1.0) -> Numbers:
    """Weights (width, classes) that part yes (1) from no (0) by a margin, each class on its own.

    Least 1/2 |w|^2 + cost * sum of max(0, 1 - y score)^2, as a linear support vector machine has it; `known`
    (n, classes) are scores that hold without any weight, `weight` is how much more a yes counts.
    """
    side = (2 * labels - 1).astype(np.float32)
    costs = (cost * np.where(labels > 0, weight, 1.0)).astype(np.float32)

    def loss(scores: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        short = np.maximum(1 - side * scores, 0)
        held = costs * short
        return (held * short).sum(axis=0), -2 * held * side, 2 * costs * (short > 0)

    weights = np.zeros((features.width, labels.shape[1]), np.float32)
    scores = known.astype(np.float32)
    pull = _pull(features)
    value, slope, bend = loss(scores)
    first = None
    for _ in range(_ROUNDS):
        steep = pull * weights + features.slopes(slope)
        size = np.sqrt((steep * steep).sum(axis=0))
        first = size if first is None else first
        live = size > _LOOSE * first
        if not live.any():
            break
        step = _direction(features, steep, bend, live)
        moved, held = features.scores(step), 0.5 * (pull * weights * weights).sum(axis=0)
        far = live.astype(np.float32)
        for _ in range(_HALVES):
            tried = weights + far * step
            new = loss(scores + far * moved)
            worse = new[0] + 0.5 * (pull * tried * tried).sum(axis=0) > (value + held) * (1 + 1e-6)
            if not worse.any():
                break
            far = np.where(worse, far / 2, far).astype(np.float32)
        weights = weights + far * step
        scores = scores + far * moved
        value, slope, bend = loss(scores)
    return weights


def _pull(features: Features) -> Numbers:
    pull = np.ones((features.width, 1), np.float32)
    pull[-1] = _FREE
    return pull


def _direction(features: Features, steep: Numbers, bend: Numbers, live: npt.NDArray[np.bool_]) -> Numbers:
    """The Newton step of each live class, by conjugate gradients."""
    pull = _pull(features)
    step = np.zeros_like(steep)
    rest = np.where(live, -steep, 0).astype(np.float32)
    ahead, left = rest.copy(), (rest * rest).sum(axis=0)
    enough = 0.01 * left
    for _ in range(_STEPS):
        going = left > enough
        if not going.any():
            break
        bent = pull * ahead + features.slopes(bend * features.scores(ahead))
        far = np.where(going, left / np.maximum((ahead * bent).sum(axis=0), 1e-20), 0).astype(np.float32)
        step += far * ahead
        rest = rest - far * bent
        now = (rest * rest).sum(axis=0)
        ahead = np.where(going, rest + (now / np.maximum(left, 1e-20)) * ahead, ahead).astype(np.float32)
        left = np.where(going, now, left)
    return step


def likely(features: Features, labels: Numbers, *, known: Numbers, cost: float) -> Numbers:
    """Weights (width, classes) where just one class is true: least 1/2 |w|^2 - cost * log likelihood (softmax)."""
    weights = np.zeros((features.width, labels.shape[1]), np.float32)
    scores, pull = known.astype(np.float32), _pull(features)
    value, first = np.inf, None
    for _ in range(_ROUNDS):
        chance, value = _chance(scores, labels, cost, pull, weights)
        steep = pull * weights + features.slopes(cost * (chance - labels))
        size = float(np.sqrt((steep * steep).sum()))
        first = size if first is None else first
        if size <= _LOOSE * first:
            break
        step = _softmax_direction(features, steep, chance, cost)
        moved, far = features.scores(step), np.float32(1)
        for _ in range(_HALVES):
            if _chance(scores + far * moved, labels, cost, pull, weights + far * step)[1] <= value:
                break
            far /= 2
        weights = weights + far * step
        scores = scores + far * moved
    return weights


def _chance(scores: Numbers, labels: Numbers, cost: float, pull: Numbers, weights: Numbers) -> tuple[Numbers, float]:
    top = scores.max(axis=1, keepdims=True)
    grown = np.exp(scores - top)
    total = grown.sum(axis=1, keepdims=True)
    told = float((np.log(total) + top).sum() - (scores * labels).sum())
    return (grown / total).astype(np.float32), cost * told + 0.5 * float((pull * weights * weights).sum())


def _softmax_direction(features: Features, steep: Numbers, chance: Numbers, cost: float) -> Numbers:
    pull = _pull(features)
    step, rest = np.zeros_like(steep), -steep
    ahead, left = rest.copy(), float((rest * rest).sum())
    enough = 0.01 * left
    for _ in range(_STEPS):
        if left <= enough:
            break
        bend = chance * features.scores(ahead)
        bend -= chance * bend.sum(axis=1, keepdims=True)
        bent = pull * ahead + features.slopes(np.float32(cost) * bend)
        far = np.float32(left / float((ahead * bent).sum()))
        step += far * ahead
        rest = rest - far * bent
        now = float((rest * rest).sum())
        ahead, left = rest + np.float32(now / left) * ahead, now
    return step
