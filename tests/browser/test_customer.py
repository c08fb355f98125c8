"""The customer page as people use it: on a phone, with a reason typed, rejected and undone where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests._doors import served
from tests.browser import _chromium
from tests.show._family import family


@pytest.fixture
def seat(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with served(family(tmp_path_factory.mktemp("family") / "home")) as address:
        inside = browser.new_context(viewport={"width": 390, "height": 800}, base_url=address)
        yield _chromium.signed_in(inside, address)
        inside.close()


def test_a_link_is_rejected_with_its_reason_and_the_decision_undone(seat: Page) -> None:
    heard = _chromium.complaints(seat)
    seat.goto("/customers")
    seat.get_by_role("link", name="Anna Abbott").first.click()
    expect(seat.locator(".kin > li")).to_have_count(2)
    assert seat.evaluate("document.documentElement.scrollWidth") <= 390
    sure = seat.locator(".ties > li").first
    sure.get_by_label("Why").fill("two sisters")
    sure.get_by_role("button", name="Reject").click()
    expect(seat.locator(".kin > li")).to_have_count(1)
    expect(seat.locator(".history")).to_contain_text("two sisters")
    expect(seat.locator(".history")).to_contain_text("board@example")
    seat.get_by_role("button", name="Undo").click()
    expect(seat.locator(".kin > li")).to_have_count(2)
    assert heard == []
