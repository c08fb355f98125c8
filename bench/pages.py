"""How long a signed-in visitor waits for each page of the example brand, against the sign-in page of the same server.

The server is a process of its own on loopback; each page is fetched once to warm it and then several times.
"""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from touchstone.core import finder
from touchstone.home.demo import PASSWORD

TIMES = 7


def bench() -> Iterator[str]:
    """Median milliseconds by page, and as a multiple of the page that asks the lake nothing."""
    with tempfile.TemporaryDirectory() as home:
        build = [sys.executable, "-m", "touchstone", "demo", "--no-serve", "--home", home]
        subprocess.run(build, check=True, capture_output=True)
        with _served(home) as visitor:
            bare = _median(visitor, "/sign-in")
            _sign_in(visitor)
            for name in finder.names("show"):
                took = _median(visitor, f"/{name}?name=nps" if name == "figure" else f"/{name}")
                yield f"{name:<12}{took:6.0f} ms, {took / bare:5.1f} x a page without figures"


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
