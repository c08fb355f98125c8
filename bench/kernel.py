"""How many texts a second one core reads, step by step: `python -m bench kernel`.

Airline reviews and tweets, cut at 93 characters, as one Arrow array; CPU time, the least of nine. Beside it, on the
same texts in the same run: scikit-learn's HashingVectorizer (words and pairs, no learning, no scoring). First it is
checked that the C kernel and NumPy find the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet as pq
from sklearn.feature_extraction.text import HashingVectorizer

from touchstone.core import settings, taxonomy
from touchstone.language import plain
from touchstone.language.compiled import Compiled
from touchstone.language.model import load
from touchstone.language.tokens import strings, tokenise

LENGTH, TEXTS = 93, 20_000


def texts() -> list[str]:
    """Short texts of people, again and again until there are enough."""
    folder = Path(settings.load().test_data)
    held: list[str] = []
    for name, column in (("skytrax-2015/airline", "content"), ("twitter-us-airline-sentiment/tweets", "text")):
        held += [each[:LENGTH] for each in pq.read_table(folder / f"{name}.parquet")[column].to_pylist() if each]
    return (held * (1 + TEXTS // len(held)))[:TEXTS]


def seconds(what: Callable[[], object]) -> float:
    """CPU time, the least of nine runs."""
    least = float("inf")
    for _ in range(9):
        begin = time.process_time()
        what()
        least = min(least, time.process_time() - begin)
    return least


def everything(compiled: Compiled, array: pa.Array) -> None:
    """All heads of all texts."""
    reading = compiled.read(array)
    assert len(reading.mentions.text) > 0
    assert len(reading.language) == len(reading.kinds) == len(reading.promotional)


def bench() -> Iterator[str]:
    """Texts a second and core, and the ratio to scikit-learn's vectoriser."""
    held = texts()
    array = strings(held)
    compiled = load().compile(taxonomy.load("restaurant"))
    kernel = compiled.kernel
    yield f"{len(held):,} texts of {np.mean([len(each.encode()) for each in held]):.0f} bytes, one core"
    hashing = HashingVectorizer(ngram_range=(1, 2))
    base = seconds(lambda: hashing.transform(held))
    steps: list[tuple[str, Callable[[], object]]] = [("NumPy: tokens alone", lambda: tokenise(array))]
    steps.append(("NumPy: sums of all heads", lambda: plain.found(array, compiled.lexicon, compiled.table)))
    if kernel is None:
        yield "no C kernel here: `python hatch_build.py` builds it"
    else:
        one, other = kernel.found(array), plain.found(array, compiled.lexicon, compiled.table)
        assert all(np.array_equal(getattr(one, each), getattr(other, each)) for each in ("moods", "by_text", "cues"))
        for widest, name in enumerate(("as every processor has them", "AVX2", "as wide as here")):
            steps.append((f"C, vectors {name}: sums", lambda widest=widest: kernel.found(array, widest=widest)))
    steps.append(("Arrow in, all heads out", lambda: everything(compiled, array)))
    yield f"{'scikit-learn HashingVectorizer, words and pairs':48s} {len(held) / base:12,.0f} texts/s   1.0"
    for name, step in steps:
        took = seconds(step)
        yield f"{name:48s} {len(held) / took:12,.0f} texts/s {base / took:5.1f}"
