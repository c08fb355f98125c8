"""Sentences of our own about things of many trades, each with the polarity of each thing in it, seeded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from training.lists import lines

Said = tuple[str, str, str]
"""A text, the thing asked about, the polarity of that thing."""


def sentences(count: int, *, seed: int, things: int = 2) -> Iterator[Said]:
    """`count` texts from the frames of words/frames.txt about at most so many things, evenly over polarities."""
    words, frames = _held("words"), _held("frame")
    chance = np.random.default_rng(seed)
    sides = sorted(side for side in frames if things > 1 or not side.endswith(" two"))
    for number in range(count):
        side = sides[number % len(sides)]
        frame = str(chance.choice(frames[side]))
        filled: dict[str, str] = {}
        for slot in _slots(frame):
            kind = slot.rstrip("23")
            left = [word for word in words[kind] if word not in filled.values()]
            filled[slot] = str(chance.choice(left))
        text = frame
        for slot, word in filled.items():
            text = text.replace(f"{{{slot}}}", word)
        yield text, filled["thing"], side.partition(" ")[0]


def things() -> list[str]:
    """What the sentences are about."""
    return _held("words")["thing"]


def _held(kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for head, tail in lines("frames"):
        own, _, name = head.partition(" ")
        if own == kind:
            found.setdefault(name, []).extend(part.strip() for part in tail.split("|") if part.strip())
    return found


def _slots(frame: str) -> list[str]:
    return list(dict.fromkeys(part.partition("}")[0] for part in frame.split("{")[1:]))
