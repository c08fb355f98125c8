"""The way out leads to the world at large, and never back to ourselves."""

from __future__ import annotations

import pytest

from touchstone.core import outgoing
from touchstone.core.errors import Refused

OWN = ["127.0.0.1", "127.8.9.10", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
       "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::",
       "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "::127.0.0.1", "fec0::1", "fe80::1%1", "5f00::1",
       "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1"]  # fmt: skip


@pytest.mark.parametrize("address", OWN)
def test_our_own_network_is_not_public(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_the_world_is(address: str) -> None:
    assert outgoing.is_public(address)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost:9/", "http://0x7f.1:9/",
                                 "http://2130706433:9/", "http://[::ffff:127.0.0.1]:9/"])  # fmt: skip
def test_nothing_is_sent_to_ourselves_however_it_is_spelt(url: str) -> None:
    with pytest.raises(Refused):
        outgoing.send("POST", url)


STRANGE = [
    *("file:///etc/passwd", "gopher://x/", "ftp://x/", "//x", "", "http://", "http://user:pw@host/", "http://@host/"),
    *("http://[::1/", "http://host:99999/", "http://host:x/", "http://h\u00f6st/", "http://host/\u00fc", "http://a b/"),
    *("http://a..b/", f"http://{'a' * 64}.example/", "http://host/\r\nX: y", "http://ho\nst/", "http://\0/"),
]


@pytest.mark.parametrize("url", STRANGE)
def test_only_plain_http_addresses_are_sent_to(url: str) -> None:
    with pytest.raises(Refused):
        outgoing.send("GET", url)


def test_a_name_that_resolves_to_us_is_refused_at_the_moment_of_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.5", 80))])
    with pytest.raises(Refused, match="own network"):
        outgoing.send("GET", "http://rebinding.example/")
