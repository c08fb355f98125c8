"""Run the journey: understand, connect, measure and decide whatever is new."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from touchstone.act._journey import ALL, STEPS

WHO = ("insight",)


def act(store: Any, *, durable: bool = True, progress: Callable[[str, float], None] | None = None) -> dict[str, Any]:
    """Each step with what it did; steps are idempotent, and a `durable` journey goes on where it was stopped."""
    outcome = _durable(store, progress) if durable else _at_once(store, progress)
    store.log("run")
    return outcome


def _durable(store: Any, progress: Callable[[str, float], None] | None) -> dict[str, Any]:
    from touchstone.store.jobs import Jobs  # the one-shot report does without

    outcome: dict[str, Any] = Jobs(store, ALL).run(list(STEPS), progress=progress)
    return outcome


def _at_once(store: Any, progress: Callable[[str, float], None] | None) -> dict[str, Any]:
    outcome = {}
    for name, step in STEPS.items():
        began = time.perf_counter()
        outcome[name] = step(store)
        if progress is not None:
            progress(name, time.perf_counter() - began)
    return outcome
