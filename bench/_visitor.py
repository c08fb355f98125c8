"""A server of a home as a process of its own, and visitors who sign in, follow its links and open pages."""

from __future__ import annotations

import html
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from touchstone.core import finder
from touchstone.home.demo import PASSWORD

INSIDER, DEALER = "board@example", "dealer@example"
EACH = 12  # addresses of one page that are kept
OPENED = 4  # of these are opened, to see where they lead
FEW = 6  # links to one page that are taken from another
IDLE = 2.0  # seconds after which a connection is not used again: the server closes it after five
LED = re.compile(r'href="(/[a-z_]+(?:\?[^"#]*)?)"')
NEEDS = ("case", "conversation", "customer", "figure", "interaction", "recommend", "survey")
"""Pages that say nothing without the id of what they are about."""


@dataclass(frozen=True)
class Served:
    """A server at an address of this machine."""

    address: str
    process: int

    def used(self) -> float:
        """Seconds of processor time it has taken so far."""
        with open(f"/proc/{self.process}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Visitor:
    """Somebody signed in, named by who they are."""

    def __init__(self, address: str, who: str) -> None:
        self.who = who.partition("@")[0]
        lasting = httpx.Limits(keepalive_expiry=IDLE)
        self._client = httpx.Client(base_url=address, follow_redirects=True, timeout=60, limits=lasting)
        self._sign_in(who)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def open(self, address: str) -> float:
        """The milliseconds until the page was there; one that is not is an error."""
        began = time.perf_counter()
        self._client.get(address).raise_for_status()
        return 1000 * (time.perf_counter() - began)

    def addresses(self) -> dict[str, list[str]]:
        """By page what leads there: `x` is the bare page x, `x?` the page x about or narrowed to something.

        Pages this visitor may not open are left out; a few of each are opened on the way.
        """
        found: dict[str, dict[str, None]] = {}
        waiting = [f"/{name}" for name in finder.names("show") if name not in NEEDS]
        opened = Counter[str]()
        while waiting:
            address = waiting.pop(0)
            page = _page(address)
            if opened[page] >= OPENED:
                continue
            opened[page] += 1
            answer = self._client.get(address)
            if answer.status_code in (403, 404):
                found.pop(page, None)
                continue
            found.setdefault(page, {})[address] = None
            waiting += self._led(answer.text, found)
        return {page: list(own) for page, own in sorted(found.items())}

    def _led(self, text: str, found: dict[str, dict[str, None]]) -> Iterator[str]:
        """Addresses that a page leads to and that were not known, of each page a few; they are known from now on."""
        led = Counter[str]()
        for address in map(html.unescape, LED.findall(text)):
            page = _page(address)
            known = found.get(page, {})
            if address in known or len(known) >= EACH or led[page] >= FEW or not _is_page(page):
                continue
            led[page] += 1
            found.setdefault(page, {})[address] = None
            yield address

    def _sign_in(self, who: str) -> None:
        page = self._client.get("/sign-in").text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        answer = self._client.post("/sign-in", data={**hidden, "name": who, "password": PASSWORD})
        if "/sign-out" not in answer.text:
            raise RuntimeError(f"{who} could not sign in")


def _page(address: str) -> str:
    """`x` or `x?`, as an address is bare or not."""
    name, query, _ = address[1:].partition("?")
    return name + query


def _is_page(page: str) -> bool:
    return page.removesuffix("?") in finder.names("show") and page not in NEEDS


@contextmanager
def served(home: str) -> Iterator[Served]:
    """The home, served until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "touchstone", "serve", "--home", home, "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=os.environ) as server:
        try:
            _until_up(address := f"http://127.0.0.1:{port}")
            yield Served(address, server.pid)
        finally:
            server.terminate()


def _until_up(address: str) -> None:
    for _ in range(600):
        try:
            httpx.get(f"{address}/sign-in")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not come up")
