"""How long a guesser must wait: pure arithmetic on the instants of failed sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

FREE = 5
"""Failures that cost nothing: people mistype."""
MEMORY = timedelta(minutes=30)
"""Failures older than this are forgotten."""
LONGEST = timedelta(minutes=15)


def wait(failures: Sequence[datetime], *, now: datetime, free: int = FREE) -> timedelta:
    """How long from `now` until the next try is heard: zero, or the rest of 1, 2, 4, … seconds since the last failure.

    The pause doubles with each failure above `free` within half an hour and never exceeds a quarter of an hour.
    """
    recent = [each for each in failures if timedelta() <= now - each < MEMORY]
    if len(recent) < free:
        return timedelta()
    pause = min(timedelta(seconds=2.0 ** min(len(recent) - free, 20)), LONGEST)
    return max(timedelta(), max(recent) + pause - now)
