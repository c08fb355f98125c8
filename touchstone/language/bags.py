"""Texts as sparse features for learning: the same rows that reading adds up, by text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array, diags_array, hstack

from touchstone.core.taxonomy import Taxonomy
from touchstone.language import groups
from touchstone.language.features import FEW
from touchstone.language.groups import Groups
from touchstone.language.model import Model
from touchstone.language.tokens import Hashes, pairs, strings, tokenise
from touchstone.language.walk import BLOCKS, Lexicon, Walk, walk
from touchstone.language.words import stems

SOME, MANY = 12, 64
"""Examples from which folds are made; and from which moods, promotion and the exclusive are learned."""
_LARGE = 50_000  # texts from which a word must be met twice


@dataclass(frozen=True, eq=False)
class Bags:
    """`features` (groups, used): columns `used` of the model's words, then pairs and triples, by 1/sqrt(tokens)."""

    features: csr_array
    used: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float64]  # (groups, dimensions): sums of rows by 1/sqrt(tokens)


def grown(model: Model, texts: pa.Array) -> Model:
    """The model with rows for words and pairs of `texts` it did not know; none of its answers changes.

    A word known by its stem starts as a copy of that row. Other endings of new words find them by their stems.
    """
    tokens = tokenise(texts)
    words = np.setdiff1d(_frequent(tokens.hash, 1 if len(texts) < _LARGE else 2), model.arrays["word_keys"])
    two, _ = pairs(tokens.hash, tokens.sentence_begins)
    grams = np.setdiff1d(_frequent(two, 1 if len(texts) < FEW else 2), model.arrays["gram_keys"])
    _, first = np.unique(tokens.hash, return_index=True)
    place = first[np.searchsorted(tokens.hash[first], words)]
    data = tokens.data.tobytes()
    spelled = [
        data[begin:end].decode("utf-8", "replace")
        for begin, end in zip(tokens.start[place], tokens.stop[place], strict=True)
    ]
    source = _rows_by_stem(model, spelled)
    arrays, count = dict(model.arrays), len(model.arrays["word_keys"])
    for name in ("word_vectors", "word_scales", "head_words", "head_negated", "taught_words"):
        if name in arrays:
            fresh = arrays[name][np.maximum(source, 0)]
            fresh[source < 0] = 0
            arrays[name] = np.concatenate([arrays[name], fresh])
    for name in ("head_grams", "taught_grams"):
        if name in arrays:
            arrays[name] = np.concatenate(
                [arrays[name], np.zeros((len(grams), arrays[name].shape[1]), arrays[name].dtype)]
            )
    keys, owners = stems(spelled)
    keys, chosen = np.unique(keys, return_index=True)
    free = ~np.isin(keys, arrays["stem_keys"])
    arrays["stem_keys"] = np.concatenate([arrays["stem_keys"], keys[free]])
    arrays["stem_rows"] = np.concatenate([arrays["stem_rows"], (owners[chosen][free] + count).astype(np.int32)])
    arrays["word_keys"] = np.concatenate([arrays["word_keys"], words])
    arrays["gram_keys"] = np.concatenate([arrays["gram_keys"], grams])
    return Model(arrays, model.facts, model.taxonomy)


def _rows_by_stem(model: Model, words: list[str]) -> npt.NDArray[np.int32]:
    """The row that each word the model has not is read by, -1 where there is none."""
    answer = np.full(len(words), -1, np.int32)
    lexicon = model.compile(Taxonomy("none", ())).lexicon
    walked = walk(strings(words), lexicon)
    clause = np.repeat(np.arange(len(walked.ends)), np.diff(walked.ends, prepend=0))
    plain = walked.rows < len(model.arrays["word_keys"])
    answer[walked.clause_text[clause[plain]]] = walked.rows[plain]
    return answer


def _frequent(hashes: Hashes, least: int) -> Hashes:
    values, counts = np.unique(hashes, return_counts=True)
    return values[counts >= least]


def by_text(walked: Walk) -> Groups:
    """Which clauses make up each text."""
    return groups.by_text(walked.clause_text, walked.texts)


def bags(model: Model, walked: Walk, lexicon: Lexicon, chosen: Groups, *, turned: float = 1.0) -> Bags:
    """Features of groups of clauses; a negated word counts `turned` times the word itself."""
    words, grams = len(model.arrays["word_keys"]), len(model.arrays["gram_keys"])
    rows, count = walked.rows, lexicon.count
    clause = np.repeat(np.arange(len(walked.ends)), np.diff(walked.ends, prepend=0))
    word = np.where(rows < BLOCKS * count, rows % count, -1)
    column = np.where(word >= 0, word, rows - BLOCKS * count + words)
    known = np.where(word >= 0, word < words, column < words + grams)
    sign = np.where((rows >= count) & (rows < 2 * count), turned, 1.0)
    held = csr_array((sign[known], (clause[known], column[known])), shape=(len(walked.ends), words + grams))
    size = np.maximum(chosen @ walked.size.astype(np.float64), 1)
    whole = (diags_array(1 / np.sqrt(size)) @ (chosen.matrix() @ held)).tocsr()
    seen = np.asarray((whole != 0).sum(axis=0)).ravel()
    used = np.flatnonzero(seen >= (1 if len(size) < 200 else 2))
    return Bags(whole[:, used], used, whole[:, :words] @ model.vectors.astype(np.float64))


def joined(held: Bags, *, width: float) -> tuple[csr_array, npt.NDArray[np.float64]]:
    """Words and vectors side by side, rare words weighing more, and how much each column is worth (for folding)."""
    count = held.features.shape[0]
    seen = np.asarray((held.features != 0).sum(axis=0)).ravel()
    worth = np.log((count + 1) / (seen + 1)) + 1
    scaled = held.features @ diags_array(worth)
    return hstack([scaled, csr_array(held.vectors * width)]).tocsr(), np.concatenate(
        [worth, np.full(held.vectors.shape[1], width)]
    )


def folded(
    model: Model, held: Bags, weights: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Weights of features and vectors as columns of words, and of pairs and triples."""
    words = len(model.arrays["word_keys"])
    table = np.zeros((words + len(model.arrays["gram_keys"]), weights.shape[1]))
    table[held.used] = weights[: len(held.used)]
    table[:words] += model.vectors.astype(np.float64) @ weights[len(held.used) :]
    return table[:words], table[words:]
