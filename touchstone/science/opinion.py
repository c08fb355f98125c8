"""What several stated figures of one kind say together: opinions, each with its doubt, about amounts above 0.

Logarithms of the opinions are taken as an amount of their subject plus a step that all subjects of a kind share (twice
the effort lifts by so much more), plus error. What the stated doubt explains of their distances from that is error and
is smoothed away; what goes beyond it is kept. Subjects are then drawn towards their mean, so that what was chosen for
looking best is not overrated (Efron & Morris 1975, JASA 70).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Believed:
    """By opinion: mean and variance of the logarithm of the true amount; `own` is the share of it that is its own."""

    mean: Floats
    variance: Floats
    own: Floats

    @property
    def expected(self) -> Floats:
        """The amount expected (mean of a log-normal)."""
        return np.asarray(np.exp(self.mean + self.variance / 2), float)


def believed(logarithm: Floats, variance: Floats, subject: Ints, step: Ints) -> Believed:
    """What is believed of each; `subject` and `step` are numbers of groups, variances those of the stated doubt."""
    names, of = np.unique(subject, return_inverse=True)
    design = np.concatenate([_dummies(of), _dummies(np.unique(step, return_inverse=True)[1])], axis=1)
    fitted = design @ np.linalg.lstsq(design, logarithm, rcond=None)[0]
    rest = logarithm - fitted
    freedom = len(logarithm) - int(np.linalg.matrix_rank(design))
    beyond = max(0.0, float(rest @ rest) / freedom - float(variance.mean())) if freedom > 0 else 0.0
    keeps = beyond / (beyond + variance)
    count = np.bincount(of).astype(float)
    level = np.bincount(of, fitted) / count
    error = np.bincount(of, variance) / count**2 + beyond / count
    spread = max(0.0, float(level.var(ddof=1) - error.mean())) if len(names) > 1 else np.inf
    share = np.ones(len(names)) if np.isinf(spread) else spread / np.fmax(spread + error, 1e-12)
    drawn = (share - 1) * (level - level.mean())
    left = share * error
    other = 1 - keeps  # of what is not its own, an opinion takes its subject's level
    return Believed(fitted + keeps * rest + other * drawn[of], keeps * variance + other**2 * left[of], keeps)


def _dummies(group: Ints) -> Floats:
    return np.asarray(group[:, None] == np.arange(group.max(initial=-1) + 1), float)
