"""A home on the web, for tests: served for real on loopback, and people who sign in to it."""

from __future__ import annotations

import re
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests import _brand
from tests._brand import PASSWORDS


@contextmanager
def served(home: Any) -> Iterator[str]:
    """The address at which `home` is served while the block runs."""
    import uvicorn  # only where something is served: every test run reads this file

    from touchstone.web import create

    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits 40 ms to be whole
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
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has no form of ours"
    return found[1]


class Person(httpx.Client):
    """A browser without scripts: keeps cookies, follows nothing by itself."""

    def __init__(self, address: str) -> None:
        super().__init__(base_url=address, timeout=60, trust_env=False, verify=False)  # no certificate is read: no TLS

    def sign_in(self, name: str, password: str | None = None, *, next: str = "/") -> httpx.Response:
        """Fills in the sign-in form and sends it."""
        form = {"name": name, "password": password or PASSWORDS[name], "next": next}
        return self.post("/sign-in", data={**form, "csrf": token(self.get("/sign-in").text)})


@contextmanager
def signed_in(address: str, name: str, password: str | None = None) -> Iterator[Person]:
    """Whoever has this account at `address`, while the block runs."""
    with Person(address) as person:
        assert person.sign_in(name, password).status_code == 303
        yield person


def basic(name: str, password: str | None = None) -> dict[str, str]:
    """The header by which a program signs in."""
    given = f"{name}:{password or PASSWORDS.get(name, '')}"
    return {"Authorization": f"Basic {b64encode(given.encode()).decode()}"}


@pytest.fixture(scope="session")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The small brand after its journey."""
    return _brand.full(tmp_path_factory.mktemp("brand") / "home")


@pytest.fixture(scope="session")
def address(brand: Any) -> Iterator[str]:
    """Where the small brand is served."""
    with served(brand) as where:
        yield where


@pytest.fixture
def stranger(address: str) -> Iterator[Person]:
    """Someone who has not signed in."""
    with Person(address) as person:
        yield person


@pytest.fixture(scope="session")
def sessions(address: str) -> dict[str, str]:
    """A session's cookie for each account, signed in once: tests that end a session sign in for themselves."""
    cookies = {}
    for name in PASSWORDS:
        with Person(address) as person:
            assert person.sign_in(name).status_code == 303
            cookies[name] = person.cookies["touchstone"]
    return cookies


@pytest.fixture
def board(address: str, sessions: dict[str, str]) -> Iterator[Person]:
    """An insider."""
    yield from _in(address, sessions["board@example"])


@pytest.fixture
def dealer(address: str, sessions: dict[str, str]) -> Iterator[Person]:
    """A partner of the north."""
    yield from _in(address, sessions["dealer@example"])


@pytest.fixture
def nobody(address: str, sessions: dict[str, str]) -> Iterator[Person]:
    """An account with the role of an outsider."""
    yield from _in(address, sessions["nobody@example"])


def _in(address: str, cookie: str) -> Iterator[Person]:
    with Person(address) as person:
        person.cookies.set("touchstone", cookie, domain="127.0.0.1")
        yield person
