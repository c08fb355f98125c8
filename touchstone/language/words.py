"""Written words and phrases as the hashes by which texts are looked up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchstone.language.tokens import BEGIN, Hashes, mix, pairs, strings, tokenise

STEM = np.uint64(0x3C79AC492BA7B653)
_WITHIN = 5  # letters a word must have to be known by its stem


def salt(language: str) -> np.uint64:
    """What sets a language's words apart from the same letters in others; nothing for English and unknown."""
    if language in ("", "en", "und"):
        return np.uint64(0)
    number = int.from_bytes(language.encode("utf-8").ljust(8, b"\0")[:8], "little")
    return np.uint64(mix(np.array([number * 0x9E3779B97F4A7C15 & (1 << 64) - 1], np.uint64))[0])


def split(phrase: str) -> list[str]:
    """The words of a phrase as the tokeniser sees them; `^` (the beginning of a sentence) stays."""
    return split_all([phrase])[0]


def split_all(phrases: Sequence[str]) -> list[list[str]]:
    """The words of each phrase, as `split` gives them."""
    tokens = tokenise(strings([phrase.replace("^", " ") for phrase in phrases]))
    found: list[list[str]] = [["^"] if phrase.startswith("^") else [] for phrase in phrases]
    data = tokens.data.tobytes()
    for owner, begin, end in zip(tokens.text.tolist(), tokens.start.tolist(), tokens.stop.tolist(), strict=True):
        found[owner].append(data[begin:end].decode("utf-8", "replace"))
    return found


def hashes(words: Sequence[str]) -> Hashes:
    """The hash of each single word; `^` is the beginning of a sentence."""
    found = np.zeros(len(words), np.uint64)
    tokens = tokenise(strings(words))
    first = np.searchsorted(tokens.text, np.arange(len(words)))
    has = first < len(tokens.text)
    has[has] &= tokens.text[first[has]] == np.flatnonzero(has)
    found[has] = tokens.hash[first[has]]
    found[[place for place, word in enumerate(words) if word == "^"]] = BEGIN
    return found


def stems(words: Sequence[str]) -> tuple[Hashes, np.ndarray]:
    """Hashes by which a word is found under another ending, and which word each belongs to."""
    keys: list[Hashes] = []
    owners: list[np.ndarray] = []
    long = [place for place, word in enumerate(words) if len(word) >= _WITHIN]
    for shorter in (0, 1):
        cut = [words[place][: len(words[place]) - shorter] for place in long]
        keys.append(hashes(cut) ^ STEM)
        owners.append(np.array(long, np.int32))
    return np.concatenate(keys), np.concatenate(owners)


def gram(words: Sequence[str]) -> np.uint64:
    """The hash of two or three words in a row, of which the first may be `^`."""
    return np.uint64(grams([words])[0])


def grams(phrases: Sequence[Sequence[str]]) -> Hashes:
    """The hash of each phrase of two or three words."""
    if not phrases:
        return np.zeros(0, np.uint64)
    own = hashes([word for words in phrases for word in words])
    lengths = np.array([len(words) for words in phrases])
    last = np.cumsum(lengths) - 1
    begins = np.zeros(len(own), np.bool_)
    begins[last - lengths + 1] = True
    two, three = pairs(own, begins)
    chosen: Hashes = np.where(lengths == 2, two[last], three[last])
    return chosen


__all__ = ["STEM", "gram", "grams", "hashes", "salt", "split", "split_all", "stems"]
