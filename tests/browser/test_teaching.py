"""Teaching as people do it: examples typed in, answers by key, a model seen before it is applied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import _brand
from tests._doors import served
from tests.browser import _chromium


@pytest.fixture(params=_chromium.SIZES)
def seat(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An insider of a home of its own, on a desk and a phone."""
    viewport = _chromium.SIZES[request.param]
    with served(_brand.full(tmp_path / "home")) as address:
        inside = browser.new_context(base_url=address, viewport=viewport)  # type: ignore[arg-type]  # a plain dict
        page = _chromium.signed_in(inside, address)
        yield page
        inside.close()


def test_from_four_examples_to_a_model_in_force_and_back(seat: Page) -> None:
    heard = _chromium.complaints(seat)
    seat.goto("/teaching")
    seat.select_option("[name=touchpoint]", "parking")
    seat.fill("[name=texts]", "No space.\nI circled the block.\nThe bays are narrow.\nFull again.")
    seat.get_by_role("button", name="Keep").first.click()
    expect(seat.locator("h1")).to_contain_text("4 examples wait")
    seat.get_by_role("button", name="Teach").click()
    expect(seat.locator("h1")).to_contain_text("Nothing is applied yet", timeout=60_000)
    assert _chromium.overflow(seat) <= 0
    seat.get_by_role("button", name="Apply").click()
    expect(seat.get_by_role("row", name="in force")).to_be_visible()
    seat.get_by_role("button", name="Use it").click()
    expect(seat.get_by_role("row", name="shipped")).to_contain_text("in force")
    assert heard == []


def test_a_file_fills_the_lines_before_they_are_sent(seat: Page, tmp_path: Path) -> None:
    lines = '{"text": "Nowhere to leave the car.", "mentions": [{"touchpoint": "parking"}]}\n'
    (tmp_path / "examples.jsonl").write_text(lines, "utf-8")
    seat.goto("/teaching")
    seat.set_input_files("[data-fills=lines]", tmp_path / "examples.jsonl")
    expect(seat.locator("[name=lines]")).to_have_value(lines)
    seat.get_by_role("button", name="Keep").last.click()
    expect(seat.locator("h1")).to_contain_text("1 example waits")


def test_texts_are_answered_one_after_another_by_key(seat: Page) -> None:
    seat.goto("/labelling")
    first = seat.locator(".whole-text").inner_text()
    seat.keyboard.press("s")
    expect(seat.locator(".whole-text")).not_to_have_text(first)
    assert "skip=1" in seat.url
    second = seat.locator(".whole-text").inner_text()
    seat.keyboard.press("1")
    seat.keyboard.press("b")
    expect(seat.locator(".lines > li").first.locator("[aria-pressed=true]")).to_have_text("Both")
    seat.keyboard.press("Enter")
    expect(seat.locator(".lead.first")).to_contain_text("1 read so far")
    expect(seat.locator(".whole-text")).not_to_have_text(second)
