"""Starts the command line again and again in processes of their own, quick to begin because they are forks.

Reads lines of JSON, each a list of command lines, from standard input; for each line forks a process that runs them in
order, and prints the process's id, then, when it is over, its exit status (negative: the signal that ended it).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys

from touchstone.core import finder

HEAVY = ("duckdb", "sqlalchemy", "pyarrow.parquet", "alembic.command", "scipy.stats", "touchstone.home")
HEAVY += ("touchstone.store.jobs", "touchstone.language.model", "touchstone.understand._pass")


FEW = {
    "connect": ("promotion", "word_of_mouth"),
    "measure": ("difference", "nps", "sentiment", "volume"),
    "decide": ("priorities",),
}
"""A kill within one of forty measures is as one within another: with all of them, kills elsewhere would be rare."""


def load() -> None:
    """Imports what the commands would import, so that a kill falls into their work."""
    whole = finder.names
    finder.names = lambda room: [name for name in whole(room) if name in FEW.get(room, (name,))]
    for name in HEAVY:
        importlib.import_module(name)
    for room in ("act", "listen", "understand", "measure", "decide"):
        for part in finder.names(room):
            finder.part(room, part)


def run(commands: list[list[str]]) -> int:
    """The first exit code that is not 0, or 0."""
    from touchstone.cli import main

    with contextlib.redirect_stdout(io.StringIO()):
        return next((code for command in commands if (code := main(command))), 0)


def serve() -> None:
    """Forks one process per line read."""
    load()
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            os._exit(run(json.loads(line)))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
