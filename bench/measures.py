"""How long measures take, and what they find of what was planted; each measure's lines are in a file of its own.

How long they take comes first. A file is begun only while less than TOUCHSTONE_BENCH_SECONDS of CPU time (1 200) went
by; those left out are named, and `python -c "from bench._measures_NAME import lines; print(*lines(), sep=chr(10))"`
runs one alone.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

SPEED = "_measures_speed"


WITHIN = 1_200.0  # seconds of CPU time


def bench(*, quick: bool = False) -> Iterator[str]:
    """The lines of every `_measures_NAME.py`, and the CPU time each file took; `quick`: only how long measures take."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("_measures_*.py"))
    within, start = float(os.environ.get("TOUCHSTONE_BENCH_SECONDS", WITHIN)), time.process_time()
    for name in [SPEED] if quick else sorted(names, key=lambda each: each != SPEED):
        began = time.process_time()
        if began - start > within:
            yield f"({name.removeprefix('_measures_')}: left out after {within:.0f} s of CPU)"
            continue
        yield from importlib.import_module(f"bench.{name}").lines()
        yield f"({name.removeprefix('_measures_')}: {time.process_time() - began:.0f} s of CPU)"
