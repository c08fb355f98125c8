"""What tests do without: what is slow on purpose, waiting for the disk, and steps another home has taken before."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from touchstone.core import finder
from touchstone.store import _record, accounts, jobs
from touchstone.store._record import Record

_whole = finder.names
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The same function at a thousandth of its cost; what a hash cost to make is written in it, and so what to check it."""
PRECIOUS = _record.PRAGMAS
HASTY = tuple("synchronous = off" if each == "synchronous = full" else each for each in PRECIOUS)
"""A commit survives a killed process all the same; what it would not survive is a power cut, and no test makes one."""
POLL_SECONDS = 0.03
"""Between two looks at whether a journey is done: it takes tests a moment."""

FEW = {
    "connect": ("promotion", "word_of_mouth"),
    "measure": ("difference", "nps", "sentiment", "volume"),
    "decide": ("priorities",),
}
"""Measures and more enough for a test of a journey as such: forty of them tell it no more."""


def few(room: str) -> list[str]:
    """The parts of a room that a journey of few measures has."""
    return [name for name in _whole(room) if name in FEW.get(room, (name,))]


def everything(folder: Path, put: Callable[[Any, str, Any], None] = setattr) -> None:
    """Lightens this process, for good unless `put` undoes it; `folder` is for the record that others are copies of."""
    put(accounts, "_HASHER", HASHER)
    put(Record, "migrate", migrate(folder / "newest.sqlite"))
    put(_record, "PRAGMAS", HASTY)
    put(jobs, "POLL_SECONDS", POLL_SECONDS)


def migrate(newest: Path) -> Callable[[Record], None]:
    """`Record.migrate`, but a SQLite record that is not there yet begins as a copy of the one at `newest`."""
    step_by_step = Record.migrate

    def copied(record: Record) -> None:
        path = Path(record.engine.url.database or "")
        if not record.shared and not path.exists() and path.parent.is_dir():
            if not newest.exists():
                first = Record(f"sqlite:///{newest}")
                step_by_step(first)
                first.close()
            _copy(newest, path)
        step_by_step(record)

    return copied


def _copy(whole: Path, path: Path) -> None:
    """Copies a file in one go: who opens `path` at the same time finds nothing or all of it."""
    arriving = path.with_name(secrets.token_hex(8))
    shutil.copyfile(whole, arriving)
    with suppress(FileExistsError):  # another was first
        os.link(arriving, path)
    arriving.unlink()
