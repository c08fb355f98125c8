"""What many short texts speak of: groups of texts by the telling words they share, directly or through other words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_ROUNDS = 60  # of turning the axes; they settle long before
_TURNS = 20  # shuffles that say how much order chance makes: it makes more in one world of twenty-one


@dataclass(frozen=True)
class Themes:
    """`of` is the theme of each text (-1: none); `weight` (themes, words) how much each word stands for each theme."""

    of: Places
    weight: Floats


def themes(presence: Floats, *, most: int = 30, alike: float = 0.2, seed: int = 0) -> Themes:
    """Groups of texts from `presence` (texts, words), 1 where a text has a word.

    Latent semantic analysis (Deerwester et al. 1990) finds words that keep the same company though they never meet; as
    many axes are kept as have more order than shuffled words (parallel analysis, Horn 1965), at most `most`, turned by
    varimax (Kaiser 1958) so that each stands for few words. A text goes to its strongest axis; groups whose mean texts
    have a cosine of `alike` or more are joined, the nearest first. No theme where chance makes as much order.
    """
    texts, words = presence.shape
    if texts < 2 or words < 2:
        return Themes(np.full(texts, -1, np.int64), np.zeros((0, words)))
    scaled = _scaled(presence)
    axes = _axes(scaled, presence, most, seed)
    if not axes.shape[1]:
        return Themes(np.full(texts, -1, np.int64), np.zeros((0, words)))
    turned = _varimax(axes)
    turned = turned * np.sign(turned[np.abs(turned).argmax(axis=0), np.arange(turned.shape[1])])
    strength = scaled @ turned
    of = np.where(strength.max(axis=1) > 1e-9, strength.argmax(axis=1), -1).astype(np.int64)
    return _joined(of, scaled, alike)


def _scaled(presence: Floats) -> Floats:
    """Texts as directions: rare words count more, long texts no more than short ones."""
    weighed = presence / np.sqrt(np.fmax(presence.sum(axis=0), 1.0))
    length = np.linalg.norm(weighed, axis=1, keepdims=True)
    return np.asarray(weighed / np.where(length > 0, length, 1.0), float)


def _axes(scaled: Floats, presence: Floats, most: int, seed: int) -> Floats:
    """The leading axes (words, kept) scaled by their strength: one more than hang together beyond shuffled words."""
    chance, by_chance = np.random.default_rng(seed), np.zeros(presence.shape[1])
    counts = presence.sum(axis=0).astype(int).tolist()
    for _ in range(_TURNS):
        by_chance = np.fmax(by_chance, _order(_strewn(counts, len(presence), chance)))
    beyond = int(np.append(_order(csc_array(presence)) > by_chance + 1e-9, False).argmin())
    kept = min(most, beyond + 1) if beyond else 0
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    leading = vectors[:, ::-1][:, :kept] * np.sqrt(np.fmax(values[::-1][:kept], 0.0))
    return np.asarray(leading, float)


def _strewn(counts: list[int], texts: int, chance: np.random.Generator) -> csc_array:
    """Words that stand in as many texts as they do, in whichever: what hangs together in them does so by chance."""
    places = [chance.choice(texts, count, replace=False, shuffle=False) for count in counts]
    ends = np.concatenate([[0], np.cumsum(counts)])
    return csc_array((np.ones(ends[-1]), np.concatenate(places), ends), shape=(texts, len(counts)))


def _order(presence: csc_array) -> Floats:
    """How much words hang together along each axis: eigenvalues of their correlations, the largest first."""
    texts = presence.shape[0]
    share = presence.sum(axis=0) / texts
    length = np.sqrt(np.fmax(texts * share * (1 - share), 0.0))
    length = np.where(length > 1e-9, length, np.inf)
    apart = (presence.T @ presence).toarray() - texts * np.outer(share, share)
    found: Floats = np.linalg.eigvalsh(apart / np.outer(length, length))[::-1]
    return found


def _varimax(axes: Floats) -> Floats:
    """The axes turned so that the squares of their loadings differ as much as they can."""
    turn = np.eye(axes.shape[1])
    for _ in range(_ROUNDS):
        loaded = axes @ turn
        left, _, right = np.linalg.svd(axes.T @ (loaded**3 - loaded * (loaded**2).mean(axis=0)))
        turn = left @ right
    return np.asarray(axes @ turn, float)


def _joined(of: Places, scaled: Floats, alike: float) -> Themes:
    """Groups whose mean texts point the same way become one, the nearest two first."""
    labels = [each for each in range(int(of.max(initial=-1)) + 1) if (of == each).any()]
    sums = {each: scaled[of == each].sum(axis=0) for each in labels}
    while len(sums) > 1:
        names = sorted(sums)
        means = np.stack([sums[each] / np.linalg.norm(sums[each]) for each in names])
        near = means @ means.T
        np.fill_diagonal(near, -1.0)
        one, two = np.unravel_index(int(near.round(9).argmax()), near.shape)
        if near[one, two] < alike:
            break
        keep, gone = names[int(one)], names[int(two)]
        sums[keep] = sums[keep] + sums.pop(gone)
        of = np.where(of == gone, keep, of)
    names = sorted(sums, key=lambda each: (-int((of == each).sum()), each))
    place = {name: at for at, name in enumerate(names)}
    numbered = np.array([place.get(int(each), -1) for each in of], np.int64)
    weight = np.stack([sums[each] for each in names]) if names else np.zeros((0, scaled.shape[1]))
    return Themes(numbered, weight)
