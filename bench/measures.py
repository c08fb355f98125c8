"""What measures find of what was planted, and how long they take; each measure's lines are in a file of its own."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path


def bench() -> Iterator[str]:
    """The lines of every `_measures_NAME.py`."""
    for path in sorted(Path(__file__).parent.glob("_measures_*.py")):
        yield from importlib.import_module(f"bench.{path.stem}").lines()
