"""What the clock does: every action that says by `EVERY` how often, whenever it is time again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from touchstone.core import finder

KEPT = "clock"  # the choice that says when an action was last begun


def tick(store: Any) -> dict[str, str]:
    """Does what is due; action → `done`, or the kind of its error. One that fails keeps no other from its turn.

    When it was begun is kept first: an action that is killed or fails has its next turn at its next time.
    """
    found = {}
    for name in finder.names("act"):
        every: timedelta | None = getattr(finder.part("act", name), "EVERY", None)
        if every is not None and _due(store, name, every):
            store.choose(f"{KEPT} {name}", store.now.isoformat())
            found[name] = _done(store, name)
    return found


def _due(store: Any, name: str, every: timedelta) -> bool:
    last = store.chosen(f"{KEPT} {name}")
    return not last or store.now - datetime.fromisoformat(last) >= every


def _done(store: Any, name: str) -> str:
    """Does it in a thread of its own, so that whatever goes wrong there is looked at here."""
    with ThreadPoolExecutor(1, thread_name_prefix=name) as worker:
        error = worker.submit(finder.verb("act", name), store).exception()
    if error is None:
        return "done"
    store.log("clock.failed", what=name, error=type(error).__name__)
    return type(error).__name__
