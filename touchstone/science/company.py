"""Which words keep the same company: normalised mutual information, and groups of words that are alike in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_FEWEST = 3  # times that two words meet before it counts as company


def mutual_information(together: Floats, size: int) -> Floats:
    """Normalised pointwise mutual information of words, -1 to 1 (Bouma 2009): (words, words).

    `together` counts the places in which two words stand, its diagonal those of each, of `size` places in all. -1 where
    two never meet, 1 where they are never apart; 0 for a word that stands nowhere.
    """
    alone = np.diag(together)
    with np.errstate(divide="ignore", invalid="ignore"):
        both = together / max(size, 1)
        found = np.log(both * size**2 / np.outer(alone, alone)) / -np.log(both)
    found = np.where(together > 0, np.where(both >= 1, 1.0, found), -1.0)
    return np.where(np.outer(alone, alone) > 0, found, 0.0)


def companies(together: Floats, size: int, *, alike: float) -> Places:
    """The group of each word: words whose company (what they meet, and how surely) has a cosine of `alike` or more.

    Average linkage (Sokal & Michener 1958) on the cosine of the words' positive mutual information, so that two words
    that say one thing but never meet go together by the words both meet. Depends on nothing but the counts.
    """
    words = len(together)
    if words < 2:
        return np.zeros(words, np.int64)
    company = np.where(together >= _FEWEST, np.fmax(mutual_information(together, size), 0.0), 0.0)
    np.fill_diagonal(company, 1.0)
    company /= np.linalg.norm(company, axis=1, keepdims=True)
    apart = np.clip(1 - company @ company.T, 0.0, 1.0).round(9)
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform(apart, checks=False), "average")
    return np.asarray(fcluster(tree, 1 - alike, "distance"), np.int64) - 1
