"""A home on the web, for tests: served for real on loopback, and people who sign in to it."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from touchstone.web import create

PASSWORDS = {"board@example": "seven brown kettles", "dealer@example": "eight green lanterns", "nobody@example": "ten"}


@contextmanager
def served(home: Any) -> Iterator[str]:
    """The address at which `home` is served while the block runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create(home), log_level="critical", lifespan="off", server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()


def token(page: str) -> str:
    """The token that a page's forms carry."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "the page has no form of ours"
    return found[1]


class Person(httpx.Client):
    """A browser without scripts: keeps cookies, follows nothing by itself."""

    def __init__(self, address: str) -> None:
        super().__init__(base_url=address, timeout=60, trust_env=False)

    def sign_in(self, name: str, password: str | None = None, *, next: str = "/") -> httpx.Response:
        """Fills in the sign-in form and sends it."""
        form = {"name": name, "password": password or PASSWORDS[name], "next": next}
        return self.post("/act/sign-in", data={**form, "token": token(self.get("/sign-in").text)})
