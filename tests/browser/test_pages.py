"""Pages as people meet them: on a desk and a phone, light and dark, by mouse and by keyboard, under our policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests._brand import PASSWORDS
from tests.browser import _chromium
from tests.show import _homes
from tests.show.test_report import META, big, pages
from touchstone import show
from touchstone.core import finder
from touchstone.core.viewer import INSIDER
from touchstone.rules import who

NAMES = [name for name in finder.names("show") if who.may(INSIDER, who=finder.part("show", name).WHO)]
LOOKS: tuple[tuple[str, Literal["light", "dark"]], ...] = (("desktop", "light"), ("phone", "dark"))
"""On a desk by day, on a phone in the dark: a page is loaded in each, and turned to the other size and scheme there."""
SMALLEST = 24  # pixels a target may be high at least (WCAG 2.2)


def context(browser: Browser, size: str, scheme: str = "light") -> BrowserContext:
    viewport = _chromium.SIZES[size]
    return browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]  # plain text, plain dict


@pytest.fixture(scope="module", params=LOOKS, ids="-".join)
def seat(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An insider signed in, at each size and scheme."""
    size, scheme = request.param
    inside = context(browser, size, scheme)
    page = _chromium.signed_in(inside, address)
    yield page
    inside.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_its_window_can_be_used_by_everybody_and_leaves_the_console_silent(
    seat: Page, address: str, name: str, request: pytest.FixtureRequest
) -> None:
    heard = _chromium.complaints(seat)
    seat.goto(f"{address}/{name}")
    expect(seat.locator("h1")).to_be_visible()
    assert _chromium.overflow(seat) <= 0
    assert _chromium.barriers(seat) == []
    for size, scheme in LOOKS if request.node.callspec.params["seat"] != LOOKS[0] else LOOKS[::-1]:  # its own at last
        seat.set_viewport_size(_chromium.SIZES[size])  # type: ignore[arg-type]  # a plain dict
        seat.emulate_media(color_scheme=scheme)
        assert _chromium.overflow(seat) <= 0
    assert heard == []


@pytest.fixture(scope="module")
def german(browser: Browser, address: str) -> Iterator[Page]:
    """An insider signed in with a phone that speaks German."""
    inside = browser.new_context(viewport=_chromium.SIZES["phone"], locale="de-DE")  # type: ignore[arg-type]  # a plain dict
    yield _chromium.signed_in(inside, address, button="Anmelden")
    inside.close()


@pytest.mark.parametrize("name", NAMES)
def test_german_with_its_long_words_fits_a_phone_too(german: Page, address: str, name: str) -> None:
    german.goto(f"{address}/{name}")
    expect(german.locator("html")).to_have_attribute("lang", "de")
    assert _chromium.overflow(german) <= 0


def test_every_figure_can_be_reached_and_opened_with_the_keyboard(seat: Page, address: str) -> None:
    seat.goto(f"{address}/journey")
    first = seat.locator("button.line").first
    first.focus()
    seat.keyboard.press("Enter")
    opened = seat.locator(".opened:popover-open")
    expect(opened).to_be_visible()
    for part in ("95 % interval", "Rests on", "Formula", "n ="):
        expect(opened).to_contain_text(part)
    seat.keyboard.press("Escape")
    expect(seat.locator(".opened:popover-open")).to_have_count(0)
    expect(first).to_be_focused()


def test_targets_are_large_enough_for_a_thumb(seat: Page, address: str) -> None:
    seat.goto(f"{address}/journey")
    heights = seat.locator("button.line").evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    assert min(heights) >= SMALLEST


def test_filters_work_without_scripts(browser: Browser, address: str) -> None:
    inside = browser.new_context(java_script_enabled=False)
    page = inside.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("[name=name]", "board@example")
    page.fill("[name=password]", PASSWORDS["board@example"])
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{address}/overview")
    page.select_option("[name=channel]", "web")
    page.get_by_role("button", name="Show").click()
    assert "channel=web" in page.url
    expect(page.locator("h1")).to_be_visible()
    inside.close()


def test_a_chart_comes_alive_under_the_policy_when_somebody_turns_to_it(seat: Page, address: str) -> None:
    heard = _chromium.complaints(seat)
    seat.goto(f"{address}/units")
    drawing = seat.locator("section.chart .drawing:visible").first
    before = drawing.bounding_box()
    drawing.hover()
    expect(seat.locator("section.chart[data-live=drawn]").first).to_be_visible(timeout=20_000)
    after = drawing.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["height"] - after["height"]) < 2  # nothing jumps
    assert heard == []


def test_the_colours_follow_the_scheme(browser: Browser, address: str) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        inside = context(browser, "desktop", scheme)
        page = inside.new_page()
        page.goto(f"{address}/sign-in")
        seen[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        inside.close()
    assert seen == {"light": "rgb(250, 248, 244)", "dark": "rgb(23, 25, 27)"}


REPORTS = {"full": _homes.full, "empty": _homes.empty, "hostile": _homes.hostile, "only_scores": _homes.only_scores}


@pytest.mark.parametrize("size", _chromium.SIZES)
@pytest.mark.parametrize("home", REPORTS)
def test_a_report_fits_and_asks_for_nothing(browser: Browser, tmp_path: Path, home: str, size: str) -> None:
    path = tmp_path / "report.html"
    path.write_text(show.report(pages(REPORTS[home]()), meta=META), "utf-8")
    inside = context(browser, size)
    page = inside.new_page()
    heard = _chromium.complaints(page)
    page.goto(path.as_uri())
    assert _chromium.overflow(page) <= 0
    assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].some(each => each.status === 'loaded'))")
    assert heard == []
    inside.close()


def test_a_large_report_opens_every_figure(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(show.report([big()], meta={}), "utf-8")
    inside = context(browser, "phone")
    page = inside.new_page()
    page.goto(path.as_uri())
    count = page.evaluate(
        """() => [...document.querySelectorAll('[popovertarget]')].filter(button => {
            const opened = document.getElementById(button.getAttribute('popovertarget'));
            if (!opened) return true;
            opened.showPopover(); const shown = opened.matches(':popover-open'); opened.hidePopover(); return !shown;
        }).length"""
    )
    assert count == 0
    inside.close()


def test_on_paper_the_report_is_light_and_leaves_out_what_only_a_screen_can_do(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(show.report(pages(_homes.full()), meta=META), "utf-8")
    inside = context(browser, "desktop", "dark")
    page = inside.new_page()
    page.goto(path.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator("nav.contents").first).to_be_hidden()
    inside.close()
