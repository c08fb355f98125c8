"""A taxonomy as weights on words: its own cues first, then the words nearest to them in meaning."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.language import steps
from touchstone.language.index import ABSENT, Index, Rows
from touchstone.language.tokens import Hashes
from touchstone.language.words import grams, hashes, salt, split_all, stems

Numbers = npt.NDArray[np.float32]

OWN, NAME, DESCRIBED = 1.0, 1.0, 0.7
_AT_ONCE = 2048  # words whose likeness to all cues stays near the processor
_PIECE, _ONE_CORE = 40, 1 << 18  # rows that are multiplied at a time; multiplications from which other cores are woken
_NEAR_OWN = 0.4  # likeness to its touchpoint from which a described word counts fully
_NEAR, _SAME, _LENT = 0.52, 0.80, 0.75  # likeness from which a word counts, where it counts fully, and for how much
_OF_BEST = 0.8  # share of what it lends most from which it lends another touchpoint too


class Cues(NamedTuple):
    """Words and phrases that stand for touchpoints: hash, which touchpoint, weight."""

    word_keys: Hashes
    word_weights: Numbers  # (keys, touchpoints)
    stem_keys: Hashes
    stem_owners: Rows  # place in word_keys
    gram_keys: Hashes
    gram_weights: Numbers


def cues(taxonomy: Taxonomy, *, small_words: frozenset[int]) -> Cues:
    """The cues of each touchpoint. `small_words` are hashes that say nothing (articles, pronouns)."""
    written: dict[tuple[str, str], dict[int, float]] = {}
    phrases: dict[tuple[str, ...], dict[int, float]] = {}
    texts = [text for touchpoint in taxonomy for text in (touchpoint.name, touchpoint.description)]
    names = dict(zip(texts, split_all(texts), strict=True))
    entries = [(place, *entry) for place, touchpoint in enumerate(taxonomy) for entry in _phrases(touchpoint, names)]
    for (place, language, _, weight), words in zip(entries, split_all([entry[2] for entry in entries]), strict=True):
        if len(words) == 1:
            _raise(written.setdefault((language, words[0]), {}), place, weight)
        elif words:
            _raise(phrases.setdefault(tuple(words[-3:]), {}), place, weight)
    return _folded(written, phrases, len(taxonomy.touchpoints), small_words)


def _raise(weights: dict[int, float], place: int, weight: float) -> None:
    weights[place] = max(weights.get(place, 0.0), weight)


def _phrases(touchpoint: Touchpoint, words: dict[str, list[str]]) -> list[tuple[str, str, float]]:
    """Language, text and weight of all that stands for a touchpoint; `words` are those of its name and description."""
    found = [(language, phrase, OWN) for language, words in touchpoint.words.items() for phrase in words]
    found += [("en", touchpoint.name, NAME)]
    if not touchpoint.words:
        found += [("en", word, NAME) for word in words[touchpoint.name]]
        found += [("en", component, NAME) for component in touchpoint.components]
        found += [("en", word, DESCRIBED) for word in words[touchpoint.description]]
    return found


def _folded(
    written: dict[tuple[str, str], dict[int, float]],
    phrases: dict[tuple[str, ...], dict[int, float]],
    count: int,
    small_words: frozenset[int],
) -> Cues:
    names = [word for _, word in written]
    salted = {language: salt(language) for language, _ in written}
    salts = np.array([salted[language] for language, _ in written], np.uint64)
    weights = np.zeros((len(names), count), np.float32)
    plain = hashes(names)
    for place, held in enumerate(written.values()):
        if int(plain[place]) not in small_words:
            for touchpoint, weight in held.items():
                weights[place, touchpoint] = weight / len(held) ** 0.6
    stem_keys, owners = stems(names)
    single = {word: weights[place] for place, (_, word) in enumerate(written)}
    phrase_weights = np.zeros((len(phrases), count), np.float32)
    for place, (words, held) in enumerate(phrases.items()):
        for word in words:
            phrase_weights[place] -= single.get(word, 0.0)
        for touchpoint, weight in held.items():
            phrase_weights[place, touchpoint] = weight / len(held) ** 0.6
    return Cues(
        plain ^ salts,
        weights,
        stem_keys ^ salts[owners] if len(owners) else stem_keys,
        owners.astype(np.int32),
        grams(list(phrases)),
        phrase_weights,
    )


def specific(weights: Numbers, likeness: Numbers) -> Numbers:
    """The weights of cues, less where a word is not near to its own touchpoint."""
    held: Numbers = weights * np.clip(likeness / _NEAR_OWN, 0, 1)
    return held


def unit(rows: Numbers) -> Numbers:
    """The rows with length 1; rows of zeros stay."""
    answer: Numbers = rows / lengths(rows)[:, None]
    return answer


def lengths(rows: Numbers) -> Numbers:
    """The length of each row, next to 0 for zeros."""
    answer: Numbers = np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), 1e-9)  # far faster than the norm by axis
    return answer


def nearest(into: Numbers, vectors: npt.NDArray[np.int8], chosen: Rows, weights: Numbers) -> None:
    """Sets `into`, (words, touchpoints), to what each word lends each touchpoint by its likeness to that one's cues.

    `vectors` are rows of whole numbers, of any length; `chosen` are those of the cues, `weights` theirs by touchpoint.
    """
    each = [_different(vectors, chosen[weights[:, touchpoint] > 0.5]) for touchpoint in range(weights.shape[1])]
    own = vectors[np.concatenate([chosen[:0], *each])].astype(np.float32)
    owner = np.repeat(np.arange(len(each)), [len(rows) for rows in each])
    if not steps.lent(into, vectors, own, lengths(own), owner):
        into[:] = lent(vectors, own, owner, len(each))


def lent(vectors: npt.NDArray[np.int8], own: Numbers, owner: npt.NDArray[np.int64], count: int) -> Numbers:
    """The same of rows of cues, which each touchpoint (`owner`, in order) has side by side.

    Products of whole numbers are exact, whatever multiplies them.
    """
    answer = np.zeros((count, len(vectors)), np.float32)
    cuts, length = np.searchsorted(owner, np.arange(count + 1)).tolist(), lengths(own)[:, None]
    for begin in range(0, len(vectors), _AT_ONCE):
        rows = vectors[begin : begin + _AT_ONCE].astype(np.float32)
        likeness = products(own, rows) / length
        for touchpoint, (first, stop) in enumerate(pairwise(cuts)):
            if first < stop:
                answer[touchpoint, begin : begin + _AT_ONCE] = likeness[first:stop].max(axis=0)
        answer[:, begin : begin + _AT_ONCE] /= lengths(rows)
    answer -= _NEAR
    answer /= _SAME - _NEAR
    np.clip(answer, 0, 1, out=answer)
    best = answer.max(axis=0) if count else np.zeros(len(vectors), np.float32)
    kept: Numbers = np.where(answer >= _OF_BEST * best, answer * _LENT, 0).T
    return kept


def products(rows: npt.NDArray[Any], others: npt.NDArray[Any]) -> Numbers:
    """All products of rows, in pieces so small that one core multiplies them: waking others would cost far more."""
    answer = np.empty((len(rows), len(others)), np.float32)
    for top in range(0, len(rows), _PIECE):
        piece = rows[top : top + _PIECE].astype(np.float32, copy=False)
        step = max(1, _ONE_CORE // max(1, piece.size))
        for left in range(0, len(others), step):
            np.matmul(piece, others[left : left + step].T, out=answer[top : top + _PIECE, left : left + step])
    return answer


def _different(vectors: npt.NDArray[Any], rows: Rows) -> Rows:
    """One of each of the rows that are equal, as those of one meaning in several languages are."""
    held = {vectors[row].tobytes(): row for row in reversed(rows.tolist())}
    return np.array(list(held.values()), rows.dtype)


def merged(keys: Hashes, added: Hashes) -> tuple[Hashes, Rows]:
    """`keys` with those of `added` that are not among them, and the row of each of `added`."""
    wanted = Index(added)
    place = wanted.find(keys)  # few are wanted: this way round no index of all keys is made
    known = np.flatnonzero(place >= 0)[::-1]
    rows = np.full(len(added), ABSENT, np.int32)
    rows[place[known]] = known  # where a key stands twice, its first row
    rows = rows[wanted.find(added)]
    fresh = np.array(sorted(set(added[rows < 0].tolist())), np.uint64)
    rows[rows < 0] = len(keys) + np.searchsorted(fresh, added[rows < 0])
    return np.concatenate([keys, fresh]), rows


__all__ = ["Cues", "cues", "merged", "nearest", "products"]
