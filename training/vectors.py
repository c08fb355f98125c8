"""Word rows distilled from the teacher: the mean row of a sentence is fitted to the teacher's vector of it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

DIMENSIONS = 96


def directions(teacher: np.ndarray) -> np.ndarray:
    """The principal directions of the teacher's vectors: (384, DIMENSIONS)."""
    centred = teacher.astype(np.float32)
    _, turned = np.linalg.eigh(centred.T @ centred)
    return turned[:, ::-1][:, :DIMENSIONS].copy()


def fitted(
    mean: csr_array, wanted: np.ndarray, first: np.ndarray, *, pull: float = 2.0, rounds: int = 30
) -> np.ndarray:
    """Rows R that minimise |mean R - wanted|² + pull |R - first|² (conjugate gradients, all dimensions at once).

    `mean` (sentences, words) holds 1/n for each of a sentence's n words.
    """
    weight = np.asarray(mean.sum(axis=0)).ravel() / max(1, mean.shape[0])
    rows = first.copy()

    def applied(x: np.ndarray) -> np.ndarray:
        return mean.T @ (mean @ x) + pull * 0.05 * x + weight[:, None] * 0

    residual = mean.T @ (wanted - mean @ rows)
    step = residual.copy()
    size = (residual**2).sum(axis=0)
    for _ in range(rounds):
        pushed = applied(step)
        length = size / np.maximum((step * pushed).sum(axis=0), 1e-12)
        rows += length * step
        residual -= length * pushed
        fresh = (residual**2).sum(axis=0)
        step = residual + fresh / np.maximum(size, 1e-12) * step
        size = fresh
    return rows
