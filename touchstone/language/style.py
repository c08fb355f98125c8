"""How a text is written, whatever it is about: which sequences of letters, signs and spaces occur in it, its length.

Such sequences tell authors and purposes apart better than words do: E. Stamatatos, Journal of the American Society for
Information Science and Technology 60 (2009), 538-556. Each counts once in a text, however often it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.language import steps
from touchstone.language.learned import curve
from touchstone.language.tokens import apart, buffers, mix

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Keys = npt.NDArray[np.int64]

SIZES = (2, 3, 4, 5, 8)
"""Bytes of a sequence; eight are about a word with the beginning of the next."""
BITS = 18
"""Sequences are told apart by so many bits of their hash."""
_PIECE = 1 << 18  # bytes looked at together
_LENGTH = 0.2  # what a text e times as long is worth beside all its sequences
_LEAST = 2  # texts that a sequence must occur in


def occurring(texts: pa.Array) -> Keys:
    """Each sequence of each text once, as text * 2**BITS + hash, in order."""
    data, offsets = apart(*buffers(texts))
    owner = np.searchsorted(offsets, np.arange(len(data)), side="right").astype(np.int64) - 1
    wide = np.concatenate([data, np.zeros(max(SIZES), np.uint8)])
    held, inside, found = np.zeros(len(data), np.uint64), np.ones(len(data), np.bool_), []
    for size in range(1, max(SIZES) + 1):
        last = wide[size - 1 : size - 1 + len(data)]
        held = (held << np.uint64(8)) | last
        inside &= last > 0  # zeros stand between texts
        if size in SIZES:
            hashes = mix(held[inside] + np.uint64(size)) >> np.uint64(64 - BITS)
            found.append((owner[inside] << BITS) | hashes.astype(np.int64))
    keys = np.sort(np.concatenate(found))  # np.unique hashes whole numbers, fifty times slower than sorting them
    return keys[np.diff(keys, prepend=-1) > 0]


def sums(texts: pa.Array, weights: npt.NDArray[np.int8]) -> tuple[Keys, Keys]:
    """For each text the sum of the weights of what occurs in it, and how much that is."""
    data, offsets = apart(*buffers(texts))
    made = steps.styled(np.append(data, np.zeros(max(SIZES), np.uint8)), offsets, weights)
    if made is not None:
        return made[0], made[1]
    total, count = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
    for first, stop in _pieces(texts):
        keys = occurring(texts.slice(first, stop - first))
        text = keys >> BITS
        count[first:stop] = np.bincount(text, minlength=stop - first)
        total[first:stop] = np.bincount(text, weights[keys & (1 << BITS) - 1], stop - first)
    return total, count


def _pieces(texts: pa.Array) -> list[tuple[int, int]]:
    """First and last text of stretches of about `_PIECE` bytes."""
    _, offsets = buffers(texts)
    edges = np.unique(np.append(np.searchsorted(offsets, np.arange(0, offsets[-1] + 1, _PIECE)), len(texts)))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def probability(facts: dict[str, Any], weights: npt.NDArray[np.int8], texts: pa.Array, shipped: Numbers) -> Numbers:
    """The probability that each text was paid for, by what was learned of style and by the shipped one."""
    total, count = sums(texts, weights)
    held = np.clip(shipped, 1e-3, 1 - 1e-3)
    logits = facts["shipped"] * np.log(held / (1 - held)) + facts["bias"] + facts["length"] * lengths(texts)
    return curve(logits + facts["scale"] * total / np.sqrt(np.maximum(count, 1)))


def lengths(texts: pa.Array) -> Numbers:
    """The logarithm of each text's bytes, as a feature."""
    return (_LENGTH * np.log1p(np.diff(buffers(texts)[1]))).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Style:
    """Rows of texts to learn from, of length about 1, rare sequences weighing more.

    Weights, (width, classes), stand in order: sequences, length, bias.
    """

    rows: csr_array  # (n, used): 1/sqrt(sequences that occur) where one of `used` occurs
    turned: csr_array
    used: Places
    worth: Numbers
    length: Numbers  # (n, 1)

    @property
    def width(self) -> int:
        """How many weights a class has."""
        return len(self.used) + 2

    def scores(self, weights: Numbers) -> Numbers:
        """(n, classes) sums."""
        answer: Numbers = self.rows @ (self.worth * weights[:-2]) + self.length * weights[-2] + weights[-1]
        return answer

    def slopes(self, slope: Numbers) -> Numbers:
        """The slope of each weight: the transpose of `scores`."""
        return np.concatenate([self.worth * (self.turned @ slope), self.length.T @ slope, slope.sum(axis=0)[None]])

    def some(self, rows: Places) -> Style:
        """The same of some texts."""
        held = self.rows[rows]
        return Style(held, held.T.tocsr(), self.used, self.worth, self.length[rows])

    def folded(self, weights: Numbers) -> Numbers:
        """(2**BITS,) what each sequence is worth by the first class."""
        table = np.zeros(1 << BITS, np.float32)
        table[self.used] = (self.worth * weights[:-2])[:, 0]
        return table


def style(texts: pa.Array) -> Style:
    """What is to be learned of how texts are written."""
    from scipy.sparse import csr_array, diags_array  # dear to import, and for teaching only

    held = [(first, occurring(texts.slice(first, stop - first))) for first, stop in _pieces(texts)]
    text = np.concatenate([(keys >> BITS) + first for first, keys in held])
    column = np.concatenate([keys & (1 << BITS) - 1 for _, keys in held])
    seen = np.bincount(column, minlength=1 << BITS)
    used = np.flatnonzero(seen >= _LEAST)
    place = np.full(1 << BITS, -1, np.int32)
    place[used] = np.arange(len(used))
    count = np.bincount(text, minlength=len(texts))
    known = place[column] >= 0
    each = (1 / np.sqrt(np.maximum(count, 1))).astype(np.float32)
    rows = csr_array((each[text[known]], (text[known], place[column[known]])), shape=(len(texts), len(used)))
    worth = np.log((len(texts) + 1) / (seen[used] + 1)).astype(np.float32)[:, None] + np.float32(1)
    weighed = rows @ diags_array(worth[:, 0])
    worth /= np.sqrt(weighed.multiply(weighed).sum() / max(len(texts), 1))
    return Style(rows, rows.T.tocsr(), used, worth, lengths(texts)[:, None])
