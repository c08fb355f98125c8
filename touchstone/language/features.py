"""What is learned on: rows of words and pairs by text, and what words share in meaning and in spelling.

All of it is linear in the rows, so that whatever is learned folds into one table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array, diags_array

from touchstone.language.groups import Groups
from touchstone.language.model import Model
from touchstone.language.tokens import tokenise
from touchstone.language.walk import BLOCKS, Lexicon, Walk

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

FEW = 200
"""Texts below which a pair of words counts though it was seen once."""
_LETTERS = (3, 4, 5)  # letters that stand together, of which spelling is made


@dataclass(frozen=True, eq=False)
class Features:
    """(n, used) counts by 1/sqrt(tokens). Weights, (width, classes), stand in order: own rows, meaning, spelling, bias.

    `used` are places among the model's words and, behind them, its pairs; the first `len(meaning)` are words.
    """

    counts: csr_array
    turned: csr_array
    used: Places
    worth: Numbers
    meaning: Numbers
    spelling: csr_array
    unspelled: csr_array
    wide: float  # how much meaning was scaled

    @property
    def width(self) -> int:
        """How many weights a class has."""
        answer: int = len(self.used) + self.meaning.shape[1] + self.spelling.shape[1] + 1
        return answer

    def table(self, weights: Numbers) -> Numbers:
        """The weights as one row for each of `used`."""
        own, words, sense = len(self.used), len(self.meaning), self.meaning.shape[1]
        answer: Numbers = weights[:own] * self.worth[:, None]
        answer[:words] += self.meaning @ weights[own : own + sense] + self.spelling @ weights[own + sense : -1]
        return answer

    def scores(self, weights: Numbers) -> Numbers:
        """(n, classes) sums."""
        answer: Numbers = self.counts @ self.table(weights) + weights[-1]
        return answer

    def slopes(self, slope: Numbers) -> Numbers:
        """The slope of each weight, of (n, classes) slopes of the scores: the transpose of `scores`."""
        rows = self.turned @ slope
        words = rows[: len(self.meaning)]
        return np.concatenate(
            [rows * self.worth[:, None], self.meaning.T @ words, self.unspelled @ words, slope.sum(axis=0)[None]]
        )

    def vectors(self) -> Numbers:
        """The meaning of each text, of length about 1: (n, dimensions)."""
        answer: Numbers = self.counts[:, : len(self.meaning)] @ self.meaning
        return answer

    def some(self, rows: Places) -> Features:
        """The same of some texts."""
        counts = self.counts[rows]
        return Features(
            counts, counts.T.tocsr(), self.used, self.worth, self.meaning, self.spelling, self.unspelled, self.wide
        )

    def folded(self, model: Model, weights: Numbers) -> tuple[Numbers, Numbers]:
        """Weights (without their bias) as columns of the model's words, and of its pairs and triples."""
        words, own = len(model.arrays["word_keys"]), len(self.used)
        table = np.zeros((words + len(model.arrays["gram_keys"]), weights.shape[1]), np.float32)
        table[:words] = self.wide * (model.vectors @ weights[own : own + self.meaning.shape[1]])
        table[self.used] = self.table(weights)
        return table[:words], table[words:]


def features(model: Model, walked: Walk, lexicon: Lexicon, groups: Groups, texts: pa.Array) -> Features:
    """Features of groups of clauses of `texts`; each part has rows of length about 1, rare rows weighing more."""
    held = _counted(model, walked, lexicon, groups)
    count, words = held.shape[0], len(model.arrays["word_keys"])
    seen = np.bincount(held.indices, minlength=held.shape[1])
    used = np.flatnonzero(seen >= np.where(np.arange(held.shape[1]) < words, 1, 1 if count < FEW else 2))
    counts = held[:, used]
    known = used[used < words]
    worth = ((np.log((count + 1) / (seen[used] + 1)) + 1) ** 0.5).astype(np.float32)
    worth /= _length(counts @ diags_array(worth))
    meaning = model.vectors[known]
    wide = 1 / _length(counts[:, : len(known)] @ meaning)
    spelling = _spelled(model.arrays["word_keys"][known], texts, seen[known], count)
    spelling = spelling / _length(counts[:, : len(known)] @ spelling)
    return Features(
        counts, counts.T.tocsr(), used, worth, meaning * wide, spelling, spelling.T.tocsr(), wide
    )  # fmt: skip


def _counted(model: Model, walked: Walk, lexicon: Lexicon, groups: Groups) -> csr_array:
    """(groups, words and pairs) sums by 1/sqrt(tokens); a negated word counts as the word."""
    words, grams = len(model.arrays["word_keys"]), len(model.arrays["gram_keys"])
    rows, count = walked.rows, lexicon.count
    clause = np.repeat(np.arange(len(walked.ends)), np.diff(walked.ends, prepend=0))
    plain = rows < BLOCKS * count
    column = np.where(plain, rows % count, rows - BLOCKS * count + words)
    known = np.where(plain, column < words, column < words + grams)
    ones = np.ones(int(known.sum()), np.float32)
    held = csr_array((ones, (clause[known], column[known])), shape=(len(walked.ends), words + grams))
    size = np.maximum(groups @ walked.size, 1)
    by_group = groups.matrix().astype(np.float32) @ held
    return (diags_array((1 / np.sqrt(size)).astype(np.float32)) @ by_group).tocsr()


def _length(rows: csr_array | Numbers) -> float:
    """The root of the mean squared length of rows, 1 where there are none."""
    squares = rows.multiply(rows).sum() if isinstance(rows, csr_array) else float((rows * rows).sum())
    return max(float(np.sqrt(squares / max(rows.shape[0], 1))), 1e-6) if squares else 1.0


def _spelled(keys: npt.NDArray[np.uint64], texts: pa.Array, seen: Places, count: int) -> csr_array:
    """(words, letters that stand together): what words of the same stem or compound share; rare letters weigh more."""
    tokens = tokenise(texts)
    hashes, first = np.unique(tokens.hash, return_index=True)
    place = np.minimum(np.searchsorted(hashes, keys), max(len(hashes) - 1, 0))
    data, numbers = tokens.data.tobytes(), dict[bytes, int]()
    owners, columns = [], []
    for word in np.flatnonzero(hashes[place] == keys).tolist() if len(hashes) else ():
        token = first[place[word]]
        letters = b"<" + data[tokens.start[token] : tokens.stop[token]].lower() + b">"
        parts = {letters[at : at + size] for size in _LETTERS for at in range(len(letters) - size + 1)}
        owners += [word] * len(parts)
        columns += [numbers.setdefault(part, len(numbers)) for part in sorted(parts)]
    held = csr_array((np.ones(len(owners), np.float32), (owners, columns)), shape=(len(keys), len(numbers)))
    often = np.minimum(held.T @ seen.astype(np.float32), count)
    shared = np.flatnonzero(np.bincount(columns, minlength=len(numbers)) >= 2)
    worth = (np.log((count + 1) / (often[shared] + 1)) + 1).astype(np.float32)
    return (held[:, shared] @ diags_array(worth)).tocsr()
