"""Correcting as people do it: in place, by mouse, by keyboard and by selecting words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import _chromium


@pytest.fixture
def seat(browser: Browser, address: str) -> Iterator[Page]:
    inside = browser.new_context()
    page = _chromium.signed_in(inside, address)
    yield page
    inside.close()


@pytest.fixture
def spoken(brand: Any) -> str:
    sql = "select min(id) as id from interaction where text like 'Waiting area cold%'"
    return str(brand.ask().lake(sql)["id"][0].as_py())


def test_two_clicks_from_the_words_to_the_correction(seat: Page, address: str) -> None:
    heard = _chromium.complaints(seat)
    seat.goto(f"{address}/verbatims?search=parking")
    seat.locator(".verbatims a[data-open]").first.click()
    line = seat.locator(".verbatims .voice .lines > li").first
    line.get_by_role("button", name="Both").click()
    expect(line.locator("[aria-pressed=true]")).to_have_text("Both")
    expect(line).to_contain_text("Corrected by board@example")
    assert "/verbatims" in seat.url
    seat.get_by_role("button", name="Take back").first.click()
    expect(line).to_contain_text("Read by the machine")
    assert heard == []


def test_keys_choose_a_line_and_say_what_it_is(seat: Page, address: str, spoken: str) -> None:
    seat.goto(f"{address}/interaction?id={spoken}")
    second = seat.locator(".lines > li").nth(1)
    name = second.locator("b").inner_text()
    seat.keyboard.press("2")
    seat.keyboard.press("p")
    expect(second.locator("[aria-pressed=true]")).to_have_text("Praise")
    expect(second).to_be_focused()
    seat.keyboard.press("x")
    expect(seat.locator(".lines b", has_text=name)).to_have_count(0)
    for _ in range(2):
        standing = seat.get_by_role("button", name="Take back")
        count = standing.count()
        standing.first.click()
        expect(standing).to_have_count(count - 1)


def test_selected_words_become_the_quote_and_wrong_ones_are_told(seat: Page, address: str, spoken: str) -> None:
    seat.goto(f"{address}/interaction?id={spoken}")
    seat.keyboard.press("a")
    quote = seat.locator(".add [name='change.words']")
    seat.locator(".whole-text").evaluate("each => getSelection().selectAllChildren(each)")
    expect(quote).to_have_value(seat.locator(".whole-text").inner_text())
    quote.fill("nobody said this")
    seat.locator(".add select").select_option("welcome")
    seat.locator(".add").get_by_role("button", name="Praise").click()
    expect(seat.locator(".said")).to_contain_text("the text does not say")
