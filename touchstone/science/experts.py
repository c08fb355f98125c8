"""Who is likely to answer next, from who answered what: signs of each expert, weighed as past answers teach.

Weights are those of a conditional logit (McFadden 1974): of all experts who could have answered, some did. They are
drawn towards given weights, so that few answers change little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

WEIGHTS = (0.1, 0.7, 0.4, 0.1)
"""What is expected of how much, how lately (twice) and how well somebody answered, before anything is learned."""
LIKENESS = 0.6
"""The same of each likeness."""
_LATELY = (50.0, 500.0)  # answers (of anybody's) after which one counts half
_NEVER = 0.1  # recent answers imagined for everybody
_IMAGINED = 2.0  # answers imagined for each expert that are like anybody's
_PULL = 3.0  # how strongly weights are drawn towards what was expected, in observations of one deviation


@dataclass(frozen=True, eq=False)
class Signs:
    """Experts who answered something, and their signs (experts, 4 and one for each likeness)."""

    expert: Places
    sign: Floats


def signs(expert: Places, solved: Floats, likeness: Sequence[Floats]) -> Signs:
    """The signs of all who gave one of these answers, which stand in order of time.

    Logarithms of how much and how lately they answered, of how often it solved (`solved` is 1, 0, or NaN where nobody
    knows), and of how like what they answered is: each answer's likeness, 0 or more, one list a kind. Shares and
    likeness are held against everybody's and drawn towards them by two imagined answers.
    """
    count = np.bincount(expert)
    known = np.flatnonzero(count)
    age = np.arange(expert.size)[::-1]
    judged = ~np.isnan(solved)
    made = [
        np.log(count[known]),
        *(np.log(np.bincount(expert, 0.5 ** (age / half))[known] + _NEVER) for half in _LATELY),
        _against_all(expert[judged], solved[judged], count.size)[known],
        *(_against_all(expert, each, count.size)[known] for each in likeness),
    ]
    return Signs(known, np.column_stack(made))


def _against_all(expert: Places, value: Floats, size: int) -> Floats:
    """The logarithm of each expert's mean against the mean of all, drawn in; 0 where nothing has any value."""
    mean = value.mean() if value.size else 0.0
    if mean <= 0:
        return np.zeros(size)
    total, count = np.bincount(expert, value, size), np.bincount(expert, minlength=size)
    return np.asarray(np.log((total + _IMAGINED * mean) / ((count + _IMAGINED) * mean)), np.float64)


def probabilities(found: Signs, weights: Floats) -> Floats:
    """How likely each of these experts is the one who helps."""
    level = found.sign @ weights
    grown = np.exp(level - level.max(initial=-np.inf))
    return np.asarray(grown / grown.sum(), np.float64)


def learned(given: Sequence[Signs], helped: Sequence[Floats], expected: Floats) -> Floats:
    """The weights of signs with which past choices are likeliest, drawn towards those expected.

    `helped` says of each conversation how much each of its experts helped: 0 for who did not.
    """
    kept = [place for place, each in enumerate(helped) if each.any() and each.size > 1]
    if not kept:
        return expected
    sign, weight = np.concatenate([given[at].sign for at in kept]), np.concatenate([helped[at] for at in kept])
    begins = np.cumsum([0, *(helped[at].size for at in kept[:-1])])
    spread = np.fmax(sign.std(axis=0), 1e-9)
    owner = np.repeat(np.arange(len(kept)), [helped[at].size for at in kept])
    total = np.add.reduceat(weight, begins)
    start = expected * spread
    scaled = sign / spread

    def loss(at: Floats) -> tuple[float, Floats]:
        level = scaled @ at
        top = np.maximum.reduceat(level, begins)
        grown = np.exp(level - top[owner])
        sums = np.add.reduceat(grown, begins)
        away = at - start
        value = float((total * (np.log(sums) + top)).sum() - weight @ level + _PULL * away @ away / 2)
        return value, ((total / sums)[owner] * grown - weight) @ scaled + _PULL * away

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x / spread, np.float64)
