"""A million texts against each other: time, memory, what is found of what was copied; a library beside it."""

from __future__ import annotations

import importlib.util
import random
import resource
import time
from collections.abc import Iterator

import pyarrow as pa

from touchstone.language.copies import copies

_WORDS = [chr(97 + n % 26) + chr(97 + n // 26 % 26) + chr(97 + n // 676) + "ord" for n in range(5000)]
_COPIED = 10  # one text in so many is a copy, word for word or with one word changed


def bench(*, quick: bool = False) -> Iterator[str]:
    """CPU seconds of ours on a million texts, and of rensa on a tenth where it is installed."""
    count = 100_000 if quick else 1_000_000
    texts, source = _texts(count)
    held = pa.array(texts)
    began, cpu = time.perf_counter(), time.process_time()
    found = copies(held, alike=0.6, least_words=8)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    yield f"{count:,} texts of 27 words: {cpu:.1f} CPU s, {wall:.1f} s, {peak:.1f} GB at most (goal: 60 s)"
    first = len(texts) - len(source)
    told = sum(found.group[first + n] == found.group[place] for n, place in enumerate(source))
    yield f"copies linked with what they copy: {told:,} of {len(source):,}; texts linked: {(found.size > 1).sum():,}"
    yield from _rensa(texts[: count // 10])


def _texts(count: int) -> tuple[list[str], list[int]]:
    chance = random.Random(1)
    texts = [" ".join(chance.choices(_WORDS, k=chance.randint(8, 45))) for _ in range(count - count // _COPIED)]
    source = [chance.randrange(len(texts)) for _ in range(count // _COPIED)]
    return texts + [_changed(texts[place], chance) for place in source], source


def _changed(text: str, chance: random.Random) -> str:
    words = text.split()
    if chance.random() < 0.5 and len(words) > 20:
        words[chance.randrange(len(words))] = chance.choice(_WORDS)
    return " ".join(words)


def _rensa(texts: list[str]) -> Iterator[str]:
    if importlib.util.find_spec("rensa") is None:
        yield "rensa: not installed (`pip install rensa`)"
        return
    import rensa  # type: ignore[import-not-found,unused-ignore]  # only where somebody compares

    cpu = time.process_time()
    index = rensa.RMinHashLSH(threshold=0.6, num_perm=36, num_bands=12)
    marks = []
    for place, text in enumerate(texts):
        words = text.split()
        mark = rensa.RMinHash(num_perm=36, seed=1)
        mark.update([" ".join(words[n : n + 3]) for n in range(max(1, len(words) - 2))])
        index.insert(place, mark)
        marks.append(mark)
    pairs = sum(len(index.query(mark)) for mark in marks)
    yield f"rensa on {len(texts):,} of them: {time.process_time() - cpu:.1f} CPU s ({pairs:,} candidates, no groups)"
