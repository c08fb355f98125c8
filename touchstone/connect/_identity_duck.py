"""The database in which persons are matched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def connection() -> Iterator[Any]:
    """A DuckDB of its own, in memory, as Splink opens it: it reads and writes no file."""
    import splink

    duck = splink.DuckDBAPI().duckdb_con
    try:
        for setting in ("temp_directory = ''", "enable_progress_bar = false"):  # no personal data on disk, no talk
            duck.execute(f"set {setting}").fetchall()
        yield duck
    finally:
        duck.close()
