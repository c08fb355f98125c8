"""Starts the command line again and again in processes of their own, quick to begin because they are forks.

Reads lines of JSON, each a list of command lines, from standard input; for each line forks a process that runs them in
order, and prints the process's id, then, when it is over, its exit status (negative: the signal that ended it).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys

from tests import _light
from tests._forked import load
from touchstone.core import finder


def run(commands: list[list[str]]) -> int:
    """The first exit code that is not 0, or 0."""
    from touchstone.cli import main

    with contextlib.redirect_stdout(io.StringIO()):
        return next((code for command in commands if (code := main(command))), 0)


def serve() -> None:
    """Forks one process per line read."""
    load()
    finder.names = _light.few  # with forty measures, kills elsewhere would be rare
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            os._exit(run(json.loads(line)))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
