"""The sliders of the budget as people use them: sliding, and without scripts by the button."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests import _brand
from tests._doors import served
from tests.browser import _chromium
from tests.decide.test_budget_home import STATED, home
from touchstone.decide._budget_home import planned


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A home whose plan is that of a small example brand."""
    brand = _brand.full(tmp_path_factory.mktemp("planned") / "home")
    brand.store.replace("plan", "budget", planned(home(*STATED), "budget@1", budget=4000.0))
    with served(brand) as found:
        yield found


def slide(page: Any, times: int) -> None:
    page.locator(".live [name=budget]").focus()
    for _ in range(times):
        page.keyboard.press("ArrowRight")


def test_sliding_answers_in_place_and_keeps_the_slider(browser: Browser, address: str) -> None:
    inside = browser.new_context()
    page = _chromium.signed_in(inside, address)
    heard = _chromium.complaints(page)
    page.goto(f"{address}/budget")
    slide(page, 9)
    expect(page.locator("h1")).to_contain_text("would gain")
    assert page.evaluate("document.activeElement.name") == "budget"
    assert f"budget={page.locator('.live [name=budget]').input_value()}" in page.url
    page.locator(".card").first.click()
    expect(page.locator(".opened:popover-open")).to_contain_text("Formula")
    assert heard == []
    inside.close()


def test_without_scripts_the_button_asks(browser: Browser, address: str) -> None:
    inside = browser.new_context(java_script_enabled=False)
    page = _chromium.signed_in(inside, address)
    page.goto(f"{address}/budget")
    slide(page, 9)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("h1")).to_contain_text("would gain")
    page.get_by_role("link", name="Reset").click()
    expect(page.locator("h1")).to_contain_text("should gain")
    inside.close()
