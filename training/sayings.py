"""Texts for the word rows alone, drawn with a seed: our own grammar over many industries, and pieces of the corpora."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from touchstone.core.taxonomy import Taxonomy, load, ready_made
from training import lists

_SEED = 20261122
_OF_INDUSTRIES, _OF_WORDS = 60_000, 3  # texts over taxonomies; texts for each word of the teacher's vocabulary
_PIECES, _EXCHANGED = 90_000, 90_000  # a few words in a row of the corpora; sentences of theirs with words exchanged
_LONGEST = 16  # words of a sentence in which words are exchanged
_SLOT = re.compile(r"\{(\w+)\}")


def texts(words: list[str]) -> list[str]:
    """Each different text, in order: over the ready-made taxonomies, and around each of the `words`."""
    drawn = random.Random(_SEED)
    slots, frames, around = _read()
    taxonomies = [load(name) for name in ready_made()]
    found = []
    for _ in range(_OF_INDUSTRIES):
        frame = drawn.choice(frames)
        found.append(_filled(frame, slots, drawn, _things(drawn.choice(taxonomies), drawn)))
    for word in words:
        for frame in drawn.sample(around, _OF_WORDS):
            things = _things(drawn.choice(taxonomies), drawn)
            beside = iter([word])
            things["word"] = lambda beside=beside: next(beside, None) or drawn.choice(words)
            found.append(_filled(frame, slots, drawn, things))
    return sorted(dict.fromkeys(found))


def pieces(words: list[str], sentences: list[str]) -> list[str]:
    """Each different piece of the sentences, in order: a few words in a row, and whole ones with words exchanged."""
    drawn = random.Random(_SEED + 1)
    taxonomies = [load(name) for name in ready_made()]
    parted = [parts for sentence in sentences if len(parts := sentence.split()) > 3]
    short = [parts for parts in parted if len(parts) <= _LONGEST]
    found = []
    for _ in range(_PIECES):
        parts = drawn.choice(parted)
        length = drawn.randint(2, 7)
        begin = drawn.randrange(max(1, len(parts) - length + 1))
        found.append(" ".join(parts[begin : begin + length]))
    for _ in range(_EXCHANGED):
        parts = list(drawn.choice(short))
        things = _things(drawn.choice(taxonomies), drawn)
        for place in drawn.sample(range(len(parts)), drawn.randint(1, 2)):
            parts[place] = things["thing"]() if drawn.random() < 0.6 else drawn.choice(words)
        found.append(" ".join(parts))
    return sorted(dict.fromkeys(found))


def _read() -> tuple[dict[str, list[str]], list[str], list[str]]:
    """Slots, frames over taxonomies, and frames around a word."""
    slots: dict[str, list[str]] = {}
    frames: list[str] = []
    around: list[str] = []
    for head, tail in lists.lines("sayings"):
        if head in ("frame", "word"):
            (frames if head == "frame" else around).append(tail)
        else:
            slots[head] = [each.strip() for each in tail.split("|")]
    return slots, frames, around


def _things(taxonomy: Taxonomy, drawn: random.Random) -> dict[str, Callable[[], str]]:
    """What may be spoken of: words of one touchpoint, and of another."""
    near, far = drawn.sample(taxonomy.touchpoints, 2)
    own, others = ([*each.words.get("en", ()), *each.components, each.name] for each in (near, far))
    return {"thing": lambda: drawn.choice(own), "other": lambda: drawn.choice(own), "far": lambda: drawn.choice(others)}


def _filled(frame: str, slots: dict[str, list[str]], drawn: random.Random, things: dict[str, Callable[[], str]]) -> str:
    """The frame with each slot filled by one of its words."""
    return _SLOT.sub(lambda slot: things[slot[1]]() if slot[1] in things else drawn.choice(slots[slot[1]]), frame)
