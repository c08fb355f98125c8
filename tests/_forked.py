"""Runs the command line and programs in forks of one process that has imported everything, so that each begins at once.

Who asks sends its words, its folder and its environment as JSON, with its three standard streams, to the socket that
is named first (see tests/_forking.py); it is sent the exit status back when it is over.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from tests import _light
from touchstone.core import finder

HEAVY = ("duckdb", "sqlalchemy", "pyarrow.parquet", "alembic.command", "scipy.stats", "touchstone.home")
HEAVY += ("touchstone.store.jobs", "touchstone.language.model", "touchstone.understand._pass")


def load() -> None:
    """Imports what commands would import; no thread may have begun when a process forks."""
    for name in HEAVY:
        importlib.import_module(name)
    for room in ("act", "listen", "understand", "connect", "measure", "decide", "show"):
        for part in finder.names(room):
            finder.part(room, part)


def run(words: list[str]) -> int:
    """The exit status of the command line with these words; after `-c`, of the program that is the next word."""
    from touchstone.cli import main

    if words[:1] != ["-c"]:
        return main(words)
    exec(compile(words[1], "<example>", "exec"), {"__name__": "__main__"})
    return 0


def forked(work: Callable[[], int], streams: list[int]) -> int:
    """The exit status of `work` in a process of its own, with these standard streams."""
    if (child := os.fork()) == 0:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        status = 1
        try:
            status = work()
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else int(left.code is not None)
        finally:  # who leaves a fork at once flushes nothing, and tells of nothing that was raised
            if sys.exc_info()[1] is not None:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]  # something was raised
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def answer(asked: socket.socket) -> None:
    """Does what one asker wants, in its folder and environment."""
    text, streams, _, _ = socket.recv_fds(asked, 1 << 20, 3)
    wanted = json.loads(text)

    def work() -> int:
        os.chdir(wanted["folder"])
        os.environ.clear()
        os.environ.update(wanted["environment"])
        return run(wanted["words"])

    asked.send(bytes([forked(work, streams) % 256]))
    for stream in streams:
        os.close(stream)


def serve(path: str) -> None:
    """Answers one asker after another, for good."""
    load()
    _light.everything(Path(mkdtemp(dir=Path(path).parent)))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        print("ready", flush=True)
        while True:
            asked, _ = listening.accept()
            with asked:
                answer(asked)


if __name__ == "__main__":
    serve(sys.argv[1])
