"""What a function makes of interactions not yet understood, batch by batch, worked out on all cores of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

Rows = Mapping[str, pa.Table]
Function = Callable[[pa.Table], Rows]
"""From interactions to rows of derived tables, by table."""
PART = 25_000  # interactions one thread takes at a time


def on_threads(pending: Iterator[tuple[pa.Table, int]], function: Function) -> Iterator[tuple[Rows, int]]:
    """The rows of each batch with the seq it goes up to, in order; the next batch is worked on meanwhile.

    Threads do where `function` spends its time outside the interpreter's lock, as Arrow, NumPy and the kernel do.
    """
    with ThreadPoolExecutor(os.cpu_count() or 1, "understand") as pool:
        held: tuple[list[Future[Rows]], int] | None = None
        for batch, upto in pending:
            if held is None:
                function(batch.slice(0, 0))  # loads once what every thread will use
            parts = [batch.slice(start, PART) for start in range(0, len(batch), PART)]
            begun = [pool.submit(function, part) for part in parts], upto
            if held is not None:
                yield _together(*held)
            held = begun
        if held is not None:
            yield _together(*held)


def _together(parts: list[Future[Rows]], upto: int) -> tuple[Rows, int]:
    made = [part.result() for part in parts]
    names = dict.fromkeys(name for rows in made for name in rows)
    return {name: pa.concat_tables([rows[name] for rows in made]) for name in names}, upto
