"""How long visitors wait for each page of the example brand: one alone, the first time and again, then many at once.

The server is a process of its own on loopback. Each page, and what it leads to, is opened by an insider and a dealer:
the first time after the lake has changed, and then several times; told is the processor time of the server. Then twenty
visitors read for some minutes, each opening a page by chance some seconds after the last one was there: a bare page, or
one to which a page led (a customer, a conversation, a figure, findings of one unit).
TOUCHSTONE_BENCH_MANY says how many interactions the brand has, TOUCHSTONE_BENCH_HOME where its home is kept (else it is
made anew and goes away); a home that is there already is taken as it is. TOUCHSTONE_BENCH_SECONDS: for how long they
read.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench._visitor import DEALER, INSIDER, Served, Visitor, served
from touchstone.store.home import open_store

VISITORS, READING = 20, 4.0
"""Visitors at once, every fifth a dealer, and the mean seconds that each reads before the next page."""
SECONDS = float(os.environ.get("TOUCHSTONE_BENCH_SECONDS", "180"))
TARGET = 200  # milliseconds, for 19 of 20 views of each page
TIMES = 5


@dataclass(frozen=True)
class View:
    """One page opened: by whom, which, for the first time or again, and the milliseconds until it was there."""

    who: str
    page: str
    first: bool
    took: float


def bench() -> Iterator[str]:
    """Lines of milliseconds: by page alone, then by page among many visitors, the slowest first."""
    with tempfile.TemporaryDirectory() as passing:
        home = os.environ.get("TOUCHSTONE_BENCH_HOME", passing)
        many = os.environ.get("TOUCHSTONE_BENCH_MANY")
        build = [sys.executable, "-m", "touchstone", "demo", "--no-serve", "--home", home]
        if not (Path(home) / "record.sqlite").exists():
            size = ["--set", f"interactions={many}"] if many else []
            subprocess.run([*build, *size], check=True, capture_output=True)
        with served(home) as server:
            yield f"load of the machine before: {_load()}"
            found = {}
            for who in (INSIDER, DEALER):
                with Visitor(server.address, who) as visitor:
                    found[who] = yield from _alone(home, server, visitor)
            yield from _together(server, found)


def _alone(home: str, server: Served, visitor: Visitor) -> Generator[str, None, dict[str, list[str]]]:
    """What each page takes of the processor, after the lake has changed and again; gives the addresses, by page."""
    found = visitor.addresses()
    yield f"{visitor.who}: {len(found)} pages, {sum(map(len, found.values()))} addresses"
    yield "   milliseconds of CPU at the first view after a change, of waiting for it; of CPU again, of waiting again"
    rows = []
    for page, addresses in found.items():
        _change(home)
        first = _taken(server, visitor, addresses[0])
        again = [_taken(server, visitor, addresses[0]) for _ in range(TIMES)]
        used, took = (statistics.mean(each) for each in zip(*again, strict=True))
        rows.append((took, used, *first, page))
    for took, used, first_used, first_took, page in sorted(rows, reverse=True):
        yield f"   {page:<16}{first_used:6.0f}{first_took:6.0f}{used:6.0f}{took:6.0f}"
    return found


def _change(home: str) -> None:
    """Raises the lake's version, so that all that was answered is asked anew."""
    store = open_store(home)
    store.put("unit", [])
    store.close()


def _taken(server: Served, visitor: Visitor, address: str) -> tuple[float, float]:
    """Milliseconds of the server's processor time, and of waiting, for one view."""
    used = server.used()
    took = visitor.open(address)
    return 1000 * (server.used() - used), took


def _together(server: Served, found: dict[str, dict[str, list[str]]]) -> Iterator[str]:
    """What visitors at once waited, by page."""
    with ExitStack() as open_doors, ThreadPoolExecutor(VISITORS) as at_once:
        whose = [DEALER if number % 5 == 4 else INSIDER for number in range(VISITORS)]
        visitors = [open_doors.enter_context(Visitor(server.address, who)) for who in whose]  # one after another
        known = set[tuple[str, str]]()
        for visitor, who in zip(visitors[3:5], whose[3:5], strict=True):
            for page in found[who]:
                visitor.open(found[who][page][0])  # what else they lead to is opened first by who comes to it
                known.add((who, found[who][page][0]))
        began, used, own = time.monotonic(), server.used(), time.process_time()
        parts = list(
            at_once.map(lambda at: _reads(at, visitors[at], found[whose[at]], whose[at], known), range(VISITORS))
        )
        lasted = time.monotonic() - began
        used, own = server.used() - used, time.process_time() - own
    views = [each for part in parts for each in part]
    middle, most, last = (_within([each.took for each in views], share) for share in (0.5, 0.95, 0.99))
    yield f"{VISITORS} visitors, each a page every {READING:.0f} s or so for {lasted:.0f} s: {len(views)} views"
    yield f"   the server worked {100 * used / lasted:.0f} % of one core, the visitors {100 * own / lasted:.0f} %"
    yield f"   load of the machine at the end: {_load()}"
    yield f"   all pages: median {middle:.0f} ms, 19 of 20 within {most:.0f} ms, 99 of 100 within {last:.0f} ms"
    for first, called in ((False, "opened before"), (True, "opened for the first time since the lake changed")):
        rows = sorted(_by_page([each for each in views if each.first == first]), reverse=True)
        yield f"   {called}:"
        for most, middle, count, worst, who, page in rows:
            told = f"19 of 20 within {most:5.0f} ms, median {middle:4.0f}, most {worst:5.0f}, {count:3} views"
            yield f"      {page:<16} {who:<8} {told}{' !' if most > TARGET else ''}"
        yield f"   {called}: {sum(row[0] > TARGET for row in rows)} of {len(rows)} pages over {TARGET} ms"


def _by_page(views: list[View]) -> Iterator[tuple[float, float, int, float, str, str]]:
    for who, page in sorted({(each.who, each.page) for each in views}):
        waits = [each.took for each in views if (each.who, each.page) == (who, page)]
        yield _within(waits, 0.95), _within(waits, 0.5), len(waits), max(waits), who, page


def _reads(
    seed: int, visitor: Visitor, found: dict[str, list[str]], who: str, known: set[tuple[str, str]]
) -> list[View]:
    """Pages that one visitor opens by chance: which, then which address of it; `known` are those opened before."""
    chance, views = random.Random(seed), []
    time.sleep(chance.uniform(0, READING))
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        page = chance.choice(list(found))
        address = chance.choice(found[page])
        first = (who, address) not in known
        known.add((who, address))
        views.append(View(visitor.who, page, first, visitor.open(address)))
        time.sleep(chance.expovariate(1 / READING))
    return views


def _within(waits: list[float], share: float) -> float:
    """The milliseconds within which that share of them lies; 0 where there are none."""
    return sorted(waits)[min(int(share * len(waits)), len(waits) - 1)] if waits else 0.0


def _load() -> str:
    return " ".join(f"{each:.2f}" for each in os.getloadavg())
