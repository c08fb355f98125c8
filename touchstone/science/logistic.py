"""A logistic line with a pull to nought, by Newton's steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
_WORK = 4e8  # rows times features squared in one step, at most: of more rows every so many are taken
_STEPS = 12


def logistic(whole: Floats, mark: Floats, *, pull: float) -> Floats:
    """Coefficients of standardised features (the first column ones, not pulled) for marks of 0 and 1.

    `pull` is the ridge penalty: so much of the sum of squared coefficients is held against the log-likelihood.
    """
    some = max(1, int(len(whole) * whole.shape[1] ** 2 / _WORK))
    features, told = whole[::some], mark[::some]
    share = float(np.clip(told.mean(), 1e-6, 1 - 1e-6)) if len(told) else 0.5
    line, held = np.zeros(features.shape[1]), np.full(features.shape[1], pull)
    line[0], held[0] = np.log(share / (1 - share)), 0.0
    for _ in range(_STEPS):
        chance = expit(features @ line)
        weight = np.fmax(chance * (1 - chance), 1e-9)
        inner = (features * weight[:, None]).T @ features + np.diag(held + 1e-9)
        step = np.linalg.solve(inner, features.T @ (told - chance) - held * line)
        line = line + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-6:
            break
    return line
