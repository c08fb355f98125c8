"""Ratings to be expected: how raters and products lie above or below the mean, and what like products say besides.

What biases leave over is a Gaussian process over products for each rater (Rasmussen & Williams 2006, chapter 2): two
products are alike as far as the same people chose both, and rated them alike beyond biases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_OF_RATER, _OF_PRODUCT, _ROUNDS = 5.0, 3.0, 10  # ratings of the mean imagined for each; rounds of settling both
_FEW = 2.0  # ratings imagined for a product in how alike it is to others
_CHOSEN = 1.0  # weight of being chosen by the same people against being rated alike
_NOISE = 2.5  # variance of one rating, in variances of what biases leave over
_MOST = 8000  # products told by their likes; of others, rarer ones, only biases are known
_LONGEST = 3000  # ratings of one rater that are looked at


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as three columns: who (place of the rater), what (place of the product), value."""

    rater: Places
    product: Places
    value: Floats


@dataclass(frozen=True, eq=False)
class Expected:
    """Of each question: the rating expected, the limits of 95 % of such ratings, the one that biases alone expect."""

    value: Floats
    low: Floats
    high: Floats
    plain: Floats


def biases(given: Ratings, *, raters: int, products: int) -> tuple[float, Floats, Floats]:
    """The mean rating, and by how much each rater and each product lies above it; drawn towards it where few."""
    mean = float(given.value.mean())
    of_rater, of_product = np.zeros(raters), np.zeros(products)
    rated = np.bincount(given.product, minlength=products) + _OF_PRODUCT
    rates = np.bincount(given.rater, minlength=raters) + _OF_RATER
    for _ in range(_ROUNDS):
        of_product = np.bincount(given.product, given.value - mean - of_rater[given.rater], products) / rated
        of_rater = np.bincount(given.rater, given.value - mean - of_product[given.product], raters) / rates
    return mean, of_rater, of_product


def expected(given: Ratings, rater: Places, product: Places, *, best: float, worst: float) -> Expected:
    """The rating to be expected of each asked rater and product, each pair rated at most once in what is given.

    ValueError where nothing is given.
    """
    if not given.value.size:
        raise ValueError("nothing was rated")
    raters = int(max(given.rater.max(), rater.max(initial=0))) + 1
    products = int(max(given.product.max(), product.max(initial=0))) + 1
    mean, of_rater, of_product = biases(given, raters=raters, products=products)
    plain = mean + of_rater[rater] + of_product[product]
    left = given.value - mean - of_rater[given.rater] - of_product[given.product]
    unit = max(float(left.std()), 1e-9)
    alike = _Alike.of(given, left / unit, raters=raters, products=products)
    more, spread = alike.told(given, left / unit, rater, product)
    value = np.clip(plain + unit * more, worst, best)
    half = 1.96 * unit * spread
    return Expected(value, np.clip(value - half, worst, best), np.clip(value + half, worst, best), plain)


@dataclass(frozen=True, eq=False)
class _Alike:
    """How alike products are: `matrix`, and the row of each product in it, -1 for those too rare."""

    row: Places
    matrix: NDArray[np.float32]
    weight: Floats  # of each row

    @classmethod
    def of(cls, given: Ratings, left: Floats, *, raters: int, products: int) -> _Alike:
        count = np.bincount(given.product, minlength=products)
        kept = np.sort(np.argsort(-count, kind="stable")[:_MOST])
        kept = kept[count[kept] > 0]
        row = np.full(products, -1)
        row[kept] = np.arange(kept.size)
        known = row[given.product] >= 0
        at, shape = (given.rater[known], row[given.product[known]]), (raters, kept.size)
        rated, chosen = (
            csr_array((left[known], at), shape=shape),
            csr_array((np.ones(int(known.sum())), at), shape=shape),
        )
        together = (rated.T @ rated + _CHOSEN * (chosen.T @ chosen)).toarray()
        weight = 1 / np.sqrt(count[kept] + _FEW)
        return cls(row, np.asarray(together * weight * weight[:, None], np.float32), weight)

    def told(self, given: Ratings, left: Floats, rater: Places, product: Places) -> tuple[Floats, Floats]:
        """What each asked pair is expected to have left over beyond biases, and the deviation of such a rating."""
        more, variance = np.zeros(rater.size), np.full(rater.size, np.nan)
        size = int(max(given.rater.max(), rater.max(initial=0))) + 1
        past, asked = _by_rater(given.rater, size), _by_rater(rater, size)
        fit, count = 0.0, 0
        for who in np.unique(rater).tolist():
            known = past[who][self.row[given.product[past[who]]] >= 0][:_LONGEST]
            wanted = asked[who][self.row[product[asked[who]]] >= 0]
            own, new = self.row[given.product[known]], self.row[product[wanted]]
            variance[wanted] = self.matrix[new, new] + _NOISE
            if known.size and wanted.size:
                factor = cho_factor(self._others(own, left[known]) + _NOISE * np.eye(own.size))
                cross = self.matrix[np.ix_(new, own)].astype(float)
                weight = cho_solve(factor, left[known])
                more[wanted] = cross @ weight
                variance[wanted] -= (cross * cho_solve(factor, cross.T).T).sum(axis=1)
                fit, count = fit + float(left[known] @ weight), count + known.size
        scale = fit / count if count else 1 / (1 + _NOISE)  # the likeliest unit of the process, given what is left
        return more, np.sqrt(np.where(np.isnan(variance), 1.0, scale * variance))

    def _others(self, own: Places, left: Floats) -> Floats:
        """How alike these products are by all but the one rater who left this over."""
        weight = self.weight[own]
        felt = weight * left
        return self.matrix[np.ix_(own, own)] - np.outer(felt, felt) - _CHOSEN * np.outer(weight, weight)


def _by_rater(rater: Places, size: int) -> list[Places]:
    """The places of each rater's entries, in order."""
    ends = np.cumsum(np.bincount(rater, minlength=size))[:-1]
    return np.split(np.argsort(rater, kind="stable"), ends)
