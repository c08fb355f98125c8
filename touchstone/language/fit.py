"""Convex regression on sparse features: what is learned from examples, whatever their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fit:
    """Weights (features, classes) and biases (classes,) on top of what was known before."""

    weights: Numbers
    bias: Numbers


def logistic(
    features: csr_array, labels: Numbers, *, known: Numbers, held: Numbers, exclusive: bool, rounds: int = 100
) -> Fit:
    """The regularised maximum of the likelihood, starting from `known`.

    `labels` (n, classes) hold 0 and 1; `known` (n, classes) are logits that hold without any weight; `held` (features,)
    pulls each weight to 0 (ridge). `exclusive`: just one class is true (softmax), else each on its own.
    """
    classes = labels.shape[1]
    width = features.shape[1]
    turned = features.T.tocsr()

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        weights = flat[: width * classes].reshape(width, classes)
        bias = flat[width * classes :]
        scores = known + features @ weights + bias
        value, chance = _likelihood(scores, labels, exclusive)
        slope = chance - labels
        pulled = held[:, None] * weights
        value += 0.5 * float((pulled * weights).sum()) + 0.005 * float((bias**2).sum())
        step = np.concatenate([(turned @ slope + pulled).ravel(), slope.sum(axis=0) + 0.01 * bias])
        return value, step

    start = np.zeros((width + 1) * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 8, "ftol": 1e-7})
    flat = found.x
    return Fit(flat[: width * classes].reshape(width, classes), flat[width * classes :])


def _likelihood(scores: Numbers, labels: Numbers, exclusive: bool) -> tuple[float, Numbers]:
    if exclusive:
        top = scores.max(axis=1, keepdims=True)
        grown = np.exp(scores - top)
        total = grown.sum(axis=1, keepdims=True)
        value = float((np.log(total[:, 0]) + top[:, 0]).sum() - (scores * labels).sum())
        return value, grown / total
    value = float(np.logaddexp(0, scores).sum() - (scores * labels).sum())
    return value, chances(scores)


def chances(scores: Numbers) -> Numbers:
    """Probabilities of logits."""
    answer: Numbers = 1 / (1 + np.exp(-np.clip(scores, -40, 40)))
    return answer


def folds(count: int, *, parts: int, seed: int) -> npt.NDArray[np.int64]:
    """To which part each of `count` examples belongs, evenly and at random."""
    return np.random.default_rng(seed).permutation(count) % parts


def best_threshold(scores: npt.NDArray[Any], labels: npt.NDArray[Any]) -> float:
    """The logit from which saying yes gives the best micro-averaged F1."""
    flat, truth = scores.ravel(), labels.ravel() > 0
    order = np.argsort(-flat, kind="stable")
    hits = np.cumsum(truth[order])
    if hits.size == 0 or hits[-1] == 0:
        return 0.0
    f1 = 2 * hits / (np.arange(1, len(flat) + 1) + hits[-1])
    best = int(np.argmax(f1))
    after = flat[order[min(best + 1, len(flat) - 1)]]
    return float((flat[order[best]] + after) / 2)
