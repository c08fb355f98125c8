"""Groups of directions: spherical k-means, begun from rows far from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Directions = NDArray[np.float32]
Places = NDArray[np.int64]

_ROUNDS, _OPEN = 25, 10  # of moving the centres; at first far rows count too, for a centre begins as a single row
_LOOKED_AT = 10_000  # rows among which beginnings are looked for
_CONCENTRATION = 20.0  # of each group about its centre


@dataclass(frozen=True)
class Clusters:
    """`of` is the group of each row (-1: none), `centres` a direction for each group."""

    of: Places
    centres: Directions


def clusters(rows: Directions, *, most: int, near: float, fewest: int, alike: float = 0.5, seed: int = 0) -> Clusters:
    """Groups of `rows` (unit vectors), at most `most`, each of `fewest` rows or more.

    Spherical k-means (Dhillon & Modha 2001) from rows drawn by how far they are from those drawn before (k-means++,
    Arthur & Vassilvitskii 2007). Groups whose centres have a cosine of `alike` or more are one. A row belongs nowhere
    where its cosine to the nearest centre is below `near`.
    """
    centres = _begun(rows, most, near, seed) if len(rows) >= fewest else rows[:0]
    of = np.zeros(len(rows), np.int64)
    for turn in range(_ROUNDS if len(centres) else 0):
        former, of = of, nearest(rows, centres, near=near * min(1.0, turn / _OPEN))
        if turn > _OPEN and (former == of).all():
            break
        large = _sizes(of, len(centres)) >= max(2, fewest // 4)
        centres = _joined(means(rows, of, len(centres))[large], alike)
    centres = centres[_sizes(nearest(rows, centres, near=near), len(centres)) >= fewest]
    return Clusters(nearest(rows, centres, near=near), centres)


def _begun(rows: Directions, most: int, near: float, seed: int) -> Directions:
    """Up to `most` rows to begin with, each far from those before it."""
    chance = np.random.default_rng(seed)
    some = rows[chance.choice(len(rows), min(len(rows), _LOOKED_AT), replace=False)]
    some = some[np.abs(some).any(axis=1)]
    centres: list[Directions] = []
    close = np.full(len(some), -1.0)
    while len(centres) < most:
        far = np.where(close < near, 1 - close, 0.0) ** 2
        if not far.sum() > 0:
            break
        centres.append(some[int(chance.choice(len(some), p=far / far.sum()))])
        close = np.fmax(close, some @ centres[-1])
    return np.stack(centres) if centres else rows[:0]


def nearest(rows: Directions, centres: Directions, *, near: float) -> Places:
    """The place of the centre each row is nearest to, -1 where its cosine is below `near`."""
    if not len(centres):
        return np.full(len(rows), -1, np.int64)
    cosine = rows @ centres.T
    return np.where(cosine.max(axis=1) >= max(near, 1e-6), cosine.argmax(axis=1), -1).astype(np.int64)


def _sizes(of: Places, count: int) -> Places:
    sizes: Places = np.bincount(of[of >= 0], minlength=count)
    return sizes


def means(rows: Directions, of: Places, count: int) -> Directions:
    """The mean direction of each group."""
    own = np.flatnonzero(of >= 0)
    member = csr_array((np.ones(len(own), np.float32), (of[own], own)), shape=(count, len(rows)))
    sums = np.asarray(member @ rows)
    return np.asarray(sums / np.fmax(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)


def _joined(centres: Directions, alike: float) -> Directions:
    """Centres that point the same way as one, the nearest two first; the earlier one's place stays."""
    while len(centres) > 1:
        close = np.triu(centres @ centres.T, 1)
        one, two = (int(each) for each in np.unravel_index(int(close.argmax()), close.shape))
        if close[one, two] < alike:
            break
        middle = centres[one] + centres[two]
        centres = np.delete(centres, two, axis=0)
        centres[one] = middle / np.linalg.norm(middle)
    return centres


def probability(rows: Directions, centres: Directions, of: Places, *, near: float) -> NDArray[np.float64]:
    """How likely each row is of its group; 0 where it has none.

    That of a mixture of von Mises-Fisher distributions (Banerjee et al. 2005) of one concentration, one for each
    centre and one, for what is of no group, whose cosine is `near` everywhere.
    """
    if not len(centres):
        return np.zeros(len(rows))
    grown = np.exp(_CONCENTRATION * (rows @ centres.T - near).astype(np.float64))
    own = np.take_along_axis(grown, np.fmax(of, 0)[:, None], axis=1)[:, 0]
    return np.asarray(np.where(of >= 0, own / (grown.sum(axis=1) + 1), 0.0), np.float64)
