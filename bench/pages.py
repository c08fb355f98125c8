"""How long visitors wait for each page of the example brand: one alone, against the sign-in page, then many at once.

The server is a process of its own on loopback; each page is fetched once to warm it and then several times. Then
twenty visitors read for a minute, each opening a page by chance some seconds after the last one was there.
TOUCHSTONE_BENCH_MANY says how many interactions the brand has, TOUCHSTONE_BENCH_HOME where its home is kept (else it is
made anew and goes away); a home that is there already is taken as it is.
"""

from __future__ import annotations

import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from touchstone.core import finder
from touchstone.home.demo import PASSWORD

TIMES = 7
VISITORS, READING, SECONDS = 20, 5.0, 60.0
"""Visitors at once, the mean seconds that each reads before the next page, and for how long they come."""
TARGET = 200  # milliseconds, for 19 of 20 pages


def bench() -> Iterator[str]:
    """Median milliseconds by page, and as a multiple of the page that asks the lake nothing; then of many at once."""
    with tempfile.TemporaryDirectory() as passing:
        home = os.environ.get("TOUCHSTONE_BENCH_HOME", passing)
        many = os.environ.get("TOUCHSTONE_BENCH_MANY")
        build = [sys.executable, "-m", "touchstone", "demo", "--no-serve", "--home", home]
        if not (Path(home) / "record.sqlite").exists():
            size = ["--set", f"interactions={many}"] if many else []
            subprocess.run([*build, *size], check=True, capture_output=True)
        with _served(home) as visitor:
            bare = _median(visitor, "/sign-in")
            _sign_in(visitor)
            for name in PAGES:
                took = _median(visitor, _address(name))
                yield f"{name:<12}{took:6.0f} ms, {took / bare:5.1f} x a page without figures"
            yield from _together(str(visitor.base_url))


PAGES = [name for name in finder.names("show") if name != "mine"]


def _address(name: str) -> str:
    return f"/{name}?name=nps" if name == "figure" else f"/{name}"


def _together(address: str) -> Iterator[str]:
    """What visitors at once waited: of all pages, and of those that take longest."""
    with ExitStack() as open_doors, ThreadPoolExecutor(VISITORS) as at_once:
        visitors = [open_doors.enter_context(_visitor(address)) for _ in range(VISITORS)]
        for each in visitors:  # one after another: sign-in takes memory, and is slowed for a crowd
            _sign_in(each)
        parts = list(at_once.map(_reads, range(VISITORS), visitors))
    waits = [each for part in parts for each in part]
    middle, most, last = (_within([took for _, took in waits], share) for share in (0.5, 0.95, 0.99))
    yield f"{VISITORS} visitors, each a page every {READING:.0f} s or so, {len(waits)} pages: median {middle:.0f} ms"
    yield f"   19 of 20 within {most:.0f} ms (target {TARGET}), 99 of 100 within {last:.0f} ms"
    slow = sorted((_within([took for name, took in waits if name == page], 0.95), page) for page in PAGES)[-5:]
    yield "   slowest, 19 of 20: " + ", ".join(f"{page} {took:.0f} ms" for took, page in reversed(slow))


def _visitor(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, follow_redirects=True, timeout=60)


def _reads(seed: int, visitor: httpx.Client) -> list[tuple[str, float]]:
    """Pages that one visitor opens by chance, each with the milliseconds it took."""
    chance, waits = random.Random(seed), []
    time.sleep(chance.uniform(0, READING))
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        name, began = chance.choice(PAGES), time.perf_counter()
        visitor.get(_address(name)).raise_for_status()
        waits.append((name, 1000 * (time.perf_counter() - began)))
        time.sleep(chance.expovariate(1 / READING))
    return waits


def _within(waits: list[float], share: float) -> float:
    """The milliseconds within which that share of them lies; 0 where there are none."""
    return sorted(waits)[min(int(share * len(waits)), len(waits) - 1)] if waits else 0.0


@contextmanager
def _served(home: str) -> Iterator[httpx.Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "touchstone", "serve", "--home", home, "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ) as server:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=30) as visitor:
                _until_up(visitor)
                yield visitor
        finally:
            server.terminate()


def _until_up(visitor: httpx.Client) -> None:
    for _ in range(300):
        try:
            visitor.get("/sign-in")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not come up")


def _sign_in(visitor: httpx.Client) -> None:
    page = visitor.get("/sign-in").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = visitor.post("/sign-in", data={**hidden, "name": "board@example", "password": PASSWORD})
    if "Sign out" not in answer.text:
        raise RuntimeError("could not sign in")


def _median(visitor: httpx.Client, address: str) -> float:
    visitor.get(address).raise_for_status()
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        visitor.get(address).raise_for_status()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)
