"""What another way of choosing would have brought, from choices logged with their probabilities.

Each row weighs w = target probability / logged probability. IPS is the mean of w·reward (Horvitz & Thompson 1952);
SNIPS divides by the mean weight (Swaminathan & Joachims 2015); DR takes a reward model's word and puts it right by what
is left over (Dudik, Langford & Li 2011). Limits are those of empirical likelihood, which follows the skew of few heavy
rows (Owen 1988; for policies Karampatziakis, Langford & Mineiro 2020), adjusted for small samples (Chen, Variyath &
Abraham 2008) and held to Student's t with as many degrees of freedom as squares effectively make up the variance.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from touchstone.science.qini import Estimate

Floats = NDArray[np.float64]
_HALVINGS = 60


def effective(weight: Floats) -> float:
    """(sum of w)^2 / sum of w^2: how many evenly weighing rows these are worth (Kish)."""
    square = float((weight**2).sum())
    return float(weight.sum()) ** 2 / square if square > 0 else 0.0


def inverse(weight: Floats, reward: Floats) -> Estimate:
    """IPS: the mean of weighted rewards."""
    told = weight * reward
    return _estimate(float(told.mean()), lambda value: told - value, float(told.std()) / np.sqrt(len(told)))


def normalised(weight: Floats, reward: Floats) -> Estimate:
    """SNIPS: the weighted mean of rewards."""
    value = float(weight @ reward / weight.sum())
    error = float(np.sqrt(weight**2 @ (reward - value) ** 2)) / float(weight.sum())
    return _estimate(value, lambda other: weight * (reward - other), error)


def doubly_robust(weight: Floats, reward: Floats, expected: Floats, target: Floats) -> Estimate:
    """DR: `expected` is a reward model's word for the logged choice, `target` for what would be chosen instead."""
    told = target + weight * (reward - expected)
    return _estimate(float(told.mean()), lambda value: told - value, float(told.std()) / np.sqrt(len(told)))


def _estimate(value: float, gap: Callable[[float], Floats], error: float) -> Estimate:
    """The value with the farthest ones on both sides that the rows do not rule out."""
    if not error > 0:
        return Estimate(value, value, value)
    square = gap(value) ** 2
    beyond = float(stdtrit(effective(square), 0.975)) ** 2  # few heavy rows tell their own spread ill
    ends = []
    for side in (-1.0, 1.0):
        near, far = 0.0, 1.0
        while _ratio(gap(value + side * far * error)) < beyond and far < 1e6:
            near, far = far, 2 * far
        for _ in range(_HALVINGS):
            middle = (near + far) / 2
            if _ratio(gap(value + side * middle * error)) < beyond:
                near = middle
            else:
                far = middle
        ends.append(value + side * near * error)
    return Estimate(value, float(ends[0]), float(ends[1]))


def _ratio(gap: Floats) -> float:
    """Twice the log of how much likelier the rows are than were the mean of `gap` nought, with a row put in for it."""
    n = len(gap)
    put = -max(1.0, np.log(n) / 2) * float(gap.mean())
    whole = np.append(gap, put)
    scale = float(np.abs(whole).max())
    if scale == 0:
        return 0.0
    whole = whole / scale
    low, high = whole.min(), whole.max()
    if low >= 0 or high <= 0:
        return np.inf
    least, most = (1 - 1 / (n + 1)) / -high, (1 - 1 / (n + 1)) / -low
    tilt = 0.0
    for _ in range(50):  # Newton, kept between ends at which a row would weigh more than all
        share = 1 + tilt * whole
        slope = float((whole / share).sum())
        least, most = (tilt, most) if slope > 0 else (least, tilt)
        step = slope / float(((whole / share) ** 2).sum())
        nearer = tilt + step
        nearer = nearer if least < nearer < most else (least + most) / 2
        if abs(nearer - tilt) < 1e-12 * max(1.0, abs(tilt)):
            break
        tilt = nearer
    return 2 * float(np.log1p(tilt * whole).sum())
