"""Texts that share most of their wording, by MinHash: A. Z. Broder, On the resemblance of documents, 1997.

Beside it, texts of one frame: the same words in the same order once numbers and capitalised words are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from touchstone.language.tokens import Tokens, mix, pairs, tokenise

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEAR, TEMPLATE, COPY = 0, 1, 2
"""How two texts are alike: most of their wording, all but names and numbers, every word."""
_BANDS, _ROWS = 12, 3  # pairs that share half of their wording meet in some band four times in five
_COPIED = 0.8  # the most that shared wording makes likely
_STEPS = (np.arange(1, _BANDS * _ROWS + 1, dtype=np.uint32) * np.uint32(0x9E3779B9)) | np.uint32(1)
_STIR = np.uint32(0x846CA68B)
_AT_ONCE = 50_000  # texts, so that a million take little memory
_HALF = np.uint64(32)


@dataclass(frozen=True)
class Copies:
    """Pairs of texts with the same wording: places of the one that came `first` and of the `later` one.

    `alike` is the share of three-word runs they have in common (of a template, of words), `kind` NEAR, TEMPLATE or
    COPY. By text: `group`, the place of the earliest of its wording, and `size`, how many texts have it. Each group of
    n texts has n - 1 pairs, to its earliest text where they are alike themselves.
    """

    first: Places
    later: Places
    alike: Numbers
    kind: Places
    group: Places
    size: Places

    def bought(self, best: Flags) -> Numbers:
        """By text, how likely it is that its wording was bought; 0 but for those that are `best` rated.

        The more texts share it, the likelier: a copy may be posted twice in good faith. Where other ratings are copied
        as well, people copy here anyway (forms, templates), and wording tells that much less.
        """
        copied, others = self.size > 1, ~best
        anyway = copied[others].mean() if others.any() else 0.0
        beyond = 1 - anyway / max(float(copied[best].mean()), 1e-9) if best.any() else 0.0
        return np.asarray(np.where(best, _COPIED * max(beyond, 0.0) * (1 - 1 / self.size), 0.0), np.float64)


@dataclass(frozen=True)
class _Wordings:
    """What is compared of the texts that are long enough: their `place`, `marks` and hashes of `whole` and `frame`."""

    place: Places
    marks: npt.NDArray[np.uint32]  # (texts, hashes)
    whole: Hashes
    frame: Hashes
    framed: Numbers  # share of the words that are of the frame; 0 where the frame has too few

    def alike(self, one: Places, other: Places) -> tuple[Numbers, Places]:
        """The share in common of pairs of texts, and how they are alike."""
        common = np.zeros(len(one))
        for column in range(self.marks.shape[1]):
            common += self.marks[one, column] == self.marks[other, column]
        common /= max(1, self.marks.shape[1])
        same = (self.frame[one] == self.frame[other]) & (self.framed[one] > 0)
        kind = np.where(self.whole[one] == self.whole[other], COPY, np.where(same, TEMPLATE, NEAR))
        share = np.minimum(self.framed[one], self.framed[other])
        return np.select([kind == COPY, kind == TEMPLATE], [1.0, np.fmax(common, share)], common), kind


def copies(texts: pa.Array, *, alike: float, least_words: int) -> Copies:
    """The texts of `least_words` or more of which others have a share of `alike` of the wording, or the frame."""
    held = _wordings(texts, least_words)
    one, other = _meeting(held)
    share, kind = held.alike(one, other)
    kept = (share >= alike) | (kind > NEAR)
    one, other, count = one[kept], other[kept], len(held.place)
    graph = csr_array((np.ones(len(one)), (one, other)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    head = np.full(count, count, np.int64)
    np.minimum.at(head, label, np.arange(count))
    first, later = _tree(held, head[label], one, other, alike)
    share, kind = held.alike(first, later)
    group, size = np.arange(len(texts)), np.ones(len(texts), np.int64)
    if count:
        group[held.place] = held.place[head[label]]
        size[held.place] = np.bincount(label)[label]
    return Copies(held.place[first], held.place[later], share, kind, group, size)


def _tree(held: _Wordings, head: Places, one: Places, other: Places, alike: float) -> tuple[Places, Places]:
    """One link less than texts for each group: to the earliest where alike, else to the nearest (Kruskal 1956)."""
    later = np.flatnonzero(head < np.arange(len(head)))
    share, kind = held.alike(head[later], later)
    near = (share >= alike) | (kind > NEAR)
    left, right = np.concatenate([head[later][near], one]), np.concatenate([later[near], other])
    cost = np.concatenate([np.full(near.sum(), 0.5), 2 - held.alike(one, other)[0]])
    pair, place = np.unique(left * max(1, len(head)) + right, return_index=True)
    width = max(1, len(head))
    tree = minimum_spanning_tree(
        csr_array((cost[place], (pair // width, pair % width)), shape=(len(head),) * 2)
    ).tocoo()
    order = np.lexsort((tree.row, tree.col))
    return tree.row[order].astype(np.int64), tree.col[order].astype(np.int64)


def _wordings(texts: pa.Array, least_words: int) -> _Wordings:
    """What is compared of all texts, worked out block by block."""
    parts = [_block(texts.slice(start, _AT_ONCE), least_words, start) for start in range(0, len(texts) or 1, _AT_ONCE)]
    place, marks, whole, frame, framed = (np.concatenate(each) for each in zip(*parts, strict=True))
    return _Wordings(place, marks, whole, frame, framed)


def _block(
    texts: pa.Array, least_words: int, start: int
) -> tuple[Places, npt.NDArray[np.uint32], Hashes, Hashes, Numbers]:
    tokens = tokenise(texts)
    words = np.bincount(tokens.text, minlength=len(texts))
    long = np.flatnonzero(words >= max(1, least_words))
    chosen = (words >= max(1, least_words))[tokens.text]
    owner = (np.cumsum(words >= max(1, least_words)) - 1)[tokens.text[chosen]]
    begins = np.ones(len(tokens.text), np.bool_)
    begins[1:] = tokens.text[1:] != tokens.text[:-1]
    _, runs = pairs(tokens.hash, begins)
    frame, kept = _frame(tokens, chosen, owner, len(long))
    framed = np.where(kept >= least_words, kept / np.fmax(words[long], 1), 0.0)
    everything = np.ones(len(owner), np.bool_)
    whole = _in_order(tokens.hash[chosen], everything, owner, len(long))
    return long + start, _marks(runs[chosen], owner, len(long)), whole, frame, framed


def _frame(tokens: Tokens, chosen: Flags, owner: Places, count: int) -> tuple[Hashes, Places]:
    """By text, a hash of its words without numbers and capitalised ones, in order, and how many these are."""
    start, stop, data = tokens.start[chosen], tokens.stop[chosen], tokens.data
    digits = np.concatenate([[0], np.cumsum((data >= ord("0")) & (data <= ord("9")))])
    number = digits[stop] > digits[start]
    capital = (data[start] >= ord("A")) & (data[start] <= ord("Z"))
    accented = (data[start] == 0xC3) & (data[np.minimum(start + 1, len(data) - 1)] <= 0x9E) if len(data) else capital
    stays = ~(number | capital | accented)
    kept = np.bincount(owner[stays], minlength=count)
    return _in_order(tokens.hash[chosen], stays, owner, count), kept


def _in_order(words: Hashes, stays: Flags, owner: Places, count: int) -> Hashes:
    """By text, a hash of the words that stay, in order."""
    before: Places = np.cumsum(stays) - stays
    first = np.searchsorted(owner, np.arange(count))
    place: Hashes = (before - before[first][owner]).astype(np.uint64)
    stirred = np.where(stays, mix(words + mix(place + np.uint64(1))), np.uint64(0))
    return np.add.reduceat(stirred, first) if count else np.zeros(0, np.uint64)


def _marks(runs: Hashes, owner: Places, count: int) -> npt.NDArray[np.uint32]:
    """The least hash of each text's three-word runs, for each of many hashes: (texts, marks)."""
    marks = np.empty((count, len(_STEPS)), np.uint32)
    if count:
        begins = np.searchsorted(owner, np.arange(count))
        held = (runs >> _HALF).astype(np.uint32)
        stirred, shifted = np.empty_like(held), np.empty_like(held)
        for column, step in enumerate(_STEPS):
            np.multiply(held, step, out=stirred)
            np.right_shift(stirred, 15, out=shifted)
            np.bitwise_xor(stirred, shifted, out=stirred)
            np.multiply(stirred, _STIR, out=stirred)
            marks[:, column] = np.minimum.reduceat(stirred, begins)
    return marks


def _meeting(held: _Wordings) -> tuple[Places, Places]:
    """Pairs of neighbours among the texts that agree in a band, or have one frame; their number grows as texts do."""
    found = [_neighbours(np.where(held.framed > 0, held.frame, mix(held.whole)))]
    for band in range(_BANDS if len(held.place) else 0):
        own = held.marks[:, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
        key = mix(own[:, 0]) ^ mix(own[:, 1] * np.uint64(3)) ^ mix(own[:, 2] * np.uint64(5))
        found.append(_neighbours(key))
    width = max(1, len(held.place))
    both = np.unique(np.concatenate(found))
    return both // width, both % width


def _neighbours(key: Hashes) -> Places:
    """Each pair of texts that stand one after the other among those of one key, as one number."""
    order = np.argsort(key, kind="stable")
    same = key[order[1:]] == key[order[:-1]]
    pairs_met: Places = order[:-1][same] * max(1, len(key)) + order[1:][same]
    return pairs_met
