"""How long a guesser must wait: arithmetic on the instants of failed tries, and who failed when."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
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


class Tries:
    """Who has tried how often of late, in this process; may be asked from many threads at once.

    Beyond `most` keys the one known longest is forgotten.
    """

    def __init__(self, *, most: float = math.inf) -> None:
        self._most = most
        self._failures: defaultdict[str, list[datetime]] = defaultdict(list)
        self._lock = threading.Lock()

    def take(self, keys: Mapping[str, int], *, now: datetime) -> float:
        """Seconds until the next try of these keys (each with what costs it nothing); 0: this one is heard.

        A try that is heard counts as failed until it is forgiven, so that guesses sent at once count too.
        """
        with self._lock:
            pause = max(wait(self._failures[key], now=now, free=free) for key, free in keys.items())
            if not pause:
                for key in [key for key, sent in self._failures.items() if not sent or now - sent[-1] > MEMORY]:
                    del self._failures[key]
                for key in keys:
                    self._failures[key] = [*self._failures[key][-200:], now]
            while len(self._failures) > self._most:
                del self._failures[next(iter(self._failures))]
        return pause.total_seconds()

    def forgive(self, keys: Mapping[str, int], *, now: datetime) -> None:
        """Takes back the try made at `now`: it succeeded."""
        with self._lock:
            for key in keys:
                self._failures[key] = [each for each in self._failures[key] if each != now]
