"""A million texts of the example brand from the lake's interactions to its mentions and signals, as `run` does it.

The home is made once and kept in the system's temporary folder, for making it takes longer than what is measured;
what an earlier run understood is forgotten first.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from touchstone.act._journey import STEPS
from touchstone.home import Home
from touchstone.store._lake import Draft
from touchstone.store.home import Store

INTERACTIONS = 4_200_000
"""As many as hold a million texts: three of four interactions of the example brand are a score or an event."""
TARGET = 10  # seconds for a million texts on two cores


def bench(interactions: int = INTERACTIONS) -> Iterator[str]:
    """Lines with the seconds from lake to lake, by the clock and of CPU, and the rows made."""
    home = example(interactions)
    forget(home.store)
    counted = home.ask().lake("select count(*) as n, count(nullif(text, '')) as texts from interaction").to_pylist()[0]
    began, spent = time.perf_counter(), _cpu()
    outcome = STEPS["understand"](home.store)
    clock, cpu = time.perf_counter() - began, _cpu() - spent
    made = {
        name: home.ask().lake(f"select count(*) as n from {name}")["n"][0].as_py() for name in ("mention", "signal")
    }
    home.store.close()
    if outcome != made:
        raise AssertionError(f"{outcome} rows were made, and {made} are in the lake")
    yield f"{counted['texts']:,} texts among {counted['n']:,} interactions: {clock:.1f} s, {cpu:.1f} s of CPU"
    yield f"{made['mention']:,} mentions, {made['signal']:,} signals"
    yield f"{clock * 1e6 / counted['texts']:.1f} s for a million texts (target {TARGET} s on two cores)"


def example(interactions: int) -> Home:
    """The home of the example brand of this size, made where it is not there yet."""
    folder = Path(tempfile.gettempdir()) / f"touchstone-bench-example-{interactions}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        home = Home(unfinished, taxonomy="auto_dealer")
        home.listen("example", interactions=interactions)
        home.store.derive()
        home.store.close()
        unfinished.replace(folder)
    return Home(folder)


def forget(store: Store) -> None:
    """Takes all that was understood out of the lake."""
    lake = store._lake

    def draft(connection: Connection) -> Draft:
        made = Draft(lake.state(connection))
        understood = ("mention", "signal")
        made.drop(piece for piece in made.state.pieces if piece.name.startswith(understood))
        made.marks = {name: 0 for name in made.state.marks if name.startswith(understood)}
        return made

    lake.change(draft, discard=True)


def _cpu() -> float:
    """User and system time of this process and of those it has waited for."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))
