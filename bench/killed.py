"""Laws that tests put to the proof a few times, many times: homes killed (kill -9) at random, decisions at random."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.store.test_customers import STEPS, decided
from tests.store.test_kill import killed


def bench(*, quick: bool = False) -> Iterator[str]:
    """How many kills and decisions were survived without a row lost, doubled or changed."""
    kills, rows = (10, 1_000) if quick else (60, 4_000)
    with tempfile.TemporaryDirectory() as folder:
        survived = killed(Path(folder), kills=kills, rows=rows)
    yield f"{survived} of {kills} kills survived on {rows:,} reviews: every table as in the undisturbed home"
    worlds = 40 if quick else 400
    for seed in range(worlds):
        decided(seed)
    yield f"{worlds * STEPS:,} decisions left customers consistent, and none left a trace once taken back"
