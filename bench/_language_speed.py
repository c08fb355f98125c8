"""How fast: texts a second and core, the whole `tag` process against scikit-learn's bare scoring, and starting up.

All is CPU time, so that a busy machine changes little; the ratios are of the same run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from sklearn.feature_extraction.text import HashingVectorizer

from bench import _language_methods as methods
from bench import _language_sets as sets
from touchstone.core.taxonomy import write
from touchstone.language.model import load
from touchstone.language.tokens import strings

COUNT = 200_000
START = """
import sys
from touchstone.core.taxonomy import load as taxonomy
from touchstone.language.model import load
load().compile(taxonomy(sys.argv[1]))
"""


def speed(*, quick: bool) -> Iterator[str]:
    """Lines of speed, each beside what is wanted."""
    count = COUNT // 10 if quick else COUNT
    held = sets.restaurants()
    short = [*held.texts, *sets.computers().texts, *sets.mams().texts]
    texts = [short[place % len(short)] for place in range(count)]
    size = sum(len(text.encode()) for text in texts) / count
    yield f"speed on {count:,} texts of {size:.0f} bytes, 12 touchpoints, CPU time of one core"
    yield from _reading(texts)
    with tempfile.TemporaryDirectory() as folder:
        yield from _whole(texts, Path(folder))
        yield from _starting(Path(folder))


def _reading(texts: list[str]) -> Iterator[str]:
    compiled = load().compile(sets.restaurants().taxonomy)
    batches = [strings(texts[begin : begin + 20_000]) for begin in range(0, len(texts), 20_000)]

    def read() -> None:
        for batch in batches:
            reading = compiled.read(batch)
            _ = reading.mentions, reading.kinds, reading.kind_probability, reading.promotional, reading.language

    hashing = HashingVectorizer(ngram_range=(1, 2))
    ours, theirs = len(texts) / _seconds(read), len(texts) / _seconds(lambda: hashing.transform(texts), times=1)
    yield (
        f"Arrow in to all heads out: {ours:,.0f} texts/s, {ours / theirs:.1f} x HashingVectorizer ({theirs:,.0f}/s); "
        + (f"wanted 400,000: {'reached' if ours >= 400_000 else 'NOT REACHED'}")
    )


def _seconds(work: Callable[[], object], *, times: int = 3) -> float:
    """The median CPU time of a piece of work."""
    took = []
    for _ in range(times):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return median(took)


def _whole(texts: list[str], folder: Path) -> Iterator[str]:
    """`touchstone tag` as a whole process against transform and decision_function alone."""
    held = sets.restaurants()
    plain = methods.Plain(list(held.examples), held.taxonomy.names)
    bare = _seconds(lambda: plain.scores(texts), times=1)
    (folder / "taxonomy.yaml").write_text(write(held.taxonomy), "utf-8")
    with (folder / "in.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": place, "text": text}) + "\n" for place, text in enumerate(texts))
    tag = ["-m", "touchstone", "tag", str(folder / "in.jsonl"), "-o", str(folder / "out.jsonl")]
    whole = _child([*tag, "--taxonomy", str(folder / "taxonomy.yaml")])
    yield f"`touchstone tag`, whole process: {whole:.1f} s, scikit-learn's bare scoring {bare:.1f} s: ratio " + (
        f"{bare / whole:.2f}; wanted 1: {'reached' if bare >= whole else 'NOT REACHED'}"
    )


def _starting(folder: Path) -> Iterator[str]:
    took = 1_000 * median(_child(["-c", START, str(folder / "taxonomy.yaml")]) for _ in range(5))
    empty = 1_000 * median(_child(["-c", "pass"]) for _ in range(5))
    yield f"import, load and compile: {took:.0f} ms of CPU from process start (Python alone {empty:.0f}); " + (
        f"wanted 300: {'reached' if took <= 300 else 'NOT REACHED'}"
    )


def _child(arguments: list[str]) -> float:
    """The CPU seconds of a whole Python process."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(errors.read().decode(errors="replace")[-500:])
    return usage.ru_utime + usage.ru_stime
