"""The one way out to other machines: to public addresses, or hosts the settings name; over HTTP without redirects."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

from touchstone.core.errors import Refused, Retry

SECONDS = 10.0
WORLD = ipaddress.IPv6Network("2000::/3")
"""All that IPv6 has given out to the world at large (RFC 4291, IANA); the rest is somebody's own, or wraps IPv4."""
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 as networks without it see it, in the last 32 bits (RFC 6052)."""
_PLAIN = re.compile(r"[!-~]+")
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
    host, port = checked(url)
    own = {host, f"{host}:{port}"} & set(allowed)
    backend = httpcore.SyncBackend() if own else _Public()
    waits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}
    told = [*({"Host": urlsplit(url).netloc, "User-Agent": "touchstone"} | dict(headers or {})).items()]
    try:
        with (
            httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend) as pool,
            pool.stream(method, url, headers=told, content=body, extensions=waits) as response,
        ):
            found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, found, _read(response))
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        kind = type(error).__name__
        raise Retry(f"{host} does not answer ({kind}).", where=host, todo="Try later.") from error


def checked(url: str, *, field: str = "url") -> tuple[str, int]:
    """Host and port of an address one may send to; `Refused` for what is none or carries a password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:  # a port beyond ports, half an IPv6 address, a label that is none
        host, port = "", None
    if not host or not _PLAIN.fullmatch(url) or parts.scheme not in ("http", "https") or parts.username is not None:
        todo = "Write a web address; other letters as browsers send them (xn--…, %C3%BC)."
        raise Refused("this is no address to send to.", where=host, field=field, todo=todo)
    return host, port or (443 if parts.scheme == "https" else 80)


def connected(host: str, port: int, *, allowed: Iterable[str] = ()) -> socket.socket:
    """A connection to another machine, guarded as `send` is; `OSError` where nobody answers."""
    if {host, f"{host}:{port}"} & set(allowed):
        return socket.create_connection((host, port), timeout=SECONDS)
    return socket.create_connection((_looked_up(host, port), port), timeout=SECONDS)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the world at large, also where IPv6 wraps an IPv4 one."""
    found = _unwrapped(ipaddress.ip_address(address))
    own = isinstance(found, ipaddress.IPv6Address) and found not in WORLD
    return found.is_global and not found.is_multicast and not own


def _unwrapped(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(found, ipaddress.IPv4Address):
        return found
    translated = ipaddress.IPv4Address(found.packed[-4:]) if found in TRANSLATED else None
    return found.ipv4_mapped or found.sixtofour or translated or found


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
