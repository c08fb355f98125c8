"""Texts that share most of their wording, by MinHash: A. Z. Broder, On the resemblance of documents, 1997."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from touchstone.language.tokens import mix, pairs, tokenise

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

_BANDS, _ROWS = 12, 3  # pairs that share half of their wording meet in some band four times in five
_COPIED = 0.8  # the most that shared wording makes likely
_STEPS = (np.arange(1, _BANDS * _ROWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)


@dataclass(frozen=True)
class Copies:
    """Near-copies: `first` and `later` are places of texts, `alike` the share of three-word runs they have in common.

    `size` is by text: how many texts its wording is shared by, itself included.
    """

    first: Places
    later: Places
    alike: npt.NDArray[np.float64]
    size: Places

    def bought(self, best: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """By text, how likely it is that its wording was bought; 0 but for those that are `best` rated.

        The more texts share it, the likelier: a copy may be posted twice in good faith. Where other ratings are copied
        as well, people copy here anyway (forms, templates), and wording tells that much less.
        """
        copied, others = self.size > 1, ~best
        anyway = copied[others].mean() if others.any() else 0.0
        beyond = 1 - anyway / max(float(copied[best].mean()), 1e-9) if best.any() else 0.0
        return np.asarray(np.where(best, _COPIED * max(beyond, 0.0) * (1 - 1 / self.size), 0.0), np.float64)


def copies(texts: pa.Array, *, alike: float, least_words: int) -> Copies:
    """Each text of `least_words` or more that shares its wording with an earlier one, linked to the earliest."""
    tokens = tokenise(texts)
    begins = np.ones(len(tokens.text), np.bool_)
    begins[1:] = tokens.text[1:] != tokens.text[:-1]
    _, runs = pairs(tokens.hash, begins)
    words = np.bincount(tokens.text, minlength=len(texts))
    long = np.flatnonzero(words >= least_words)
    marks = _marks(runs, words, long)
    place, other = _candidates(marks)
    share = (marks[place] == marks[other]).mean(axis=1) if len(place) else np.zeros(0)
    kept = share >= alike
    count = len(long)
    graph = csr_array((np.ones(kept.sum()), (place[kept], other[kept])), shape=(count, count))
    _, group = connected_components(graph, directed=False)
    size = np.ones(len(texts), np.int64)
    size[long] = np.bincount(group, minlength=count)[group] if count else 0
    head = np.full(count, count, np.int64)
    np.minimum.at(head, group, np.arange(count))
    later = np.flatnonzero(head[group] < np.arange(count)) if count else np.zeros(0, np.int64)
    first = head[group[later]]
    common = (marks[first] == marks[later]).mean(axis=1) if len(later) else np.zeros(0)
    return Copies(long[first], long[later], common, size)


def _marks(runs: Hashes, words: Places, long: Places) -> Hashes:
    """The least hash of each text's three-word runs, for each of many hashes: (long texts, marks)."""
    stop = np.cumsum(words)
    first = stop[long] - words[long]
    marks = np.empty((len(long), len(_STEPS)), np.uint64)
    if not len(long):
        return marks
    chosen = (
        np.repeat(first, words[long])
        + np.arange(words[long].sum())
        - np.repeat(np.cumsum(words[long]) - words[long], words[long])
    )
    held, begins = runs[chosen], np.cumsum(words[long]) - words[long]
    for column, step in enumerate(_STEPS):
        marks[:, column] = np.minimum.reduceat(mix(held * step), begins)
    return marks


def _candidates(marks: Hashes) -> tuple[Places, Places]:
    """Pairs of neighbours among the texts that agree in all marks of a band; their number grows as the texts do."""
    found = []
    for band in range(_BANDS):
        own = marks[:, band * _ROWS : (band + 1) * _ROWS]
        key = mix(own[:, 0]) ^ mix(own[:, 1] * np.uint64(3)) ^ mix(own[:, 2] * np.uint64(5))
        order = np.argsort(key, kind="stable")
        same = key[order[1:]] == key[order[:-1]]
        found.append(np.column_stack([order[:-1][same], order[1:][same]]))
    both = np.unique(np.concatenate(found), axis=0) if found else np.zeros((0, 2), np.int64)
    return both[:, 0], both[:, 1]
