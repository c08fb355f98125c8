"""Word rows distilled from the teacher: the mean row of a sentence is fitted to the teacher's vector of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array, diags_array

from touchstone.language.walk import BLOCKS, Lexicon, walk
from touchstone.language.words import hashes, split
from training import lists, mood

DIMENSIONS = 160
_PULL = 0.05  # towards the teacher's vector of the word itself
_ROUNDS, _LOOK = 24, 4  # at most so many, and how often the sentences held apart are looked at
_APART = 20  # one sentence in so many is held apart
_GAIN = 2e-4  # of the cosine held apart; less than that ends the fitting


def rows(teacher: Path, lexicon: Lexicon, vocabulary: dict[int, tuple[str, str]]) -> dict[str, np.ndarray]:
    """Rows of the encoder, int8: the teacher's word vectors, moved so that means of them are its sentence vectors."""
    names = (teacher / "words.txt").read_text("utf-8").splitlines()
    texts = [*(teacher / "sentences.txt").read_text("utf-8").splitlines(), *names]
    single = np.load(teacher / "words.npy").astype(np.float32)
    wanted = np.concatenate([np.load(teacher / "sentences.npy").astype(np.float32), single])
    turned = directions(wanted)
    first = np.zeros((lexicon.count, DIMENSIONS), np.float32)
    place = {key: row for row, key in enumerate(vocabulary)}
    for key, vector in zip(hashes(names).tolist(), single @ turned, strict=True):
        first[place[key]] = vector
    found = fitted(_means(texts, lexicon), wanted @ turned, first)
    _aligned(found, vocabulary)
    scale = np.maximum(np.abs(found).max(axis=1, keepdims=True), 1e-6) / 127
    return {"word_vectors": np.round(found / scale).astype(np.int8), "word_scales": scale[:, 0].astype(np.float32)}


def _means(texts: list[str], lexicon: Lexicon) -> csr_array:
    """1/n for each of the n known words of each text: (texts, words)."""
    walked = walk(pa.array(texts, pa.large_string()), lexicon)
    ends, _ = mood.by_text(walked)
    word = walked.rows < BLOCKS * lexicon.count
    before = np.concatenate([[0], np.cumsum(word)])
    mean = csr_array(
        (np.ones(word.sum(), np.float32), walked.rows[word] % lexicon.count, np.concatenate([[0], before[ends]])),
        shape=(len(texts), lexicon.count),
    )
    mean.data /= np.repeat(np.maximum(np.diff(mean.indptr), 1), np.diff(mean.indptr)).astype(np.float32)
    return mean


def directions(teacher: np.ndarray) -> np.ndarray:
    """The principal directions of the teacher's vectors: (384, DIMENSIONS)."""
    centred = teacher.astype(np.float32)
    _, turned = np.linalg.eigh(centred.T @ centred)
    return turned[:, ::-1][:, :DIMENSIONS].copy()


def fitted(mean: csr_array, wanted: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Rows R that minimise |mean R - wanted|² + pull |R - first|², stopped when sentences held apart gain no more.

    `mean` (sentences, words) holds 1/n for each of a sentence's n words. Conjugate gradients, all dimensions at once,
    every word scaled by how often it stands (else the frequent ones alone are fitted for a hundred rounds).
    """
    apart = np.arange(mean.shape[0]) % _APART == 0
    held, aim = mean[apart], wanted[apart]
    mean, wanted = mean[~apart], wanted[~apart]
    often = np.asarray(mean.multiply(mean).sum(axis=0)).ravel()
    scale = (1 / np.sqrt(often + _PULL)).astype(np.float32)
    scaled = (mean @ diags_array(scale)).tocsr()
    pull = (_PULL * scale**2)[:, None]
    moved = np.zeros_like(first)
    residual = scaled.T @ (wanted - mean @ first)
    step, size = residual.copy(), (residual**2).sum(axis=0)
    best = -1.0
    for number in range(_ROUNDS):
        pushed = scaled.T @ (scaled @ step) + pull * step
        length = size / np.maximum((step * pushed).sum(axis=0), 1e-12)
        moved += length * step
        residual -= length * pushed
        fresh = (residual**2).sum(axis=0)
        step, size = residual + fresh / np.maximum(size, 1e-12) * step, fresh
        if number % _LOOK == _LOOK - 1:
            found = _cosine(held @ (first + scale[:, None] * moved), aim)
            if found < best + _GAIN:
                break
            best = found
    rows: np.ndarray = first + scale[:, None] * moved
    return rows


def _cosine(found: np.ndarray, aim: np.ndarray) -> float:
    length = np.linalg.norm(found, axis=1) * np.linalg.norm(aim, axis=1)
    return float(((found * aim).sum(axis=1) / np.maximum(length, 1e-9)).mean())


def _aligned(rows: np.ndarray, vocabulary: dict[int, tuple[str, str]]) -> None:
    """Words of other languages take the mean row of the English words they are listed with."""
    places: dict[tuple[str, str], list[int]] = {}
    for row, (language, word) in enumerate(vocabulary.values()):
        places.setdefault((language, word), []).append(row)
    for concept in lists.concepts():
        english = [row for word in concept["en"] for part in split(word) for row in places.get(("en", part), [])]
        if not english:
            continue
        mean = rows[english].mean(axis=0)
        for language, words in concept.items():
            for word in words if language != "en" else ():
                for row in places.get((language, word), []):
                    rows[row] = mean
