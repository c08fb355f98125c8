"""What else goes with what was chosen, from product to product: a score is the sum of what each choice adds to it.

The linear model is EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data", WWW): with X the choices,
P = (X'X + ridge)^-1 and B = I - P / diag(P), a person's score for a product is the sum of B over what they chose. Where
persons are fewer than products the same B comes from a matrix of persons: P = (I - X'KX) / ridge, K = (XX' + ridge)^-1.
Where both are too many, products are neighbours by Jaccard's index of who chose them (Tanimoto's, for weights): persons
of many choices count less, what few chose is drawn towards nothing, and the nearest are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import inv
from scipy.sparse import csr_array, diags_array, eye_array, vstack

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

NONE = -1
"""Stands where there is no product: fewer than asked for, or fewer than two choices that speak for one."""
_PRIOR = 0.01  # what being chosen by everybody adds to a score: orders what nothing speaks for, moves little else
_WORK = 1e11  # multiplications that the linear model may take
_APART = 10.0  # persons imagined who chose one of two neighbours and not the other
_NEIGHBOURS = 100  # products that a choice speaks for, among neighbours
_TASTE = 2000  # a person who chose more than so many products says nothing of who is whose neighbour
_BLOCK = 256  # persons scored, products held against all others, at a time


@dataclass(frozen=True, eq=False)
class Best:
    """Per person asked: products from the best, their scores, and the two choices that speak most for each.

    `product`, `score` (persons, count); `because`, `part` (persons, count, 2): choices and what they add, NONE and 0
    where nothing (more) speaks for it.
    """

    product: Places
    score: Floats
    because: Places
    part: Floats


@dataclass(frozen=True, eq=False)
class Items:
    """What having chosen each product adds to the score of each other: `left @ right`; a little for being popular."""

    left: csr_array  # (products, factors)
    right: NDArray[np.float32] | csr_array  # (factors, products)
    popular: Floats  # share of persons who chose each product

    def scores(self, choices: csr_array) -> NDArray[np.float32] | csr_array:
        """What the choices of each person (persons, products) add to each product that they did not choose."""
        scored: NDArray[np.float32] | csr_array = (choices.astype(np.float32) @ self.left) @ self.right
        return scored

    def parts(self, past: Places, wanted: Places) -> Floats:
        """What having chosen each of `past` adds to each of `wanted`, none of which is in both."""
        if isinstance(self.right, np.ndarray):
            return np.asarray(self.left[past] @ self.right[:, wanted], np.float64)
        return np.asarray(self.right[past][:, wanted].toarray(), np.float64)

    def best(self, choices: csr_array, *, count: int) -> Best:
        """The best products that each person has not chosen, with the choices that speak for them."""
        persons = choices.shape[0]
        found = Best(
            np.full((persons, count), NONE), np.zeros((persons, count)),
            np.full((persons, count, 2), NONE), np.zeros((persons, count, 2)),
        )  # fmt: skip
        order = np.argsort(-self.popular, kind="stable")
        for begin in range(0, persons, _BLOCK):
            block = choices[begin : begin + _BLOCK]
            scored = self.scores(block)
            for row in range(block.shape[0]):
                past = block.indices[block.indptr[row] : block.indptr[row + 1]]
                weight = block.data[block.indptr[row] : block.indptr[row + 1]]
                wanted, score = self._leading(scored, row, past, order[: count + past.size], count)
                at, size = begin + row, wanted.size
                found.product[at, :size], found.score[at, :size] = wanted, score
                if past.size and size:
                    parts = weight[:, None] * self.parts(past, wanted)
                    found.because[at, :size], found.part[at, :size] = _telling(parts, past)
        return found

    def _leading(
        self, scored: NDArray[np.float32] | csr_array, row: int, past: Places, popular: Places, count: int
    ) -> tuple[Places, Floats]:
        """The best products of one person and their scores; what is left out could not be among them."""
        if isinstance(scored, np.ndarray):
            product, score = np.arange(scored.shape[1]), scored[row] + _PRIOR * self.popular
        else:
            stored = slice(scored.indptr[row], scored.indptr[row + 1])
            others = popular[~np.isin(popular, scored.indices[stored])]
            product = np.concatenate([scored.indices[stored], others]).astype(np.int64)
            score = np.concatenate([scored.data[stored], np.zeros(others.size)]) + _PRIOR * self.popular[product]
        fresh = ~np.isin(product, past)
        product, score = product[fresh], score[fresh]
        if product.size > count:
            chosen = np.argpartition(-score, count - 1)[:count]
            product, score = product[chosen], score[chosen]
        order = np.lexsort([product, -score])
        return product[order], score[order]


def _telling(parts: Floats, past: Places) -> tuple[Places, Floats]:
    """The two choices that add most to each product (columns of `parts`), NONE where nothing is added."""
    first = np.argsort(-parts, axis=0, kind="stable")[:2].T
    told = np.take_along_axis(parts.T, first, axis=1)
    because, part = np.full((parts.shape[1], 2), NONE), np.zeros((parts.shape[1], 2))
    because[:, : first.shape[1]] = np.where(told > 0, past[first], NONE)
    part[:, : first.shape[1]] = np.fmax(told, 0.0)
    return because, part


def items(choices: csr_array, *, ridge: float = 150.0) -> Items:
    """What goes with what, learned from choices (persons, products), each above 0 and at most 1.

    A larger `ridge` trusts what few chose together less.
    """
    persons, products = choices.shape
    popular = np.bincount(choices.indices, minlength=products) / max(persons, 1)
    if min(persons, products) ** 2 * float(products) > _WORK:
        return Items(eye_array(products, format="csr"), _neighbours(choices), popular)
    if products <= persons:
        return Items(eye_array(products, format="csr"), _by_products(choices, ridge), popular)
    return Items(choices.T.tocsr(), _by_persons(choices, ridge), popular)


def _by_products(choices: csr_array, ridge: float) -> NDArray[np.float32]:
    """B of the linear model, its diagonal 0."""
    precision = inv((choices.T @ choices).toarray() + ridge * np.eye(choices.shape[1]), overwrite_a=True)
    weights = -precision / np.diag(precision)
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights, np.float32)


def _by_persons(choices: csr_array, ridge: float) -> NDArray[np.float32]:
    """What X' is multiplied by to give B, but for its diagonal."""
    within = inv((choices @ choices.T).toarray() + ridge * np.eye(choices.shape[0]), overwrite_a=True)
    held = np.asarray((choices.T @ within).T)
    own = choices.multiply(held).sum(axis=0)
    return np.asarray(held / (1.0 - np.asarray(own).ravel()), np.float32)


def _neighbours(choices: csr_array) -> csr_array:
    """The share of who chose either of two products that chose both, persons of many choices counting less.

    A person of n choices counts 1 / sqrt(n). Only the nearest of each product are kept.
    """
    size = np.diff(choices.indptr)
    kept = choices[(size > 1) & (size <= _TASTE)]
    weighed = (diags_array(np.diff(kept.indptr) ** -0.25) @ kept).tocsr()
    square = np.asarray(weighed.multiply(weighed).sum(axis=0)).ravel()
    apart = _APART * float(square.sum()) / max(kept.nnz, 1)
    turned = weighed.T.tocsr()
    blocks = []
    for at in range(0, choices.shape[1], _BLOCK):
        both = (turned[at : at + _BLOCK] @ weighed).tocsr()
        either = np.repeat(square[at : at + _BLOCK], np.diff(both.indptr)) + square[both.indices] - both.data
        both.data /= either + apart
        blocks.append(_strongest(both, at))
    return vstack(blocks, format="csr").astype(np.float32)


def _strongest(rows: csr_array, begin: int) -> csr_array:
    """The greatest entries of each row, without the products `begin` and on themselves."""
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    value = np.where(rows.indices == row + begin, 0.0, rows.data)
    order = np.lexsort([rows.indices, -value, row])
    kept = order[(np.arange(row.size) - rows.indptr[row] < _NEIGHBOURS) & (value[order] > 0)]
    return csr_array((value[kept], (row[kept], rows.indices[kept])), shape=rows.shape)
