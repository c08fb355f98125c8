"""Texts as directions: what their telling words mean, by the model's rows, and the company these words keep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from touchstone.language.model import load
from touchstone.language.terms import Terms
from touchstone.language.words import hashes

Directions = NDArray[np.float32]
Places = NDArray[np.int64]

_AXES = 60  # of latent semantic analysis


def directions(found: Terms, telling: Places, *, texts: int, language: Places | None = None) -> Directions:
    """A unit vector for each text (zeros where it has no telling word): (texts, dimensions).

    The first half are the rows of the shipped model of its telling words (of a run the mean of both), each weighed by
    how rare it is among these texts (Arora et al. 2017), less what all texts share (of its
    `language`, where that is numbered); the second the axes of latent
    semantic analysis (Deerwester et al. 1990), which know words that the model does not.
    """
    counts = found.counts(np.ones(texts, np.bool_))[telling]
    column = np.full(len(found.runs), -1)
    column[telling] = np.arange(len(telling))
    own = column[found.term] >= 0
    weight = np.log((texts + 1) / (counts + 1)) + 1e-3
    place = column[found.term[own]]
    held = csr_array((weight[place].astype(np.float32), (found.text[own], place)), shape=(texts, len(telling)))
    meant = np.asarray(held @ _rows(found, telling))
    spoken = np.zeros(texts, np.int64) if language is None else language
    return _unit(np.hstack([_unit(_own(_unit(part), spoken)) for part in (meant, _company(held))]))


def _own(rows: Directions, language: Places) -> Directions:
    """The rows less the mean of those of their language; what has no words stays zero."""
    answer = np.zeros_like(rows)
    has = np.abs(rows).any(axis=1)
    for each in np.unique(language[has]).tolist():
        own = has & (language == each)
        if own.sum() > 1:
            answer[own] = rows[own] - rows[own].mean(axis=0)
    return answer


def _rows(found: Terms, telling: Places) -> Directions:
    """The model's row of each term, unit length; zeros where it has none."""
    model = load()
    keys = model.arrays["word_keys"]
    order = np.argsort(keys, kind="stable")
    words = [found.spelled(int(term)).split(" ") for term in telling]
    flat = hashes([word for each in words for word in each])
    place = order[np.minimum(np.searchsorted(keys[order], flat), len(keys) - 1)]
    vectors = np.where((keys[place] == flat)[:, None], model.vectors[place], np.float32(0))
    owner = np.repeat(np.arange(len(words)), [len(each) for each in words])
    sums = np.zeros((len(words), vectors.shape[1]), np.float32)
    np.add.at(sums, owner, vectors)
    return _unit(sums)


def _company(held: csr_array) -> Directions:
    axes = min(_AXES, min(held.shape) - 1)
    if axes < 1:
        return np.zeros((held.shape[0], 1), np.float32)
    start = np.ones(min(held.shape), np.float32) / np.sqrt(min(held.shape))  # the same axes whenever asked
    left, strength, _ = svds(held, k=axes, v0=start)
    return np.asarray(left * strength, np.float32)


def _unit(rows: NDArray[np.floating]) -> Directions:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 1e-9, length, 1.0), np.float32)
