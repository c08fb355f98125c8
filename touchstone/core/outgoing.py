"""The one way out to other machines: to public addresses, or hosts the settings name; over HTTP without redirects."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

from touchstone.core.errors import Refused, Retry

SECONDS = 10.0
MOST = 4 << 20
"""Bytes of an answer that are read; a longer one is refused."""


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers with small names, body."""

    status: int
    headers: dict[str, str]
    body: bytes


def send(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"", allowed: Iterable[str] = ()
) -> Answer:
    """The answer of another machine; `allowed` are hosts (`host` or `host:port`) that may lie within our own network.

    `Refused` for what is no http address, carries a password or leads to ourselves, our network or the cloud's own
    services, looked up at the moment of connecting, so that a name that changes its mind gains nothing; `Retry` where
    nobody answers.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise Refused("this is no address to send to.", where=parts.hostname or "", field="url", todo="Give https://….")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    own = {parts.hostname, f"{parts.hostname}:{port}"} & set(allowed)
    backend = httpcore.SyncBackend() if own else _Public()
    waits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}
    told = [*({"Host": parts.netloc, "User-Agent": "touchstone"} | dict(headers or {})).items()]
    try:
        with (
            httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend) as pool,
            pool.stream(method, url, headers=told, content=body, extensions=waits) as response,
        ):
            found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, found, _read(response))
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        kind = type(error).__name__
        raise Retry(f"{parts.hostname} does not answer ({kind}).", where=parts.hostname, todo="Try later.") from error


def connected(host: str, port: int, *, allowed: Iterable[str] = ()) -> socket.socket:
    """A connection to another machine, guarded as `send` is; `OSError` where nobody answers."""
    if {host, f"{host}:{port}"} & set(allowed):
        return socket.create_connection((host, port), timeout=SECONDS)
    return socket.create_connection((_looked_up(host, port), port), timeout=SECONDS)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the world at large, also where IPv6 wraps an IPv4 one."""
    found = ipaddress.ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return all(each.is_global and not each.is_multicast for each in (found, inner) if each is not None)


class _Public(httpcore.SyncBackend):
    """Connects to public addresses alone, and to the very address that was looked at."""

    def connect_tcp(self, host: str, port: int, *settings: Any, **named: Any) -> httpcore.NetworkStream:
        """The stream to `host`, all of whose addresses must be public."""
        try:
            address = _looked_up(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return super().connect_tcp(address, port, *settings, **named)


def _looked_up(host: str, port: int) -> str:
    """The address of a host, all of whose addresses are public; `Refused` where one is not."""
    found = {str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not found or not all(map(is_public, found)):
        todo = "Name it in the setting `outgoing_hosts` if it is meant."
        raise Refused("this address lies within our own network.", where=host, field="url", todo=todo)
    return sorted(found)[0]


def _read(response: httpcore.Response) -> bytes:
    held = b""
    for piece in response.iter_stream():
        held += piece
        if len(held) > MOST:
            raise Refused(f"the answer is longer than {MOST} bytes.", todo="Ask for less.")
    return held
