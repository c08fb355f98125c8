"""Teach a model from corrections, readings and examples, and show what it would change. Nothing is applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from touchstone.act._journey import ALL, LESSON

WHO = ("insight",)


def act(
    store: Any,
    *,
    durable: bool = True,
    wait: bool = True,
    progress: Callable[[str, float], None] | None = None,
) -> dict[str, Any]:
    """What was learned and what it would change: {"teach": {"examples"}, "compare": {"texts", "changed"}}.

    The learned model waits beside the one in force until `model.apply` or `model.discard`; the page `teaching` shows
    before and after. A `durable` lesson goes on where it was stopped; without `wait`, {"journey": id} at once.
    """
    if durable:
        from touchstone.store.jobs import Jobs  # tests and scripts do without

        outcome: dict[str, Any] = Jobs(store, ALL).run(list(LESSON), wait=wait, progress=progress)
    else:
        outcome = {name: step(store) for name, step in LESSON.items()}
    store.log("model.teach")
    return outcome
