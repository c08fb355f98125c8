"""What the clock does: every action that says by `EVERY` how often, whenever it is time again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from touchstone.act import _apart
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
    failed = _apart.error(lambda: finder.verb("act", name)(store))
    if failed is None:
        return "done"
    store.log("clock.failed", what=name, error=type(failed).__name__)
    return type(failed).__name__
