"""What measures find of what was planted, and how long they take; each measure's lines are in a file of its own."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from pathlib import Path

SPEED = "_measures_speed"


def bench(*, quick: bool = False) -> Iterator[str]:
    """The lines of every `_measures_NAME.py`, and the CPU time each file took; `quick`: only how long measures take."""
    for path in sorted(Path(__file__).parent.glob("_measures_*.py")):
        if not quick or path.stem == SPEED:
            began = time.process_time()
            yield from importlib.import_module(f"bench.{path.stem}").lines()
            yield f"({path.stem.removeprefix('_measures_')}: {time.process_time() - began:.0f} s of CPU)"
