"""What to expect of a taught head, from examples that were held out: calibration, and accuracy with its doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from touchstone.language.fit import chances, folds

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

FOLDS = 3
_MOST = 20_000  # examples that folds are made of
_SEED = 20261121
_SURE = 1.96


def outside(count: int, classes: int, learn: Callable[[Places, Places], Numbers]) -> tuple[Places, Numbers]:
    """Which examples were held out once, and their scores by what the others taught: `learn(inside, outside)`."""
    chosen = np.arange(count)
    if count > _MOST:
        chosen = np.sort(np.random.default_rng(_SEED).choice(count, _MOST, replace=False))
    part = folds(len(chosen), parts=FOLDS, seed=_SEED)
    scores = np.zeros((len(chosen), classes), np.float32)
    for number in range(FOLDS):
        scores[part == number] = learn(chosen[part != number], chosen[part == number])
    return chosen, scores


def steepness(scores: Numbers, labels: Numbers) -> tuple[float, float]:
    """Slope and shift that make logits of scores (Platt): most likely, with one success and one failure thrown in."""
    flat, truth = scores.ravel().astype(np.float64), labels.ravel().astype(np.float64)
    yes, no = truth.sum(), (1 - truth).sum()
    aim = np.where(truth > 0, (yes + 1) / (yes + 2), 1 / (no + 2))
    design = np.stack([flat, np.ones_like(flat)], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(30):
        chance = chances(design @ found)
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-3 * np.eye(2)
        step = np.linalg.solve(bend, design.T @ (chance - aim) + 1e-3 * (found - [1.0, 0.0]))
        found = found - np.clip(step, -2, 2)
    return float(np.clip(found[0], 0, 20)), float(found[1])


def sharpness(scores: Numbers, labels: Numbers) -> float:
    """By what to multiply logits of which one is true, so that their probabilities are right: most likely of a grid."""
    tried = np.geomspace(0.25, 4, 33)
    rows = scores - scores.max(axis=1, keepdims=True)
    told = [float(((rows * by) * labels).sum() - np.log(np.exp(rows * by).sum(axis=1)).sum()) for by in tried]
    return float(tried[int(np.argmax(told))])


def f1(told: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> tuple[float, float, float, int]:
    """F1 with its 95 % interval, and how often it is true; 0 to 1 where nothing is told or true.

    The interval is Wilson's of the share right among all that is told or true, from which F1 follows.
    """
    hit, either = int((told & truth).sum()), int((told | truth).sum())
    low, high = wilson(hit, either)
    value, low, high = (2 * each / (1 + each) for each in (hit / max(either, 1), low, high))
    return value, low, high, int(truth.sum())


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    if count == 0:
        return 0.0, 1.0
    share, square = hits / count, _SURE**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _SURE / (1 + square / count) * np.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def report(names: Sequence[str], told: npt.NDArray[np.bool_], labels: Numbers) -> dict[str, dict[str, float]]:
    """For each name its expected F1, the interval and the number of examples that have it."""
    answer = {}
    for place, name in enumerate(names):
        value, low, high, count = f1(told[:, place], labels[:, place] > 0)
        answer[name] = {"f1": round(value, 4), "low": round(low, 4), "high": round(high, 4), "n": count}
    return answer
