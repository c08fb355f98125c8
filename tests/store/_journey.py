"""A journey of five steps in a process of its own, to be killed: `python -m tests.store._journey run|serve HOME`.

Each step writes its name and process to the home's `steps.log`; a file `hold-c` makes step c wait until it is gone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from touchstone.store.home import Store, open_store
from touchstone.store.jobs import Jobs

NAMES = ("a", "b", "c", "d", "e")


def steps() -> Mapping[str, Callable[[Store], dict[str, Any]]]:
    """The five steps by name."""
    return {name: _step(name) for name in NAMES}


def _step(name: str) -> Callable[[Store], dict[str, Any]]:
    def step(store: Store) -> dict[str, Any]:
        with (store.path / "steps.log").open("a") as log:
            log.write(f"{name} {os.getpid()}\n")
        while (store.path / f"hold-{name}").exists():
            time.sleep(0.01)
        return {"did": name}

    return step


def main(how: str, home: str) -> None:
    """Runs one journey, or serves until killed."""
    jobs = Jobs(open_store(Path(home)), steps())
    if how == "run":
        jobs.run(NAMES)
    else:
        with jobs.serving():
            time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
