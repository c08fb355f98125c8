"""Doing something so that whatever goes wrong in it, an error of any kind, is looked at where it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def error(do: Callable[[], Any]) -> BaseException | None:
    """What went wrong, done in a thread of its own; None where nothing did."""
    with ThreadPoolExecutor(1, thread_name_prefix="apart") as worker:
        return worker.submit(do).exception()
