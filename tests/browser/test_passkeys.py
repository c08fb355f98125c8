"""A passkey as people use it: made and asked for by a real browser, with a device that it believes in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests._brand import PASSWORDS, empty
from tests._doors import served
from tests.browser import _chromium

DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
          "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture
def seat(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with served(empty(tmp_path_factory.mktemp("passkeys") / "home")) as address:
        named = address.replace("127.0.0.1", "localhost")  # a passkey is bound to a name
        inside = browser.new_context(viewport={"width": 390, "height": 800}, base_url=named)
        page = _chromium.signed_in(inside, named)
        device = inside.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        yield page
        inside.close()


def test_a_browser_makes_a_passkey_and_signs_in_with_it(seat: Page) -> None:
    heard = _chromium.complaints(seat)
    seat.goto("/account")
    form = seat.locator("form", has=seat.get_by_role("button", name="Add one"))
    form.locator("[name=password]").fill(PASSWORDS["board@example"])
    form.get_by_role("button", name="Add one").click()
    seat.get_by_label("What you call it").fill("My phone")
    seat.get_by_role("button", name="Make the passkey").click()
    expect(seat.locator(".once textarea")).to_be_visible()
    assert len(seat.locator(".once textarea").input_value().split()) == 10
    seat.get_by_role("link", name="Go on").click()
    expect(seat.locator("table", has_text="My phone")).to_be_visible()
    assert _chromium.overflow(seat) == 0
    seat.get_by_role("button", name="Sign out").click()
    seat.fill("[name=name]", "board@example")
    seat.fill("[name=password]", PASSWORDS["board@example"])
    seat.get_by_role("button", name="Sign in").click()
    seat.get_by_role("button", name="Use a passkey").click()
    expect(seat.get_by_role("button", name="Sign out")).to_be_visible()
    assert [each for each in heard if "http://localhost" not in each] == []
